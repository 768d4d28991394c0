import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Client, Connection, type WorkflowHandle } from '@temporalio/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfigText } from '../../client/config-file.js'
import { migrationWorkflowId, TASK_QUEUES, WORKFLOWS } from '../../core/names.js'
import type { RunSummary } from '../../core/run.js'
import { apply, pause, repair, resume, startRun, verify } from '../../workflows/messages.js'
import type { migration } from '../../workflows/migration.js'
import { startMachine, type Machine } from '../support/machine.js'
import { onMysql, onPostgres } from '../support/servers.js'
import { Copied } from './copied.js'
import { phasesNow } from './phases.js'
import { randomFrom } from './random.js'
import { lastBusy, watchSessions, type Watch } from './sessions.js'
import { ITEMS, sourceSql, TABLES } from './source.js'
import { Tally } from './tally.js'

const NAME = 'pauses'
const PAUSES = 50
const OF_EACH_PHASE = 5
const MOST_ROUNDS = 12
const MOST_MS = 1000

/** The workers' own on the source, and the connection that is named after it. */
const ACCOUNT = 'ferry'
/** Rows that a look at the source's definitions may take, and how often a run without pauses looks. */
const OF_A_CATALOG = 4000
const LOOKS = 4

/** How long nothing may be seen at work behind an answer before the hold is lifted again. */
const WATCHED_MS = 250

const seed = Number(process.env['NIGHTFERRY_PAUSES_SEED'] ?? Date.now() % 1_000_000)
const random = randomFrom(seed)
const tally = new Tally(PAUSES, OF_EACH_PHASE)

let machine: Machine
let client: Client
let entity: WorkflowHandle<typeof migration>
let watch: Watch
let target: string

beforeAll(async () => {
  process.env['NIGHTFERRY_CONNECTION_FERRY_FILE'] = resolve('.dev/pauses/home/ferry.url')
  machine = await startMachine('pauses', NAME)
  await onMysql(machine.mysql.url, sourceSql(NAME))
  await onMysql(
    machine.mysql.url,
    `set global userstat = 1; create or replace user ${ACCOUNT}@'%' identified by 'secret'; grant all on *.* to ${ACCOUNT}@'%'`,
  )
  const from = new URL(`${machine.mysql.url}/${NAME}`)
  Object.assign(from, { username: ACCOUNT, password: 'secret' })
  writeFileSync(join(machine.folder, 'ferry.url'), from.href)
  await onPostgres(machine.postgres.url, `drop database if exists ${NAME} with (force)`)
  await onPostgres(machine.postgres.url, `create database ${NAME}`)
  const url = new URL(machine.postgres.url)
  url.pathname = `/${NAME}`
  target = url.href
  await machine.startWorker('control')
  await machine.startWorker('data')
  client = new Client({ connection: await Connection.connect({ address: machine.temporal.address }) })
  watch = await watchSessions(target, machine.mysql.url, NAME)
  entity = await client.workflow.start<typeof migration>(WORKFLOWS.migration, {
    workflowId: migrationWorkflowId(NAME),
    taskQueue: TASK_QUEUES.control,
    args: [{ migration: NAME, searchAttributes: false }],
  })
}, 300_000)

afterAll(async () => {
  await watch?.close()
  await client?.connection.close()
  await machine?.stop()
}, 60_000)

const asking = () => ({ by: 'ada', expires: Date.now() + 60_000 })
const holding = () => ({ ...asking(), reason: 'at a random moment', table: null })

test(`${PAUSES} pauses at random moments, at least ${OF_EACH_PHASE} in each phase: answered, and all work really stopped, within ${MOST_MS} ms`, async () => {
  console.log(`seed ${seed} (NIGHTFERRY_PAUSES_SEED)`)
  for (let round = 0; round < MOST_ROUNDS && !tally.isFull(); round++) await wholeLife(round)
  console.log(tally.lines().join('\n'))
  expect(tally.isFull(), tally.lines().join('\n')).toBe(true)
  const late = tally.paused.filter(({ answered, stopped }) => answered > MOST_MS || stopped > MOST_MS)
  expect(late).toEqual([])
  expect(Math.min(...tally.paused.map(({ looks }) => looks))).toBeGreaterThan(5)
}, 1_500_000)

/** A run, a verify of what somebody changed, and the repair of it, each held again and again. */
async function wholeLife(round: number): Promise<void> {
  const read = round % 2 === 0 ? 'best-effort' : 'snapshot'
  const text =
    `migration: ${NAME}\nsource: {connection: ferry}\ntarget: {connection: dst, database: ${NAME}}\n` +
    `consistency: {read: ${read}}\npublish: {mode: in-place}\nlimits: {parallelism: 4, chunk_bytes: 1MB}\n`
  const config = readConfigText(text)
  if (!config.ok) throw new Error(JSON.stringify(config.problems))
  await entity.executeUpdate(apply, { args: [{ config: config.config, ...asking() }] })
  const before = await rowsSent()
  const { run, workflowId } = await entity.executeUpdate(startRun, { args: [{ version: null, ...asking() }] })
  const copied = new Copied(target, run, rowsSent, before)
  const summary = await heldAgainAndAgain<RunSummary>(workflowId, copied)
  expect(summary).toMatchObject({ state: 'complete', label: read, tables: TABLES.length, stopped: 0 })
  const { chunks, open, attempts, inFlight, again, allowed } = await copied.account()
  expect({ open, enough: chunks > 50 }).toEqual({ open: 0, enough: true })
  expect(attempts).toBeLessThanOrEqual(inFlight)
  expect(again).toBeLessThanOrEqual(allowed + OF_A_CATALOG * (LOOKS + tally.count('prepare')))
  expect(await rowsOnBothSides()).toEqual([])

  await onPostgres(
    target,
    `update item set note = 'changed' where id % 3001 = 7; delete from entry where id % 4002 = 2`,
  )
  const proof = { run: null, tables: null, withSource: true, witness: 0.05, ...asking() }
  const verifying = await entity.executeUpdate(verify, { args: [proof] })
  const { differences } = await heldAgainAndAgain<{ differences: number }>(verifying.workflowId)
  expect(differences).toBeGreaterThan(ITEMS / 3001 - 1)
  const repairing = await entity.executeUpdate(repair, { args: [{ ...proof, ...asking(), withSource: false }] })
  const mended = await heldAgainAndAgain(repairing.workflowId)
  expect(mended).toMatchObject({ failures: [], unclean: 0, differences: 0 })
}

/** Holds it at random moments, until it has ended; its result. */
async function heldAgainAndAgain<T>(workflowId: string, copied?: Copied): Promise<T> {
  const handle = client.workflow.getHandle(workflowId)
  let isOver = false
  const result = handle.result().finally(() => (isOver = true))
  result.catch(() => {})
  while (!isOver) {
    // Short and long ones, so that a phase of a moment is met as well as the middle of a long one.
    await new Promise((resolve) => setTimeout(resolve, 1500 * random() ** 3))
    if (isOver) break
    const phase = tally.wanted(await phasesNow(client, workflowId))
    if (phase === null) continue
    const begun = performance.now()
    let quietSince = Infinity
    const seen = lastBusy(watch, begun, () => performance.now() > quietSince + WATCHED_MS)
    const answer = await entity.executeUpdate(pause, { args: [holding()] })
    const answered = performance.now() - begun
    quietSince = Math.max(performance.now(), begun + MOST_MS - WATCHED_MS)
    const { after, what, looks } = await seen
    // What ended by itself meanwhile was not held.
    if (answer.work !== null) tally.paused.push({ phase, answered, stopped: after, what, looks })
    const line = `${phase}: answered after ${Math.round(answered)} ms, last seen at work after ${Math.round(after)} ms`
    process.stderr.write(`${tally.paused.length}. ${line}\n`)
    await copied?.noteInFlight()
    await entity.executeUpdate(resume, { args: [{ ...holding(), hold: null }] })
  }
  return (await result) as T
}

/** To the account that only our workers have, by the server's own count (MariaDB's user statistics). */
async function rowsSent(): Promise<number> {
  const [row] = await onMysql(
    machine.mysql.url,
    `select sum(rows_sent) as n from information_schema.user_statistics where user = '${ACCOUNT}'`,
  )
  return Number(row?.['n'])
}

/** Tables whose rows are not as many on both sides. */
async function rowsOnBothSides(): Promise<string[]> {
  const count = TABLES.map((table) => `select '${table}' as name, count(*) as n from ${table}`).join(' union all ')
  const [from, to] = await Promise.all([onMysql(`${machine.mysql.url}/${NAME}`, count), onPostgres(target, count)])
  expect(from.length).toBe(TABLES.length)
  return from.flatMap(({ name, n }) => {
    const other = to.find((row) => row['name'] === name)?.['n']
    return String(other) === String(n) ? [] : [`${String(name)}: ${String(n)} and ${String(other)}`]
  })
}
