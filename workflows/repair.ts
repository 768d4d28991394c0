import {
  ContinueAsNew,
  continueAsNew,
  isCancellation,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
} from '@temporalio/workflow'
import type { MendFailure, MendTable } from '../activities/repair-messages.js'
import type { ProofId } from '../core/proof.js'
import type { RunSummary } from '../core/run.js'
import type { ProofStatus } from '../core/status.js'
import type { StepEnd } from './each-of.js'
import { asRefusal, tell } from './failures.js'
import { isInterrupted, type Halt } from './halt.js'
import { heed } from './heed.js'
import { holding } from './holding.js'
import { isLong } from './limits.js'
import { proofStatus, type ProofWorkflowInput, type RepairResult } from './messages.js'
import { beginProof, closeEarly, prove, type ProofCursor } from './prove.js'
import { data, named } from './steps.js'

export interface RepairInput extends ProofWorkflowInput {
  /** Carried through continue-as-new; absent at the first start. */
  readonly state?: RepairState
}

/** Whenever nothing is open, all tables before `next` are mended or failed. */
interface RepairState {
  readonly tables: readonly MendTable[]
  next: number
  deleted: number
  inserted: number
  schema: number
  failures: readonly MendFailure[]
  /** Null until the rows are proved again. */
  cursor: ProofCursor | null
  judged: number
}

/** What stands in a history: the others are told by the proof. */
const MOST_FAILURES = 20

/**
 * Mends what the newest proofs of a run found: rows table after table, each in one transaction (two at a time could wait
 * for each other over a foreign key), then the schema; then proves the tables again. A table that cannot be mended is
 * told, and the next one follows.
 */
export async function repair(input: RepairInput): Promise<RepairResult> {
  const { ref, request } = input
  const { proof } = request
  const heeding = heed(input)
  const { halt } = heeding
  let state = input.state ?? null
  setHandler(proofStatus, () => ({ ...statusOf(input, state), held: halt.holds() }))
  setDefaultSignalHandler(() => {})
  heeding.onLong(() =>
    continueAsNew<typeof repair>({ ...input, ...heeding.carried(), ...(state !== null && { state }) }),
  )
  const goThrough = async (): Promise<RepairResult> => {
    state ??= await heeding.step(() => begin(input, halt))
    const now = state
    await heeding.step(() => mendTables(input, halt, now))
    now.cursor ??= await heeding.step(() => mendSchema(input, halt, now))
    const { cursor } = now
    const proving = { ref, halt, lanes: () => input.lanes }
    await heeding.step(() => prove(proving, cursor, (tables) => void (now.judged += tables)))
    const close = (): Promise<RunSummary | undefined> => named(data.closeProof, 'close the proof', { ref, proof })
    return resultOf(proof, now, await heeding.step(() => holding(halt, close)))
  }
  try {
    const result = await heeding.untilEnd(goThrough)
    await heeding.over(result.run)
    return result
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error
    await closeEarly(ref, proof)
    await heeding.over()
    throw isCancellation(error) ? error : asRefusal(error)
  }
}

async function begin({ ref, request }: RepairInput, halt: Halt): Promise<RepairState> {
  const { tables } = await holding(halt, () => named(data.planRepair, 'what there is to mend', { ref, request }))
  return { tables, next: 0, deleted: 0, inserted: 0, schema: 0, failures: [], cursor: null, judged: 0 }
}

async function mendTables({ ref, request: { proof } }: RepairInput, halt: Halt, state: RepairState): Promise<StepEnd> {
  for (let mend = state.tables[state.next]; mend !== undefined; mend = state.tables[state.next]) {
    if (isLong()) return 'long'
    const one = mend
    if (halt.holds(one.table)) return 'held'
    try {
      const mend = () => named(data.repairTable, `${one.name}: mend`, { ref, proof, mend: one })
      const mended = await holding(halt, mend, { tables: one.table })
      state.deleted += mended.deleted
      state.inserted += mended.inserted
    } catch (error) {
      if (isInterrupted(error)) throw error
      const { message, remedy } = tell(error)
      addFailures(state, [{ table: one.name, message, remedy: remedy ?? 'Try again.' }])
    }
    state.next++
  }
  return 'done'
}

/** Then plans the proof of what was mended. */
async function mendSchema({ ref, request }: RepairInput, halt: Halt, state: RepairState): Promise<ProofCursor> {
  const { proof, tables } = request
  const done = await holding(halt, () =>
    named(data.mendSchema, 'indexes, constraints and counters', { ref, proof, tables }),
  )
  state.schema += done.mended
  addFailures(state, done.failures)
  const again = { ...request, tables: state.tables.map(({ table }) => table).sort((a, b) => a - b) }
  const planned = await holding(halt, () => named(data.planProof, 'what to prove again', { ref, request: again }))
  return beginProof(proof, planned)
}

function addFailures(state: RepairState, failures: readonly MendFailure[]): void {
  state.failures = [...state.failures, ...failures].slice(0, MOST_FAILURES)
}

function resultOf(
  proof: ProofId,
  { tables, deleted, inserted, schema, failures, cursor }: RepairState,
  summary: RunSummary | undefined,
): RepairResult {
  setCurrentDetails(`${tables.length} tables: ${deleted} rows deleted, ${inserted} inserted; ${schema} objects mended`)
  const { unclean = 0, differences = 0 } = cursor ?? {}
  return {
    ...{ proof, tables: tables.length, deleted, inserted, schema, failures, unclean, differences },
    ...(summary && { run: summary }),
  }
}

function statusOf({ request, started }: RepairInput, state: RepairState | null): ProofStatus {
  const { proof, run } = request
  const about = { proof, run, kind: 'repair', started } as const
  const total = state?.tables.length ?? 0
  const tables = { judged: state?.judged ?? 0, unclean: state?.cursor?.unclean ?? 0, total }
  if (state === null) return { ...about, doing: 'beginning', steps: { begun: 0, total: 0 }, tables, differences: 0 }
  const { cursor, next } = state
  if (cursor === null) return { ...about, doing: 'mending', steps: { begun: next, total }, tables, differences: 0 }
  const steps = { begun: cursor.next, total: cursor.planned.parts.length }
  return { ...about, doing: 'comparing', steps, tables, differences: cursor.differences }
}
