import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Child } from '../../client/embedded/child.js'
import { migrationWorkflowId, scheduleId, WORKFLOWS } from '../../core/names.js'
import { devFolder, ownFolder } from '../../scripts/servers/folder.js'
import { startMysql } from '../../scripts/servers/mysql.js'
import { prometheusBinary, startPrometheus } from '../../scripts/servers/prometheus.js'
import { sitDown, type Person, type Typed } from '../support/cli.js'
import { freePorts } from '../support/free-ports.js'
import { dashboardQueries, metricsIn, monitoringFile, quickRules, rules } from '../support/monitoring.js'
import { onMysql, onPostgres, postgresUrl, uniqueName } from '../support/servers.js'
import { waitUntil } from '../support/wait.js'

/** The files of `monitoring/` against a real Prometheus that scrapes real runs, and whatever makes an alert, made. */

const name = uniqueName('monitored')
const file = `${name}.yaml`
const { folder, remove } = ownFolder('monitoring')
const alerts = rules().map(({ alert }) => alert)
const fired = new Set<string>()
let promtool: string
let person: Person
let prometheus: Child
let source: Awaited<ReturnType<typeof startMysql>>
let data: Typed
let ports: number[]

const ROWS = 20_000

beforeAll(async () => {
  const binaries = devFolder('prometheus')
  mkdirSync(binaries, { recursive: true })
  const program = await prometheusBinary(binaries)
  promtool = join(dirname(program), 'promtool')
  source = await startMysql({ folder, report: () => {}, settings: ['--innodb-buffer-pool-size=64M'] })
  await onMysql(source.url, sourceTables())
  await onPostgres(postgresUrl(), `create database ${name}`)
  person = await sitDown()
  person.write(
    file,
    `migration: ${name}\nsource: {connection: src}\ntarget: {connection: dst}\npublish: {mode: in-place}\n` +
      'limits: {parallelism: 2, chunk_bytes: 200kB}\n',
  )
  ports = await freePorts(3)
  prometheus = await startPrometheus(program, { folder, port: ports[2] ?? 0, config: writeConfig() })
  const urls = { NIGHTFERRY_CONNECTION_SRC: `${source.url}/${name}`, NIGHTFERRY_CONNECTION_DST: postgresUrl(name) }
  const worker = async (role: string, port = 0): Promise<Typed> =>
    await person.start(['worker', '--role', role, '--metrics-port', String(port)], urls, '"ready":true')
  await worker('control', ports[0])
  data = await worker('data', ports[1])
  await waitUntil('both to answer', async () => (await person.run(['check', file])).code === 0, 90_000, 500)
}, 240_000)

afterAll(async () => {
  await person?.leave()
  await prometheus?.stop()
  await source?.stop()
  await onPostgres(postgresUrl(), `drop database if exists ${name} with (force)`)
  remove()
})

/** Long enough in small chunks that somebody can come between. */
function sourceTables(): string {
  const digits = Array.from({ length: 10 }, (_, d) => `(${d})`).join()
  return `create database ${name} character set utf8mb4; use ${name};
    create table d (d int primary key); insert into d values ${digits};
    create table big (id int primary key, v varchar(900) not null);
    insert into big select 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d, repeat('row ', 200)
      from d a, d b, d c, d e, d f where f.d < ${ROWS / 10_000};
    analyze table big`
}

function writeConfig(): string {
  writeFileSync(join(folder, 'rules.yml'), quickRules())
  const config = join(folder, 'prometheus.yml')
  const targets = JSON.stringify(ports.slice(0, 2).map((port) => `127.0.0.1:${port}`))
  writeFileSync(
    config,
    'global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: [rules.yml]\n' +
      `scrape_configs:\n  - job_name: nightferry\n    static_configs: [{targets: ${targets}}]\n`,
  )
  return config
}

async function api<T>(path: string): Promise<T> {
  const answer = await fetch(`http://127.0.0.1:${ports[2]}/api/v1/${path}`)
  const { status, data: found, error } = (await answer.json()) as { status: string; data: T; error?: string }
  if (status !== 'success') throw new Error(`${path}: ${error}`)
  return found
}

/** Values, without those that are none. */
async function ask(query: string): Promise<number[]> {
  const { result } = await api<{ result: { value: [number, string] }[] }>(`query?query=${encodeURIComponent(query)}`)
  return result.map(({ value }) => Number(value[1])).filter((value) => !Number.isNaN(value))
}

const gauge = async (metric: string): Promise<number> => (await ask(`max(${metric}{migration="${name}"})`))[0] ?? NaN

async function firing(): Promise<string[]> {
  const { alerts: all } = await api<{ alerts: { labels: { alertname: string }; state: string }[] }>('alerts')
  const names = all.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname)
  return [...new Set(names)].toSorted()
}

/** Is silent now, fires once its cause is made, and is silent again when that was mended. */
async function fires(alert: string, cause: () => Promise<unknown>, mend?: () => Promise<unknown>): Promise<void> {
  expect(await firing()).not.toContain(alert)
  await cause()
  await waitUntil(`${alert} to fire`, async () => (await firing()).includes(alert), 240_000, 500)
  fired.add(alert)
  if (mend === undefined) return
  await mend()
  await waitUntil(`${alert} to be silent`, async () => !(await firing()).includes(alert), 240_000, 500)
}

async function type(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await person.run(args)
  expect(code, `${stdout}${stderr}`).toBe(0)
  return stdout
}

/** `HH:MM:SS UTC`, so many seconds from now. */
const clock = (seconds: number): string => `${new Date(Date.now() + seconds * 1000).toISOString().slice(11, 19)} UTC`

describe('the files', () => {
  test("pass promtool: the rules, their tests, and the example's configuration", () => {
    const check = (...args: string[]): string =>
      execFileSync(promtool, args, { cwd: monitoringFile('prometheus'), encoding: 'utf8' })
    expect(check('check', 'rules', 'rules.yml')).toContain(`${alerts.length} rules found`)
    expect(check('test', 'rules', 'rules.test.yml')).toContain('SUCCESS')
    expect(check('check', 'config', 'prometheus.yml')).toContain('SUCCESS')
  })
})

describe('a Prometheus that scrapes real runs', () => {
  test('is silent after a green run with a night to come', async () => {
    await type('run', file)
    await type('schedule', name, '--at', clock(12 * 3600))
    await waitUntil('the last run', async () => (await gauge('nightferry_last_run_green')) === 1, 60_000, 500)
    await waitUntil('the night', async () => (await gauge('nightferry_next_night_timestamp_seconds')) > 0, 60_000, 500)
    expect(await gauge('nightferry_last_green_timestamp_seconds')).toBeGreaterThan(Date.now() / 1000 - 300)
    expect(await gauge('nightferry_fence_up')).toBe(0)
    expect(await firing()).toEqual([])
  })

  test('NightferryStepsFailing: steps fail again and again', async () => {
    const sum = async (metric: string): Promise<number> => (await ask(`sum(${metric})`))[0] ?? 0
    const failOnce = async (): Promise<void> => {
      const [rows, failures] = [await sum('nightferry_rows_total'), await sum('nightferry_failures_total')]
      const run = person.type(['run', file])
      await waitUntil('rows', async () => (await sum('nightferry_rows_total')) > rows, 120_000, 200)
      const isFailing = async (): Promise<boolean> => {
        await endSessions()
        return (await sum('nightferry_failures_total')) > failures
      }
      await waitUntil('a failure', isFailing, 30_000, 1000)
      await run.ended
    }
    // A counter that was not there before has not increased: twice.
    await fires('NightferryStepsFailing', async () => (await failOnce(), await failOnce()))
    expect(fired).toContain('NightferryStepsFailing')
  })

  test('every query of the dashboard returns numbers, and its variable the migration', async () => {
    await waitUntil('the run to be seen', async () => (await gauge('nightferry_run_under_way')) === 0, 60_000, 500)
    const queries = dashboardQueries(name)
    expect(queries.length).toBeGreaterThan(15)
    const empty = await Promise.all(
      queries.map(async (one) => ((await ask(one.query)).length === 0 ? [`${one.panel}: ${one.query}`] : [])),
    )
    expect(empty.flat()).toEqual([])
    const rows = await ask(`sum(nightferry_rows_total{migration="${name}"})`)
    expect(rows[0]).toBeGreaterThanOrEqual(ROWS)
    const match = encodeURIComponent('nightferry_run_under_way')
    expect(await api<string[]>(`label/migration/values?match[]=${match}`)).toContain(name)
    console.log(`${queries.length} queries of the dashboard returned numbers`)
  })

  test('every rule is evaluated without an error, over metrics that are there', async () => {
    const { groups } = await api<{ groups: { rules: { name: string; health: string; lastError?: string }[] }[] }>(
      'rules',
    )
    const evaluated = groups.flatMap((group) => group.rules)
    expect(evaluated.map((rule) => [rule.name, rule.health, rule.lastError])).toEqual(
      alerts.map((alert) => [alert, 'ok', undefined]),
    )
    const metrics = [...new Set(rules().flatMap(({ expr }) => metricsIn(expr)))]
    const missing = await Promise.all(metrics.map(async (one) => ((await ask(one)).length === 0 ? [one] : [])))
    expect(missing.flat()).toEqual([])
  })

  test('NightferryNightNotGreen: a row is refused', async () => {
    await type('run', file)
    await waitUntil('a green run', async () => !(await firing()).includes('NightferryNightNotGreen'), 60_000, 500)
    await fires(
      'NightferryNightNotGreen',
      async () => {
        await onMysql(`${source.url}/${name}`, String.raw`update big set v = 'a\0b' where id = 7`)
        expect((await person.run(['run', file])).code).not.toBe(0)
      },
      async () => {
        await onMysql(`${source.url}/${name}`, `update big set v = 'mended' where id = 7`)
        await type('run', file)
      },
    )
    expect(fired).toContain('NightferryNightNotGreen')
  })

  test('NightferryNoGreenLately: no night comes, and nobody runs it', async () => {
    const run = async (): Promise<unknown> => await type('run', file)
    await run()
    await waitUntil('a green run', async () => !(await firing()).includes('NightferryNoGreenLately'), 60_000, 500)
    await fires('NightferryNoGreenLately', async () => {}, run)
    expect(fired).toContain('NightferryNoGreenLately')
  })

  test('NightferryHoldOld: a person holds it', async () => {
    const pause = async (): Promise<unknown> => await type('pause', name, '--reason', 'a freeze')
    await fires('NightferryHoldOld', pause, async () => await type('resume', name))
    expect(fired).toContain('NightferryHoldOld')
  })

  test('NightferryFenceUp: the source takes no writes', async () => {
    const block = async (value: number): Promise<unknown> =>
      await onMysql(source.url, `set global read_only = ${value}`)
    await fires('NightferryFenceUp', async () => await block(1))
    await block(0)
    expect(fired).toContain('NightferryFenceUp')
  })

  test('NightferryNotWatched: a migration does not answer', async () => {
    const silent = { workflowId: migrationWorkflowId(uniqueName('silent')), taskQueue: uniqueName('nobody') }
    let stop = async (): Promise<unknown> => null
    try {
      await fires(
        'NightferryNotWatched',
        async () => {
          const workflow = await person.client.workflow.start(WORKFLOWS.migration, { ...silent, args: [] })
          stop = async () => await workflow.terminate('enough')
        },
        async () => await stop(),
      )
    } finally {
      await stop().catch(() => {})
    }
    expect(fired).toContain('NightferryNotWatched')
  })

  test('NightferryNightMissed: the schedule is paused behind our back', async () => {
    await fires('NightferryNightMissed', async () => {
      await type('schedule', name, '--at', clock(20))
      await person.client.schedule.getHandle(scheduleId(name)).pause('somebody in the UI of Temporal')
    })
    expect(fired).toContain('NightferryNightMissed')
  })

  test('NightferryWorkerDown: a worker ends', async () => {
    await fires('NightferryWorkerDown', async () => {
      data.child.kill('SIGTERM')
      await data.ended
    })
    expect(fired).toContain('NightferryWorkerDown')
  })

  test('every alert has fired, and each was silent before', () => {
    expect([...fired].toSorted()).toEqual(alerts.toSorted())
  })
})

/** Of ours on the source, so that steps fail. */
async function endSessions(): Promise<void> {
  const ids = await onMysql(source.url, `select id from information_schema.processlist where db = '${name}'`)
  for (const { id } of ids) await onMysql(source.url, `kill ${String(id)}`).catch(() => {})
}
