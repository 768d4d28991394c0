import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { MetricMeter } from '@temporalio/common'
import { describe, expect, test } from 'vitest'
import { LOG_KEYS } from '../../core/log.js'
import { METRICS, phaseOfStep } from '../../core/metrics.js'
import { ACTIVITIES } from '../../core/names.js'
import { EnvironmentError, readEnvironment } from '../../worker/environment.js'
import { explainMetrics, measureWith, metricsOptions } from '../../worker/metrics.js'

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const docs = readFileSync(at('docs/metrics.md'), 'utf8')

/** Steps of a data worker that belong to no phase. */
const NO_PHASE = ['closeRun', 'awaitServers', 'parkTables']

describe('docs/metrics.md', () => {
  test('lists every metric of ours with its kind and labels, and no other', () => {
    const rows = [...docs.matchAll(/^\| `(nightferry_\w+)` \| (\w+) \| ([^|]*) \|/gm)]
    expect(rows.map(([, name, kind, labels]) => [name, kind, labels?.split(', ')])).toEqual(
      Object.entries(METRICS).map(([name, { kind, labels }]) => [name, kind, [...labels]]),
    )
  })

  test('lists every key of the log', () => {
    const section = docs.slice(docs.indexOf('## Logs'))
    const rows = [...section.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, key, meaning]) => [key, meaning])
    expect(rows).toEqual(Object.entries(LOG_KEYS))
  })
})

test('every step of a run has a phase', () => {
  const without = ACTIVITIES.data.filter((step) => phaseOfStep(step) === 'control')
  expect(without.toSorted()).toEqual(NO_PHASE.toSorted())
})

describe('measuring', () => {
  test('makes each metric once, by the name that the exporter ends itself', () => {
    const said: unknown[] = []
    const make =
      (kind: string) =>
      (name: string): unknown => {
        said.push(`${kind} ${name}`)
        const write = (value: number, labels: object): void => void said.push([name, value, labels])
        return { add: write, set: write, record: write }
      }
    const meter = {
      createCounter: make('counter'),
      createGauge: make('gauge'),
      createHistogram: make('histogram'),
    } as unknown as MetricMeter
    const measure = measureWith(meter)
    measure('nightferry_rows_total', 3, { migration: 'shop' })
    measure('nightferry_rows_total', 4, { migration: 'shop' })
    measure('nightferry_holds', 1, { migration: 'shop', kind: 'operator' })
    measure('nightferry_source_blocked_milliseconds_total', 12.4, { migration: 'shop' })
    expect(said).toEqual([
      'counter nightferry_rows',
      ['nightferry_rows', 3, { migration: 'shop' }],
      ['nightferry_rows', 4, { migration: 'shop' }],
      'gauge nightferry_holds',
      ['nightferry_holds', 1, { migration: 'shop', kind: 'operator' }],
      'counter nightferry_source_blocked_milliseconds',
      ['nightferry_source_blocked_milliseconds', 12, { migration: 'shop' }],
    ])
  })

  test('never throws: a number that nobody sees stops no rows', () => {
    const meter = {
      createCounter: () => {
        throw new Error('no meter')
      },
    } as unknown as MetricMeter
    expect(() => measureWith(meter)('nightferry_chunks_total', 1, { migration: 'shop' })).not.toThrow()
  })
})

describe('the port', () => {
  test('is on loopback unless told, and nothing listens where there is none', () => {
    expect(readEnvironment({}, '/').metrics).toBeNull()
    expect(readEnvironment({ NIGHTFERRY_METRICS_PORT: '9464' }, '/').metrics).toEqual({ host: '127.0.0.1', port: 9464 })
    const open = { NIGHTFERRY_METRICS_PORT: '9464', NIGHTFERRY_METRICS_HOST: '::' }
    const { metrics } = readEnvironment(open, '/')
    expect(metricsOptions(metrics, 'data').metrics).toMatchObject({ prometheus: { bindAddress: '[::]:9464' } })
    expect(metricsOptions(null, 'data')).toEqual({})
  })

  test.each(['0', '65536', 'http', '-1'])('%s is refused', (port) => {
    expect(() => readEnvironment({ NIGHTFERRY_METRICS_PORT: port }, '/')).toThrow(EnvironmentError)
  })

  test('that another process has is said with what to do', () => {
    const theirs = new Error('Failed to start prometheus metrics exporter: Address already in use (os error 98)')
    const said = explainMetrics({ host: '127.0.0.1', port: 9464 }, theirs)
    expect(said).toBeInstanceOf(EnvironmentError)
    expect((said as EnvironmentError).message).toContain('127.0.0.1:9464')
    expect(explainMetrics(null, theirs)).toBe(theirs)
  })
})
