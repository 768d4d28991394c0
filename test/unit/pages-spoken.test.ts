import { describe, expect, it } from 'vitest'
import { noPaint } from '../../client/output.js'
import { renderFitnessPart } from '../../client/render/fitness.js'
import { markup } from '../../worker/pages/html.js'
import type { PageDocument } from '../../worker/pages/page-document.js'
import { reportPage } from '../../worker/pages/report.js'
import { advice, spoken } from '../../worker/pages/spoken.js'
import { goodDocument, redDocument } from '../support/pages-document.js'

/** Texts of ours on pages: the same words as in the terminal, with its marks as a page has them. */

const html = (part: ReturnType<typeof spoken>): string => markup`${part}`.text

describe('a text of ours on a page', () => {
  it('has its commands as code, escaped, and one backtick alone as it is', () => {
    expect(html(spoken('its `retry <X>` adds `b`'))).toBe('its <code>retry &lt;X&gt;</code> adds <code>b</code>')
    expect(html(spoken("a name like ` in a table's name"))).toBe('a name like ` in a table&#39;s name')
    expect(html(spoken('``'))).toBe('``')
    expect(html(advice('say `x`'))).toBe('Say <code>x</code>.')
    expect(html(advice('Done.'))).toBe('Done.')
  })

  it('stands nowhere on a report with its backticks', () => {
    const said = 'ask `nightferry x`, then go on'
    const { run, fitness, ...rest } = redDocument()
    const report = run.report!
    const checks = fitness!.checks.map((one) => ({ ...one, state: 'red' as const, evidence: said, remedy: said }))
    const document: PageDocument = {
      ...rest,
      run: {
        ...{ ...run, summary: { ...run.summary, reason: said } },
        report: {
          ...report,
          tables: report.tables.map((one) => ({
            ...one,
            failures: one.failures.map((failure) => ({ ...failure, message: said, remedy: said })),
          })),
          decisions: report.decisions.map((one) => ({ ...one, because: said })),
          findings: report.findings.map((one) => ({ ...one, message: said, remedy: said })),
          notCarried: report.notCarried.map((one) => ({ ...one, original: '', reason: said })),
          reading: { ...report.reading!, reason: said },
        },
        remembered: {
          ...{ ...run.remembered!, notes: [said], since: '20261119-030000' },
          news: [{ kind: 'table-new', subject: 'a', what: said, remedy: said }],
        },
      },
      fitness: { ...fitness!, checks },
    }
    const page = reportPage(document).html.replaceAll(/<(script|style)[\s\S]*?<\/\1>/g, '')
    expect(page.split('<code>nightferry x</code>').length).toBeGreaterThan(30)
    expect(page).not.toContain('`')
  })
})

describe("the target's fitness", () => {
  it('is counted alike on the page and in the terminal', () => {
    const document = goodDocument()
    const [line] = renderFitnessPart(document.fitness, noPaint, false).slice(1)
    const words = /UTC: (.*?)(;|$)/.exec(line!)![1]!
    expect(words).toMatch(/^15 of 17 fit, 1 waived, 1 red$/)
    expect(reportPage(document).html.split(words)).toHaveLength(3)
  })
})
