import type { ClaimResult } from '../core/ledger.js'
import { isParked } from '../core/run.js'
import { counted, inFlight } from './counted.js'
import { copyRange } from './copying.js'
import { asFailure, stopTable } from './failing.js'
import type { CopiedBundle, PartInput } from './messages.js'
import { inSnapshot, type Site, tableOf } from './plans.js'
import { type Attempt, step } from './step.js'
import { type Throttle, throttled } from './throttle.js'
import type { Tools } from './tools.js'

/**
 * Copies the small tables of a bundle one after another. A table that is refused stops alone; a server that is away
 * throws, and the next attempt skips what is done.
 */
export const copyBundle = (tools: Tools) =>
  step(tools, 'copyBundle', async (input: PartInput, attempt): Promise<CopiedBundle> => {
    const pace = { run: input.ref.run, rowsPerSecond: input.rowsPerSecond, signal: attempt.signal }
    return await throttled(pace, (throttle) => copyAll(tools, input, { ...attempt, throttle }))
  })

interface Pacing extends Attempt {
  readonly throttle: Throttle | null
}

async function copyAll(
  tools: Tools,
  { ref, part, snapshot, until }: PartInput,
  attempt: Pacing,
): Promise<CopiedBundle> {
  const site = inSnapshot(await tools.plans.siteOf(ref), ref, snapshot)
  const { ledger } = site
  const ordinals = 'table' in part ? [part.table] : await ledger.tablesOfBundle(ref.run, part.bundle)
  const stoppedBefore = new Set(await stoppedTables(site, ref.run, ordinals))
  const todo = ordinals.filter((ordinal) => !stoppedBefore.has(ordinal))
  await ledger.setTables(ref.run, todo, { state: 'copying' })
  const claims = await ledger.claimAll(ref.run, todo, tools.worker)
  const total = { rows: 0, bytes: 0, stopped: stoppedBefore.size }
  const copied: number[] = []
  let isOver = false
  for (const [i, ordinal] of todo.entries()) {
    isOver = until !== undefined && Date.now() >= Date.parse(until)
    if (isOver) break
    attempt.beat({ tables: i, rows: total.rows })
    const counts = await inFlight(tools, ref, async () => await copyOne(site, ref.run, ordinal, claims[i], attempt))
    if (counts === null) total.stopped++
    else {
      copied.push(ordinal)
      if (claims[i]?.state === 'claimed') counted(tools, ref, counts)
      // A snapshot lets go of a table once all its rows are read, and knows that from here.
      if (site.snapshot !== undefined) await ledger.setTable(ref.run, ordinal, { state: 'copied' })
    }
    total.rows += counts?.rows ?? 0
    total.bytes += counts?.bytes ?? 0
  }
  await ledger.setTables(ref.run, copied, { state: 'copied' })
  // No step follows for tables without indexes: where a bundle has no others, this is the last one.
  await ledger.setTables(ref.run, copied.filter(isWithoutIndexes(site)), { state: 'indexed' })
  return isOver ? { ...total, left: true } : total
}

const isWithoutIndexes =
  (site: Site) =>
  (ordinal: number): boolean => {
    const { primaryKey, indexes } = tableOf(site, ordinal)
    return primaryKey === null && indexes.length === 0
  }

async function stoppedTables(site: Site, run: string, ordinals: readonly number[]): Promise<number[]> {
  const wanted = new Set(ordinals)
  const states = await site.ledger.tableStates(run)
  return states.filter(({ table, state }) => isParked(state) && wanted.has(table)).map(({ table }) => table)
}

/** Null: the table was stopped, and the ledger says why. */
async function copyOne(
  site: Site,
  run: string,
  ordinal: number,
  claimed: ClaimResult | undefined,
  { signal, endsTable, throttle }: Pacing,
): Promise<{ rows: number; bytes: number } | null> {
  if (claimed === undefined) throw new Error('fewer claims than tables')
  if (claimed.state === 'done') return claimed
  try {
    return await copyRange(site, tableOf(site, ordinal), claimed.claim, signal, () => {}, throttle)
  } catch (error) {
    if (!endsTable(error)) throw error
    await stopTable(site.ledger, run, ordinal, asFailure(error, 'copyBundle'))
    return null
  }
}
