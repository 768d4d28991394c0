import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Child } from '../../client/embedded/child.js'
import { METRICS } from '../../core/metrics.js'
import { devFolder } from '../../scripts/servers/folder.js'
import { prometheusBinary, startPrometheus } from '../../scripts/servers/prometheus.js'
import { sitDown, type Person } from '../support/cli.js'
import { freePorts } from '../support/free-ports.js'
import { mysqlUrl, onMysql, uniqueName } from '../support/servers.js'
import { dropTwoTables, makeTwoTables, ROWS, urlsOf } from '../support/two-tables.js'
import { waitUntil } from '../support/wait.js'

/** Test 9 of the order: a real Prometheus scrapes a run, and every metric that the docs name is found. */

const name = uniqueName('metrics')
const folder = mkdtempSync(join(tmpdir(), 'prometheus-'))
let person: Person
let prometheus: Child
let ports: number[]

beforeAll(async () => {
  await makeTwoTables(name)
  person = await sitDown()
  ports = await freePorts(4)
  const [control, data, second, own] = ports as [number, number, number, number]
  const config = join(folder, 'prometheus.yml')
  const targets = [control, data, second].map((port) => `127.0.0.1:${port}`)
  writeFileSync(
    config,
    `global: {scrape_interval: 250ms}\nscrape_configs:\n  - job_name: nightferry\n` +
      `    static_configs: [{targets: ${JSON.stringify(targets)}}]\n`,
  )
  const binaries = devFolder('prometheus')
  mkdirSync(binaries, { recursive: true })
  prometheus = await startPrometheus(await prometheusBinary(binaries), { folder, port: own, config })
  await person.start(['worker', '--role', 'control', '--metrics-port', String(control)], urlsOf(name), '"ready":true')
  const group = ['worker', '--role', 'data', '--processes', '2', '--metrics-port', String(data)]
  const workers = await person.start(group, urlsOf(name), '"ready":true')
  await waitUntil('both', () => workers.said().split('"ready":true').length === 3, 30_000)
}, 240_000)

afterAll(async () => {
  await person?.leave()
  await prometheus?.stop()
  await dropTwoTables(name)
  rmSync(folder, { recursive: true, force: true })
})

interface Series {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

async function ask(query: string): Promise<Series[]> {
  const url = `http://127.0.0.1:${ports[3]}/api/v1/query?query=${encodeURIComponent(query)}`
  const { data } = (await (await fetch(url)).json()) as { data: { result: Series[] } }
  return data.result
}

const valueOf = async (query: string): Promise<number> => Number((await ask(query))[0]?.value[1] ?? 'NaN')

/** Every metric that the docs name, histograms by their count. */
function documented(): string[] {
  const docs = readFileSync(fileURLToPath(new URL('../../docs/metrics.md', import.meta.url)), 'utf8')
  const rows = [...docs.matchAll(/^\| `((?:nightferry|temporal)_\w+)` +\| (\w+) +\|/gm)]
  return rows.map(([, metric, kind]) => (kind === 'histogram' ? `${metric}_count` : String(metric)))
}

/** Of ours on the source, so that steps fail. */
async function endSessions(): Promise<void> {
  const ids = await onMysql(mysqlUrl(), `select id from information_schema.processlist where db = '${name}'`)
  for (const { id } of ids) await onMysql(mysqlUrl(), `kill ${String(id)}`).catch(() => {})
}

test('Prometheus finds every metric of the docs, and the counts are those of the run', async () => {
  const file = person.write(
    `${name}.yaml`,
    `migration: ${name}\nsource: {connection: src}\ntarget: {connection: dst}\npublish: {mode: in-place}\nlimits: {parallelism: 2, chunk_bytes: 200kB}\n`,
  )
  const run = person.type(['run', file])
  await waitUntil('rows', async () => (await valueOf('sum(nightferry_rows_total)')) > 0, 120_000, 200).catch(
    (error: unknown) => {
      throw new Error(run.said(), { cause: error })
    },
  )
  await endSessions()
  expect((await person.run(['pause', name, '--reason', 'look'])).code).toBe(0)
  await waitUntil('the hold', async () => (await valueOf('max(nightferry_holds{kind="operator"})')) === 1)
  expect((await person.run(['resume', name])).code).toBe(0)
  await waitUntil('the end of the hold', async () => (await valueOf('max(nightferry_holds{kind="operator"})')) === 0)
  const { code, stderr } = await run.ended
  expect(code, `${stderr}${(await person.run(['report', name])).stdout}`).toBe(0)
  const rows = 2 * ROWS + 10
  await waitUntil('all rows', async () => (await valueOf(`sum(nightferry_rows_total{migration="${name}"})`)) >= rows)
  expect(await valueOf(`sum(nightferry_rows_total{migration="${name}"})`)).toBe(rows)
  expect(await valueOf('sum(nightferry_source_blocked_milliseconds_total)')).toBeGreaterThan(0)
  // What is told of a run that has ended comes with the control worker's next look.
  await waitUntil('its end', async () => (await ask('nightferry_last_run_green')).length > 0, 60_000, 500)
  const found = await Promise.all(documented().map(async (metric) => ({ metric, series: (await ask(metric)).length })))
  expect(found.filter(({ series }) => series === 0)).toEqual([])
  expect(found.length).toBeGreaterThan(Object.keys(METRICS).length + 10)
  const phases = await ask('sum by (phase) (nightferry_step_seconds_sum)')
  expect(phases.map(({ metric }) => metric['phase'])).toEqual(
    expect.arrayContaining(['schema', 'clone', 'indexes', 'proof', 'control']),
  )
  expect((await ask('up == 1')).length).toBe(3)
  console.log(`${found.length} metrics of the docs found: ${found.map(({ metric }) => metric).join(', ')}`)
})
