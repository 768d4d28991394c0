import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { METRICS } from '../../core/metrics.js'
import { dashboardQueries, metricsIn, monitoringFile, quickRules, rules } from '../support/monitoring.js'

const docs = readFileSync(monitoringFile('../docs/metrics.md'), 'utf8')

/** Names as they are documented: a histogram's series end in what they count. */
const documented = (metric: string): boolean =>
  metric === 'up' || docs.includes(`| \`${metric.replace(/_(?:sum|count|bucket)$/, '')}\` |`)

describe('the dashboard', () => {
  interface Panel {
    readonly id: number
    readonly title: string
    readonly description: string
    readonly datasource: { readonly uid: string }
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
    readonly targets: readonly { readonly datasource: { readonly uid: string } }[]
  }
  const { panels } = JSON.parse(readFileSync(monitoringFile('grafana', 'nightferry.json'), 'utf8')) as {
    panels: Panel[]
  }

  test('asks for metrics that the docs name, and for nothing of one person', () => {
    const queries = dashboardQueries('shop')
    expect(queries.flatMap(({ query }) => metricsIn(query)).filter((metric) => !documented(metric))).toEqual([])
    expect(queries.filter(({ query }) => query.includes('$'))).toEqual([])
    const sources = panels.flatMap(({ datasource, targets }) => [datasource, ...targets.map((one) => one.datasource)])
    expect([...new Set(sources.map(({ uid }) => uid))]).toEqual(['${datasource}'])
  })

  test('has every metric of ours that a person looks at', () => {
    const shown = new Set(dashboardQueries('shop').flatMap(({ query }) => metricsIn(query)))
    const missing = Object.keys(METRICS).filter((metric) => !shown.has(metric) && !shown.has(`${metric}_sum`))
    expect(missing).toEqual([
      'nightferry_chunks_total',
      'nightferry_snapshot_sessions',
      // An alert looks at it.
      'nightferry_watched_timestamp_seconds',
    ])
  })

  test('has panels that say what they show, and none over another', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    expect(panels.filter(({ title, description }) => title === '' || description === '')).toEqual([])
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)} ${y + Math.floor(i / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
    expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24)
  })
})

describe('the alerts', () => {
  test('are those that the docs list, over metrics that they name', () => {
    const listed = [...docs.matchAll(/^\| `(Nightferry\w+)` \|/gm)].map(([, alert]) => alert)
    expect(rules().map(({ alert }) => alert)).toEqual(listed)
    expect(
      rules()
        .flatMap(({ expr }) => metricsIn(expr))
        .filter((metric) => !documented(metric)),
    ).toEqual([])
  })

  test('are the same in tests, but quicker: no number of seconds is left', () => {
    expect(quickRules()).not.toMatch(/[<>] (?:10|\d{3,})\b/)
    expect(quickRules().match(/for: 0s/g)).toHaveLength(rules().filter((rule) => rule.for !== undefined).length)
  })
})
