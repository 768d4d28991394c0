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
import { asRefusal, tell } from './failures.js'
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
  const { ref, request, lanes } = input
  const { proof } = request
  let state = input.state ?? null
  setHandler(proofStatus, () => statusOf(input, state))
  setDefaultSignalHandler(() => {})
  try {
    state ??= await begin(input)
    if ((await mendTables(input, state)) === 'long') await continueAsNew<typeof repair>({ ...input, state })
    if (state.cursor === null) {
      await mendSchema(input, state)
      const again = { ...request, tables: state.tables.map(({ table }) => table).sort((a, b) => a - b) }
      state.cursor = beginProof(proof, await named(data.planProof, 'what to prove again', { ref, request: again }))
    }
    const now = state
    const end = await prove(ref, lanes, state.cursor, (tables) => void (now.judged += tables))
    if (end === 'long') await continueAsNew<typeof repair>({ ...input, state })
    const summary = await named(data.closeProof, 'close the proof', { ref, proof })
    return resultOf(proof, state, summary)
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error
    await closeEarly(ref, proof)
    throw isCancellation(error) ? error : asRefusal(error)
  }
}

async function begin({ ref, request }: RepairInput): Promise<RepairState> {
  const { tables } = await named(data.planRepair, 'what there is to mend', { ref, request })
  return { tables, next: 0, deleted: 0, inserted: 0, schema: 0, failures: [], cursor: null, judged: 0 }
}

async function mendTables({ ref, request: { proof } }: RepairInput, state: RepairState): Promise<'done' | 'long'> {
  for (let mend = state.tables[state.next]; mend !== undefined; mend = state.tables[state.next]) {
    if (isLong()) return 'long'
    try {
      const { deleted, inserted } = await named(data.repairTable, `${mend.name}: mend`, { ref, proof, mend })
      state.deleted += deleted
      state.inserted += inserted
    } catch (error) {
      if (isCancellation(error)) throw error
      const { message, remedy } = tell(error)
      addFailures(state, [{ table: mend.name, message, remedy: remedy ?? 'Try again.' }])
    }
    state.next++
  }
  return 'done'
}

async function mendSchema({ ref, request: { proof, tables } }: RepairInput, state: RepairState): Promise<void> {
  const done = await named(data.mendSchema, 'indexes, constraints and counters', { ref, proof, tables })
  state.schema += done.mended
  addFailures(state, done.failures)
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
