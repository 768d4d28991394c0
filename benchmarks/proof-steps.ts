import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { createControlActivities } from '../activities/control.js'
import { createDataActivities } from '../activities/data.js'
import { keepInMemory } from '../activities/kept.js'
import type { RunRef } from '../activities/messages.js'
import { cachePlans } from '../activities/plans.js'
import type { ControlTools } from '../activities/tools.js'
import { parseConfig } from '../core/config/parse.js'
import type { ProofRequest } from '../core/proof.js'
import { openPorts } from '../worker/ports.js'

/** Run as a program: copies the source's one table and proves it, step by step, and prints the seconds of each as JSON. */

const ports = openPorts(process.env, '/nonexistent')
const seconds: Record<string, number> = {}
const logger = new DefaultLogger('ERROR')

const run = async <T>(step: () => Promise<T>): Promise<T> => await new MockActivityEnvironment({}, { logger }).run(step)

async function timed(name: string, work: () => Promise<void>): Promise<void> {
  const started = performance.now()
  await work()
  seconds[name] = (performance.now() - started) / 1000
}

/** `lanes` at a time, in their order. */
async function inLanes(lanes: number, pieces: readonly (() => Promise<unknown>)[]): Promise<void> {
  const waiting = pieces.values()
  const lane = async (): Promise<void> => {
    for (const piece of waiting) await piece()
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

function stepsOf(undigested: boolean) {
  const log = (): void => {}
  const kept = keepInMemory(() => String(Math.random()))
  const tools: ControlTools = { ports, plans: cachePlans(ports, undigested), worker: 'bench', log, kept }
  return { control: createControlActivities(tools), data: createDataActivities(tools) }
}

type Steps = ReturnType<typeof stepsOf>

const refOf = (id: string): RunRef => ({
  ...{ migration: 'bench', run: id, version: 1, target: { connection: 'to', database: null } },
})

async function apply({ control }: Steps): Promise<void> {
  const parsed = parseConfig({
    migration: 'bench',
    source: { connection: 'from' },
    target: { connection: 'to' },
    publish: { mode: 'in-place' },
  })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  const input = { config: parsed.config, by: 'bench', at: new Date().toISOString(), lastNumber: 0 }
  await run(() => control.applyVersion(input))
}

/** The rows, in chunks as a run cuts them; boundaries are found before the clock starts. */
async function clone(name: string, lanes: number, undigested: boolean): Promise<RunRef> {
  const { data } = stepsOf(undigested)
  const ref = refOf(name)
  const { big } = await run(() => data.prepareRun({ ref }))
  const [table] = big
  if (table === undefined) throw new Error('the table is too small to be cut')
  let cut = { chunks: 0, complete: false }
  while (!cut.complete)
    cut = await run(() => data.divideTable({ ref, table: table.table, size: table.size, atMost: 50 }))
  const pieces = Array.from({ length: cut.chunks }, (_, first) => async () => {
    await run(() => data.copyChunks({ ref, table: table.table, first, count: 1 }))
  })
  await timed(name, () => inLanes(lanes, pieces))
  return ref
}

async function prove(name: string, ref: RunRef, more: Partial<ProofRequest>): Promise<void> {
  const { data } = stepsOf(false)
  const request: ProofRequest = {
    ...{ proof: `${ref.run}.${name}`, run: ref.run, kind: 'load', withSource: false, witness: 0, tables: null },
    ...more,
  }
  const proof = request.proof
  await timed(name, async () => {
    const { pieces, parts } = await run(() => data.planProof({ ref, request }))
    const reads = pieces.flatMap(({ table, side, parts: count }) =>
      Array.from({ length: count }, (_, first) => async () => {
        await run(() => data.proveParts({ ref, proof, table, side, first, count: 1 }))
      }),
    )
    await inLanes(2, reads)
    for (const { part } of parts) {
      const judged = await run(() => data.judgeTables({ ref, proof, part }))
      if (judged.unclean > 0) throw new Error(`${name}: not clean`)
    }
  })
}

/** Key and vacuum, as a run makes them before it proves. */
async function finish(ref: RunRef): Promise<void> {
  const { data } = stepsOf(false)
  await run(() => data.buildPrimaryKey({ ref, table: 0 }))
  await run(() => data.markIndexed({ ref, table: 0 }))
  await run(() => data.sealTables({ ref, part: { table: 0 } }))
}

try {
  await apply(stepsOf(false))
  await clone('clone', 1, true)
  await clone('clone-2', 2, true)
  await clone('clone-digest-2', 2, false)
  const ref = await clone('clone-digest', 1, false)
  await finish(ref)
  await prove('load-proof', ref, {})
  await prove('full-proof', ref, { kind: 'verify', withSource: true })
  // T is read for the verdict anyway: the witness is what is more.
  await prove('with-witness', ref, { kind: 'verify', witness: 1 })
  seconds['witness'] = (seconds['with-witness'] ?? 0) - (seconds['load-proof'] ?? 0)
  delete seconds['with-witness']
  process.stdout.write(JSON.stringify(seconds))
} finally {
  await ports.close()
}
