import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Child } from '../../client/embedded/child.js'
import { migrationWorkflowId, runWorkflowId } from '../../core/names.js'
import { migrationStatus, pause, resume } from '../../workflows/messages.js'
import { startMachine, type Machine } from '../support/machine.js'
import { onMysql, onPostgres } from '../support/servers.js'
import { waitUntil } from '../support/wait.js'
import { buildNewer, NEWER_STEP } from './newer-code.js'
import { watchSessions } from './sessions.js'
import { ITEMS, sourceSql } from './source.js'

/** A hold that outlives executions, Temporal and the code; and one that nobody was there to hear of. */

const NAME = 'season'
const MOST_EVENTS = [
  { of: 'entity', events: 1000 },
  { of: 'run', events: 2000 },
] as const

let machine: Machine
let client: Client
let control: Child
let data: Child
let target: string
let migration: string

beforeAll(async () => {
  machine = await startMachine(NAME, NAME)
  await onMysql(machine.mysql.url, sourceSql(NAME))
  control = await machine.startWorker('control')
  data = await machine.startWorker('data')
  client = new Client({ connection: await Connection.connect({ address: machine.temporal.address }) })
}, 300_000)

afterAll(async () => {
  await client?.connection.close()
  await machine?.stop()
}, 60_000)

const entity = () => client.workflow.getHandle(migrationWorkflowId(migration))
const status = async () => await entity().query(migrationStatus)
const asking = () => ({ by: 'ada', expires: Date.now() + 60_000, reason: 'summer', table: null })

/** `run --detach` of a new migration, until some of its rows are there; its id. */
async function begin(name: string): Promise<string> {
  migration = name
  await onPostgres(machine.postgres.url, `drop database if exists ${name} with (force)`)
  const url = new URL(machine.postgres.url)
  url.pathname = `/${name}`
  target = url.href
  const file = machine.writeConfig(
    `${name}.yaml`,
    `migration: ${name}\nsource: {connection: src}\ntarget: {connection: dst, database: ${name}}\n` +
      `consistency: {read: best-effort}\npublish: {mode: in-place}\nlimits: {parallelism: 2, chunk_bytes: 500KB}\n`,
  )
  const { code, stderr } = await machine.nightferry('run', file, '--detach').ended
  expect(code, stderr).toBe(0)
  const { running } = await status()
  const done = `select count(*)::int as n from nightferry.chunk where state = 'done'`
  await waitUntil(
    'some chunks',
    async () => Number((await onPostgres(target, done).catch(() => []))[0]?.['n']) >= 5,
    60_000,
  )
  return running?.run ?? ''
}

/** Executions that the flood ended, of a workflow that waits. */
async function continueAsNew(workflowId: string, events: number): Promise<string[]> {
  const latest = client.workflow.getHandle(workflowId)
  const ended: string[] = []
  for (let times = 0; times < 3; times++) {
    const { runId } = await latest.describe()
    // Not without end: the server takes no continue-as-new while another signal is on its way.
    for (let sent = 0; sent < events; sent += 50)
      await Promise.all(Array.from({ length: 50 }, () => latest.signal('noise')))
    await waitUntil(`${workflowId} in a new execution`, async () => (await latest.describe()).runId !== runId, 60_000)
    ended.push(runId)
  }
  return ended
}

interface Told {
  readonly timersMs: number[]
  readonly steps: string[]
}

/** Lengths of the timers of an execution, and the summaries of its steps. */
async function history(workflowId: string, runId?: string): Promise<Told> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory()
  const timersMs = (events ?? []).flatMap(({ timerStartedEventAttributes: timer }) =>
    timer ? [Number(timer.startToFireTimeout?.seconds ?? 0) * 1000] : [],
  )
  const steps = (events ?? []).flatMap(({ userMetadata, activityTaskScheduledEventAttributes: step }) =>
    step ? [Buffer.from(userMetadata?.summary?.data ?? []).toString()] : [],
  )
  return { timersMs, steps }
}

const open = async (): Promise<Record<string, unknown>> => {
  const ledger = `select count(*)::int as chunks, count(*) filter (where state <> 'done')::int as open,
    (select count(*)::int from item) as items from nightferry.chunk`
  return (await onPostgres(target, ledger))[0] ?? {}
}

test('a hold survives three continue-as-news, a kill of Temporal, and newer code, and no timer knows of it', async () => {
  const run = await begin('season')
  const runId = runWorkflowId(migration, run)
  const answer = await entity().executeUpdate(pause, { args: [asking()] })
  expect(answer).toMatchObject({ answered: true, work: { what: 'run', id: run } })
  const workflows = { entity: migrationWorkflowId(migration), run: runId }
  for (const { of, events } of MOST_EVENTS) {
    const [, ...inTheHold] = await continueAsNew(workflows[of], events)
    for (const execution of inTheHold) expect((await history(workflows[of], execution)).timersMs).toEqual([])
  }
  await machine.temporal.kill()
  await machine.temporal.restart()
  await waitUntil('the entity', async () => (await status()).holds.length === 1, 60_000)

  const newer = await buildNewer(NAME)
  for (const worker of [control, data]) await worker.stop()
  control = await machine.startWorker('control', newer)
  data = await machine.startWorker('data', newer)
  await waitUntil('the entity, under newer code', async () => (await status()).holds.length === 1, 60_000)
  expect(Number((await open())['items'])).toBeLessThan(ITEMS)

  const resumed = { args: [{ ...asking(), hold: null }] as const }
  await entity().executeUpdate(resume, { args: [...resumed.args] })
  expect(await client.workflow.getHandle(runId).result()).toMatchObject({ state: 'complete', stopped: 0 })
  expect(await open()).toMatchObject({ open: 0, items: ITEMS })
  const { timersMs, steps } = await history(runId)
  expect([timersMs, steps.filter((step) => step.includes(NEWER_STEP)).length]).toEqual([[], 1])
  await waitUntil('the entity knows', async () => (await status()).running === null, 30_000)
  // Whoever pauses or resumes waits so long for the answer of what runs.
  expect((await history(workflows.entity)).timersMs.filter((length) => length !== 12_000)).toEqual([])
  expect((await status()).runs[0]).toMatchObject({ run, state: 'complete' })
}, 600_000)

test('a pause that no worker hears is said within 5 s, and done when a worker comes', async () => {
  const run = await begin('season_late')
  await control.kill()
  const begun = performance.now()
  const { code, stdout, stderr } = await machine.nightferry('pause', migration, '--reason', 'nobody is there').ended
  const seconds = (performance.now() - begun) / 1000
  console.log(`said after ${seconds.toFixed(1)} s: ${stdout}${stderr}`)
  expect(code, stdout + stderr).toBe(3)
  expect(stdout + stderr).toMatch(/takes effect when a worker comes/)
  expect(seconds).toBeLessThan(5)

  control = await machine.startWorker('control')
  await waitUntil('the hold', async () => (await status()).holds.length === 1, 60_000)
  const watch = await watchSessions(target, machine.mysql.url, NAME)
  await waitUntil('all to stop', async () => (await watch.busy()).length === 0, 20_000)
  await watch.close()
  expect((await status()).holds).toMatchObject([{ kind: 'operator', why: 'nobody is there' }])
  const { holds } = await status()
  await entity().executeUpdate(resume, { args: [{ ...asking(), hold: holds[0]?.id ?? null }] })
  expect(await client.workflow.getHandle(runWorkflowId(migration, run)).result()).toMatchObject({ state: 'complete' })
}, 300_000)
