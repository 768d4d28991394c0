import { CancellationScope, patched } from '@temporalio/workflow'
import type { Judged, PlannedProof, ProofPartName, ProofPieces, RunRef } from '../activities/messages.js'
import type { ProofId } from '../core/proof.js'
import { eachOf, type StepEnd } from './each-of.js'
import { type Halt, isInterrupted, type Tables } from './halt.js'
import { holding } from './holding.js'
import { park } from './park.js'
import { BRIEF, data, named } from './steps.js'

/** Where a proof is: whenever nothing is open, all pieces and parts before `next` are finished. Survives continue-as-new. */
export interface ProofCursor {
  readonly proof: ProofId
  readonly planned: PlannedProof
  step: 'read' | 'judge'
  next: number
  redo?: number[]
  /** Tables whose verdict is not clean, tables that the run's own proof stopped, and rows that differ. */
  unclean: number
  stopped: number
  differences: number
}

export const beginProof = (proof: ProofId, planned: PlannedProof): ProofCursor => ({
  ...{ proof, planned, step: 'read', next: 0 },
  ...{ unclean: 0, stopped: 0, differences: 0 },
})

/** What a proof's steps go by. */
export interface Proving {
  readonly ref: RunRef
  readonly halt: Halt
  readonly lanes: () => number
  readonly watch?: (wake: () => void) => () => void
}

/**
 * Reads big tables in pieces side by side, then judges every part. `long`: the history is, and it goes on where it was in
 * a new execution. A piece that fails is left to the judge, who reads what is missing and says what it meant.
 */
export async function prove(
  proving: Proving,
  cursor: ProofCursor,
  onJudged: (tables: number, judged: Judged) => void = () => {},
): Promise<StepEnd> {
  if (cursor.step === 'read') {
    const end = await readPieces(proving, cursor)
    if (end !== 'done') return end
    Object.assign(cursor, { step: 'judge', next: 0 })
  }
  return await judge(proving, cursor, onJudged)
}

/**
 * Before its end, also when cancelled. A ledger that cannot be written now does not matter: a proof that has not ended
 * proves nothing.
 */
export async function closeEarly(ref: RunRef, proof: ProofId): Promise<void> {
  await CancellationScope.nonCancellable(() =>
    named(data.closeProof, 'close the proof before its end', { ref, proof }, BRIEF).catch(() => {}),
  )
}

interface Piece {
  readonly of: ProofPieces
  readonly first: number
  readonly count: number
}

/** All pieces in one order, which is the same whenever it is asked for. */
function piecesOf({ pieces }: PlannedProof): Piece[] {
  return pieces.flatMap((of) => {
    const list: Piece[] = []
    for (let first = 0; first < of.parts; first += of.perPiece)
      list.push({ of, first, count: Math.min(of.perPiece, of.parts - first) })
    return list
  })
}

async function readPieces(proving: Proving, cursor: ProofCursor): Promise<StepEnd> {
  const { ref, halt } = proving
  const work = async ({ of, first, count }: Piece): Promise<void> => {
    const summary = `${of.name}: ${of.side} of parts ${first} to ${first + count - 1}`
    const input = { ref, proof: cursor.proof, table: of.table, side: of.side, first, count }
    try {
      await halt.run(() => named(data.proveParts, summary, input), of.table)
    } catch (error) {
      if (isInterrupted(error)) throw error
    }
  }
  return await eachOf({ ...proving, items: piecesOf(cursor.planned), cursor, tablesOf: ({ of }) => of.table, work })
}

async function judge(
  proving: Proving,
  cursor: ProofCursor,
  onJudged: (tables: number, judged: Judged) => void,
): Promise<StepEnd> {
  const work = async (one: ProofPartName): Promise<void> => {
    const judged = await judgePart(proving, cursor.proof, one)
    cursor.unclean += judged.unclean
    cursor.stopped += judged.stopped
    cursor.differences += judged.differences
    onJudged(one.tables, judged)
  }
  return await eachOf({ ...proving, items: cursor.planned.parts, cursor, tablesOf, work })
}

/**
 * Tables whose verdict cannot be found are not proved, and the others go on. In a run's own proof they stop, with the
 * failure; the ledger has some of them judged already.
 */
async function judgePart({ ref, halt }: Proving, proof: ProofId, one: ProofPartName): Promise<Judged> {
  const { part, name, tables } = one
  try {
    const judge = () => named(data.judgeTables, `${name}: compare`, { ref, proof, part })
    return await holding(halt, judge, { tables: tablesOf(one) })
  } catch (error) {
    if (isInterrupted(error) || !patched('judge-parks')) throw error
    const stopped = proof === ref.run ? tables : 0
    if (stopped > 0) await park({ ref, halt }, part, error)
    return { stopped, unclean: tables, differences: 0 }
  }
}

const tablesOf = ({ part, of }: ProofPartName): Tables => ('table' in part ? part.table : of)
