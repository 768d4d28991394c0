import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sitDown, type Person, type Typed } from '../support/cli.js'
import { mysqlUrl, onMysql, onPostgres, postgresUrl, uniqueName } from '../support/servers.js'
import { waitUntil } from '../support/wait.js'

/** The process that holds a snapshot dies in the middle of the copy. */

const name = uniqueName('lost')
const ROWS = 60_000
let person: Person

const urls = (): Record<string, string> => ({
  NIGHTFERRY_CONNECTION_SRC: mysqlUrl(name),
  NIGHTFERRY_CONNECTION_DST: postgresUrl(name),
})

beforeAll(async () => {
  const digits = Array.from({ length: 10 }, (_, d) => `(${d})`).join()
  await onMysql(
    mysqlUrl(),
    `create database ${name}; use ${name};
     create table d (d int primary key); insert into d values ${digits};
     create table big (id int primary key, v varchar(900) not null);
     insert into big select 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d, repeat('row ', 200)
       from d a, d b, d c, d e, d f where f.d < ${ROWS / 10_000};
     analyze table big`,
  )
  await onPostgres(postgresUrl(), `create database ${name}`)
  person = await sitDown()
  await person.start(['worker', '--role', 'control'], urls(), '"ready":true')
})

afterAll(async () => {
  await person.leave()
  await onMysql(mysqlUrl(), `drop database if exists ${name}`)
  await onPostgres(postgresUrl(), `drop database if exists ${name} with (force)`)
})

interface Report {
  readonly label: string
  readonly summary: { readonly state: string }
  readonly reading: {
    readonly label: string
    readonly reason: string | null
    readonly rowsAgain: number
    readonly snapshot: object | null
  }
}

/** Starts a run that goes slowly, and returns when some of its chunks are there. */
async function halfway(onLost: string): Promise<{ run: Typed; data: Typed }> {
  const data = await person.start(['worker', '--role', 'data'], urls(), '"ready":true')
  const file = person.write(
    `${name}.yaml`,
    `migration: ${name}\nsource: {connection: src}\ntarget: {connection: dst}\n` +
      `consistency: {on_lost: ${onLost}}\npublish: {mode: in-place}\nlimits: {parallelism: 1, chunk_bytes: 100kB}\n`,
  )
  const run = person.type(['run', file])
  await waitUntil(
    'some chunks',
    async () => {
      const [row] = await onPostgres(
        postgresUrl(name),
        `select count(*)::int as n from nightferry.chunk where state = 'done' and run = (select max(run) from nightferry.run where label = 'snapshot' and ended_at is null)`,
      )
      return Number(row?.n) >= 5
    },
    60_000,
    20,
  )
  return { run, data }
}

/** Of the worker itself: the command is only its parent. */
function pidOf(worker: Typed): number {
  const pid = /"pid":(\d+)/.exec(worker.said())?.[1]
  if (pid === undefined) throw new Error('the worker does not say its pid')
  return Number(pid)
}

async function rows(): Promise<{ n: number; keys: number }> {
  const [row] = await onPostgres(
    postgresUrl(name),
    'select count(*)::int as n, count(distinct id)::int as keys from big',
  )
  return row as { n: number; keys: number }
}

const report = async (): Promise<Report> => JSON.parse((await person.run(['report', name, '--json'])).stdout) as Report

describe.each(['best-effort', 'restart'])('on_lost: %s', (onLost) => {
  test('a run whose snapshot died with its process ends complete, and says what became of it', async () => {
    const { run, data } = await halfway(onLost)
    process.kill(pidOf(data), 'SIGKILL')
    await onMysql(mysqlUrl(name), `insert into big values (${ROWS + 1 + Number(onLost === 'restart')}, 'new')`)
    const second = await person.start(['worker', '--role', 'data'], urls(), '"ready":true')
    const { code, stderr } = await run.ended
    // The next test's snapshot is to be in the process that it kills.
    second.child.kill('SIGTERM')
    await second.ended
    expect(code, `${stderr}${(await person.run(['report', name])).stdout}`).toBe(0)
    const { label, summary, reading } = await report()
    expect(summary.state).toBe('complete')
    expect(reading.snapshot).not.toBeNull()
    const { n, keys } = await rows()
    expect(keys).toBe(n)
    const isSnapshot = onLost === 'restart'
    expect({ label, isWhole: reading.reason === null }).toEqual({
      label: isSnapshot ? 'snapshot' : 'best-effort',
      isWhole: isSnapshot,
    })
    // A restart reads the row that came meanwhile: another moment.
    expect(n).toBe(isSnapshot ? ROWS + 2 : n)
    expect(reading.rowsAgain).toBeGreaterThan(isSnapshot ? 0 : -1)
    expect(/goes on as best-effort/.test(stderr)).toBe(!isSnapshot)
  })
})
