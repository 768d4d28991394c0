import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startMachine, type Machine } from '../support/machine.js'
import { applyAndRun } from '../support/runs.js'
import { big, prepared, type Script } from '../support/scripted.js'
import { onMysql, onPostgres } from '../support/servers.js'
import { withWorld } from '../support/world.js'

/** What histories cost, by the number of chunks: docs/histories.md has the table. */

const SIZES = [50, 500, 5_000] as const
const MOST_EVENTS = 5_000
const MOST_BYTES = 2 * 1024 * 1024
const MOST_EVENTS_A_CHUNK = 6.2

let machine: Machine

beforeAll(async () => {
  machine = await startMachine('histories', ...SIZES.map(nameOf))
  process.env['TEMPORAL_ADDRESS'] = machine.temporal.address
}, 240_000)

afterAll(async () => await machine?.stop(), 60_000)

const nameOf = (chunks: number): string => `histories_${chunks}`

interface Cost {
  readonly chunks: number
  /** Of all executions of the run and its table. */
  readonly events: number
  readonly bytes: number
  readonly executions: number
  /** Of the execution that has most. */
  readonly longest: number
  readonly largest: number
}

/** Every execution below `run/`: read one by one, since visibility's counts come late. */
async function costOf(client: Client, migration: string, chunks: number): Promise<Cost> {
  const found = new Map<string, string>()
  for await (const { workflowId, runId } of client.workflow.list())
    if (workflowId.startsWith(`run/${migration}/`)) found.set(runId, workflowId)
  const sizes = await Promise.all(
    [...found].map(async ([runId, workflowId]) => {
      const { historyLength, historySize } = await client.workflow.getHandle(workflowId, runId).describe()
      return { events: historyLength, bytes: historySize ?? 0 }
    }),
  )
  const sum = (of: 'events' | 'bytes'): number => sizes.reduce((all, one) => all + one[of], 0)
  const most = (of: 'events' | 'bytes'): number => Math.max(...sizes.map((one) => one[of]))
  return {
    ...{ chunks, events: sum('events'), bytes: sum('bytes'), executions: sizes.length },
    ...{ longest: most('events'), largest: most('bytes') },
  }
}

/** Each chunk a step of its own, as chunks are that take half a second or more: what the workflows make of it at most. */
const eachAStep = (chunks: number): Script => ({
  prepareRun: async () => prepared({ parallelism: 8, big: [big(0)] }),
  openSnapshot: async () => ({ label: 'best-effort', queue: null, sessions: 8, stopped: 0 }),
  divideTable: async ({ atMost }) => {
    known = Math.min(chunks, known + atMost)
    return { chunks: known, complete: known === chunks }
  },
  copyChunks: async ({ count }) => {
    // Each at its own pace: what ends at the same moment shares its events.
    await new Promise((resolve) => setTimeout(resolve, 20 + 20 * Math.random()))
    return { rows: count, bytes: count, seconds: 100 * count }
  },
})
let known = 0

function say(title: string, costs: readonly Cost[]): void {
  const [few, some, many] = costs as [Cost, Cost, Cost]
  const further = (many.events - some.events) / (many.chunks - some.chunks)
  const fixed = few.events - few.chunks * further
  console.log(
    [
      title,
      '| chunks | executions | events | bytes | most events of one | most bytes of one |',
      '| --- | --- | --- | --- | --- | --- |',
      ...costs.map(
        ({ chunks, executions, events, bytes, longest, largest }) =>
          `| ${chunks} | ${executions} | ${events} | ${bytes} | ${longest} | ${largest} |`,
      ),
      `events for each further chunk: ${further.toFixed(2)}; bytes: ${Math.round((many.bytes - some.bytes) / (many.chunks - some.chunks))}; fixed part: ${Math.round(fixed)} events`,
    ].join('\n'),
  )
}

function judge(costs: readonly Cost[]): { longest: number; largest: number; further: number; executions: number } {
  const [, some, many] = costs as [Cost, Cost, Cost]
  return {
    longest: Math.max(...costs.map(({ longest }) => longest)),
    largest: Math.max(...costs.map(({ largest }) => largest)),
    further: (many.events - some.events) / (many.chunks - some.chunks),
    executions: Math.min(...costs.map(({ executions }) => executions)),
  }
}

test(`${SIZES.join(', ')} chunks, each a step of its own: no execution above ${MOST_EVENTS} events or 2 MB, at most ${MOST_EVENTS_A_CHUNK} events for each further chunk`, async () => {
  const costs: Cost[] = []
  for (const chunks of SIZES) {
    known = 0
    await withWorld(eachAStep(chunks), async ({ client, migration }) => {
      const entity = await migration('shop')
      const { workflowId } = await applyAndRun(entity, 'shop')
      expect(await client.workflow.getHandle(workflowId).result()).toMatchObject({ state: 'complete' })
      costs.push(await costOf(client, 'shop', chunks))
    })
  }
  say('each chunk a step of its own', costs)
  const { longest, largest, further, executions } = judge(costs)
  expect(executions).toBeGreaterThanOrEqual(2)
  expect(longest).toBeLessThanOrEqual(MOST_EVENTS)
  expect(largest).toBeLessThanOrEqual(MOST_BYTES)
  expect(further).toBeLessThanOrEqual(MOST_EVENTS_A_CHUNK)
}, 240_000)

test(`${SIZES.join(', ')} chunks of one row each, copied: the same bounds`, async () => {
  const [control, data] = [await machine.startWorker('control'), await machine.startWorker('data')]
  const client = new Client({ connection: await Connection.connect({ address: machine.temporal.address }) })
  const costs: Cost[] = []
  for (const chunks of SIZES) {
    const name = nameOf(chunks)
    await onMysql(machine.mysql.url, sourceSql(name, chunks))
    await onPostgres(machine.postgres.url, `drop database if exists ${name} with (force)`)
    const file = machine.writeConfig(
      `${name}.yaml`,
      `migration: ${name}\nsource: {connection: ${name.replaceAll('_', '-')}}\ntarget: {connection: dst, database: ${name}}\n` +
        'publish: {mode: in-place}\nlimits: {chunk_bytes: 1B}\n',
    )
    const { code, stderr } = await machine.nightferry('run', file).ended
    expect(code, stderr).toBe(0)
    costs.push(await costOf(client, name, chunks))
  }
  say('chunks of one row, many to a step', costs)
  const { longest, largest, further, executions } = judge(costs)
  expect(executions).toBeGreaterThanOrEqual(2)
  expect([longest <= MOST_EVENTS, largest <= MOST_BYTES, further <= MOST_EVENTS_A_CHUNK]).toEqual([true, true, true])
  await client.connection.close()
  for (const worker of [control, data]) await worker.stop()
}, 240_000)

const DIGITS = Array.from({ length: 10 }, (_, d) => `select ${d} d`).join(' union all ')

const sourceSql = (database: string, rows: number): string =>
  `drop database if exists ${database}; create database ${database}; use ${database};
   create table one (id int not null primary key, label varchar(20) not null);
   insert into one select 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d, 'row'
     from (${DIGITS}) a, (${DIGITS}) b, (${DIGITS}) c, (${DIGITS}) e
     where a.d + 10 * b.d + 100 * c.d + 1000 * e.d < ${rows};
   analyze table one`
