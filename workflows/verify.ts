import {
  ContinueAsNew,
  continueAsNew,
  isCancellation,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
} from '@temporalio/workflow'
import type { ProofId } from '../core/proof.js'
import type { ProofStatus } from '../core/status.js'
import { asRefusal } from './failures.js'
import type { Halt } from './halt.js'
import { heed } from './heed.js'
import { holding } from './holding.js'
import { proofStatus, type ProofWorkflowInput } from './messages.js'
import { beginProof, closeEarly, prove, type ProofCursor } from './prove.js'
import { data, named } from './steps.js'

export interface VerifyInput extends ProofWorkflowInput {
  /** Carried through continue-as-new; absent at the first start. */
  readonly state?: VerifyState
}

interface VerifyState {
  readonly cursor: ProofCursor
  judged: number
}

/** Counts: what differs is in the ledger. */
export interface VerifyResult {
  readonly proof: ProofId
  readonly tables: number
  readonly unclean: number
  readonly differences: number
}

/**
 * A run's rows proved once more, against the digests of their copy and, if asked for, the source as it is now. Cancelled,
 * it stops within a second, and what it did not come to is `not proved`.
 */
export async function verify(input: VerifyInput): Promise<VerifyResult> {
  const { ref, request, lanes } = input
  const { proof } = request
  const heeding = heed(input)
  const { halt } = heeding
  let state = input.state ?? null
  setHandler(proofStatus, () => ({ ...statusOf(input, state), held: halt.holds() }))
  setDefaultSignalHandler(() => {})
  heeding.onLong(() =>
    continueAsNew<typeof verify>({ ...input, ...heeding.carried(), ...(state !== null && { state }) }),
  )
  const goThrough = async (): Promise<VerifyResult> => {
    state ??= { cursor: await heeding.step(() => plan(input, halt)), judged: 0 }
    const now = state
    const proving = { ref, halt, lanes: () => lanes }
    await heeding.step(() => prove(proving, now.cursor, (tables) => void (now.judged += tables)))
    await heeding.step(() => holding(halt, () => named(data.closeProof, 'close the proof', { ref, proof })))
    const { unclean, differences } = now.cursor
    setCurrentDetails(`${now.judged} tables, ${unclean} not clean, ${differences} differences`)
    return { proof, tables: now.judged, unclean, differences }
  }
  try {
    const result = await heeding.untilEnd(goThrough)
    await heeding.over()
    return result
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error
    await closeEarly(ref, proof)
    await heeding.over()
    throw isCancellation(error) ? error : asRefusal(error)
  }
}

async function plan({ ref, request }: VerifyInput, halt: Halt): Promise<ProofCursor> {
  const planned = await holding(halt, () => named(data.planProof, 'what there is to do', { ref, request }))
  return beginProof(request.proof, planned)
}

function statusOf({ request, started }: VerifyInput, state: VerifyState | null): ProofStatus {
  const { proof, run } = request
  const about = { proof, run, kind: 'verify', started } as const
  if (state === null) {
    const tables = { judged: 0, unclean: 0, total: request.tables?.length ?? 0 }
    return { ...about, doing: 'beginning', steps: { begun: 0, total: 0 }, tables, differences: 0 }
  }
  const { cursor, judged } = state
  const { pieces, parts } = cursor.planned
  const toRead = pieces.reduce((sum, { parts: all, perPiece }) => sum + Math.ceil(all / perPiece), 0)
  return {
    ...about,
    doing: cursor.step === 'read' ? 'reading' : 'comparing',
    steps: { begun: cursor.next, total: cursor.step === 'read' ? toRead : parts.length },
    tables: { judged, unclean: cursor.unclean, total: parts.reduce((sum, { tables }) => sum + tables, 0) },
    differences: cursor.differences,
  }
}
