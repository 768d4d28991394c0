import { describe, expect, it } from 'vitest'
import { reportPage } from '../../worker/pages/report.js'
import { trendData } from '../../worker/pages/report-charts.js'
import { goodDocument } from '../support/pages-document.js'

describe('a report over 10,000 tables', () => {
  const document = goodDocument(60, 10_000)
  const report = document.run.report!
  const last = report.tables.at(-1)!
  const stopped = { ...last, state: 'stopped', rowsLoaded: 0 } as const
  const run = { ...document.run, report: { ...report, tables: [...report.tables.slice(0, -1), stopped] } }

  it('has the 500 biggest in its charts, and says how many it leaves to the totals', () => {
    const data = trendData(document.trend, report.summary.run)
    expect([data.tables.length, data.others]).toEqual([500, 9500])
    const sizes = data.tables.map(([, rows]) => rows.at(-1) ?? 0)
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
    expect(data.tables[0]?.[1]).toHaveLength(60)
  })

  it('is of a few megabytes at most, with totals of all tables, and the small one that stopped', () => {
    const { html } = reportPage({ ...document, run })
    expect(html.length).toBeLessThan(3_000_000)
    const rows = /id="all-tables">.*?<tbody>(.*?)<\/tbody>/s.exec(html)?.[1]?.match(/<tr>/g)
    expect(rows).toHaveLength(500)
    expect(html).toContain('These are 500 of 10,000 tables')
    expect(html).toContain('9,500 smaller ones only in the charts of all tables')
    expect(html).toMatch(new RegExp(`<th scope="row">${last.table}`))
    expect(html).toMatch(/<tfoot>.*10,000 tables/s)
  })

  it('of 500 leaves out nothing', () => {
    const { html } = reportPage(goodDocument(3, 500))
    expect(html).not.toContain('These are 500 of')
    expect(html).not.toContain('only in the charts')
  })
})
