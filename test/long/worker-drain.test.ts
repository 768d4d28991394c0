import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import mysql from 'mysql2/promise'
import { sitDown, type Person, type Typed } from '../support/cli.js'
import { mysqlUrl, onMysql, onPostgres, postgresUrl, uniqueName } from '../support/servers.js'
import { chunksBy, dropTwoTables, makeTwoTables, ROWS, rowsThere, urlsOf } from '../support/two-tables.js'
import { waitUntil } from '../support/wait.js'

const name = uniqueName('drain')
let person: Person

beforeAll(async () => {
  await makeTwoTables(name)
  person = await sitDown()
  await person.start(['worker', '--role', 'control'], urlsOf(name), '"ready":true')
})

afterAll(async () => {
  await person.leave()
  await dropTwoTables(name)
})

const startData = async (...more: string[]): Promise<Typed> =>
  await person.start(['worker', '--role', 'data', ...more], urlsOf(name), '"ready":true')

const pidsOf = (worker: Typed): string[] => [...worker.said().matchAll(/"pid":(\d+)/g)].map(([, pid]) => String(pid))

function startRun(read: string): Typed {
  const file = person.write(
    `${name}.yaml`,
    `migration: ${name}\nsource: {connection: src}\ntarget: {connection: dst}\n` +
      `consistency: {read: ${read}}\npublish: {mode: in-place}\nlimits: {parallelism: 4, chunk_bytes: 100kB}\n`,
  )
  return person.type(['run', file])
}

/** Of the newest run, which has begun. */
async function untilBothCopy(pids: readonly string[], before: number): Promise<void> {
  await waitUntil(
    `chunks of ${pids.join(' and ')}`,
    async () => {
      const { by } = await chunksBy(name)
      return (await runs()) > before && pids.every((pid) => (by[pid] ?? 0) >= 5)
    },
    60_000,
    100,
  )
}

async function runs(): Promise<number> {
  const rows = await onPostgres(postgresUrl(name), 'select count(*)::int as n from nightferry.run').catch(() => [])
  return Number(rows[0]?.['n'] ?? 0)
}

describe.each(['best-effort', 'snapshot'])('read: %s', (read) => {
  test('two data processes work on one run; one drains on SIGTERM, the other finishes, and no chunk is copied twice', async () => {
    const workers = [await startData(), await startData()]
    const pids = workers.map((worker) => pidsOf(worker)[0] as string)
    const before = await runs()
    const run = startRun(read)
    await untilBothCopy(pids, before)
    const began = performance.now()
    workers[0]?.child.kill('SIGTERM')
    const drained = await workers[0]?.ended
    const seconds = (performance.now() - began) / 1000
    const atEnd = await chunksBy(name)
    const { code, stderr } = await run.ended
    const after = await chunksBy(name)
    console.log(`${read}: drained in ${seconds.toFixed(1)} s; chunks by process ${JSON.stringify(after.by)}`)
    workers[1]?.child.kill('SIGTERM')
    expect(await workers[1]?.ended).toMatchObject({ code: 0 })
    expect(drained?.code, drained?.stderr).toBe(0)
    expect(seconds).toBeLessThan(10)
    expect(code, stderr).toBe(0)
    expect(after.done).toBeGreaterThan(atEnd.done)
    expect(after.by[pids[0] as string]).toBe(atEnd.by[pids[0] as string])
    expect(after.epoch).toBe(1)
    expect(await rowsThere(name)).toEqual({ rows: 2 * ROWS, keys: 2 * ROWS })
    const report = JSON.parse((await person.run(['report', name, '--json'])).stdout) as { label: string }
    expect(report.label).toBe(read)
  })
})

describe('a step that does not end by itself', () => {
  let locker: mysql.Connection | null = null
  afterAll(async () => await locker?.end())

  test('is cancelled when the grace is over, and the process ends with 0; a second signal ends at once', async () => {
    const before = await runs()
    locker = await mysql.createConnection(mysqlUrl(name))
    const first = await startData()
    const run = startRun('best-effort')
    await waitUntil(
      'the first chunks',
      async () => (await runs()) > before && (await chunksBy(name)).done > 2,
      60_000,
      100,
    )
    await locker.query('lock tables big write, twin write')
    await waitUntil('steps that wait for the locks', async () => (await waiting()) > 0)
    const began = performance.now()
    first.child.kill('SIGTERM')
    const { code, stderr } = await first.ended
    const seconds = (performance.now() - began) / 1000
    expect(code, stderr).toBe(0)
    expect(seconds).toBeGreaterThan(9)
    expect(seconds).toBeLessThan(15)
    expect(stderr).toContain('draining')

    const second = await startData()
    await waitUntil('steps that wait again', async () => (await waiting()) > 0, 30_000)
    second.child.kill('SIGTERM')
    await waitUntil('that it drains', () => second.said().includes('draining'))
    const asked = performance.now()
    second.child.kill('SIGTERM')
    expect((await second.ended).code).toBe(1)
    expect(performance.now() - asked).toBeLessThan(1000)

    await locker.query('unlock tables')
    const third = await startData()
    expect((await run.ended).code).toBe(0)
    expect(await rowsThere(name)).toEqual({ rows: 2 * ROWS, keys: 2 * ROWS })
    third.child.kill('SIGTERM')
    expect((await third.ended).code).toBe(0)
  })
})

/** Statements of ours on the source that wait for somebody's lock. */
async function waiting(): Promise<number> {
  const rows = await onMysql(
    mysqlUrl(),
    `select count(*) as n from information_schema.processlist where state like 'Waiting for table metadata lock' and db = '${name}'`,
  )
  return Number(rows[0]?.['n'])
}

describe('--processes 2', () => {
  test('both work; one that is killed starts again; SIGTERM drains both, and so does the death of the supervisor', async () => {
    const group = await startData('--processes', '2')
    await waitUntil('both', () => pidsOf(group).length === 2, 30_000)
    const pids = pidsOf(group)
    const before = await runs()
    const run = startRun('best-effort')
    await untilBothCopy(pids, before)
    process.kill(Number(pids[0]), 'SIGKILL')
    await waitUntil('a new one', () => pidsOf(group).length === 3, 30_000)
    expect(group.said()).toContain('it starts again in 0.5 s')
    expect((await run.ended).code).toBe(0)
    expect(await rowsThere(name)).toEqual({ rows: 2 * ROWS, keys: 2 * ROWS })
    group.child.kill('SIGTERM')
    expect((await group.ended).code).toBe(0)
    for (const pid of pidsOf(group)) expect(isAlive(pid)).toBe(false)

    const orphans = await startData('--processes', '2')
    await waitUntil('both', () => pidsOf(orphans).length === 2, 30_000)
    orphans.child.kill('SIGKILL')
    await waitUntil('their end', () => !pidsOf(orphans).some(isAlive), 15_000)
  })

  test('is refused where the environment is wrong, and for other roles', async () => {
    const wrong = await person.run(['worker', '--role', 'data', '--processes', '2'], {
      ...urlsOf(name),
      TEMPORAL_ADDRESS: '127.0.0.1:1',
    })
    expect(wrong.code).toBe(3)
    expect((await person.run(['worker', '--role', 'control', '--processes', '2'])).code).toBe(2)
    expect((await person.run(['worker', '--role', 'data', '--processes', '0'])).code).toBe(2)
  })
})

function isAlive(pid: string): boolean {
  try {
    process.kill(Number(pid), 0)
    return true
  } catch {
    return false
  }
}
