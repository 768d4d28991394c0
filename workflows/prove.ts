import { CancellationScope, isCancellation, patched } from '@temporalio/workflow'
import type { Judged, PlannedProof, ProofPartName, ProofPieces, RunRef } from '../activities/messages.js'
import type { FailureKind } from '../core/failure.js'
import type { ProofId } from '../core/proof.js'
import { tell } from './failures.js'
import { isLongWithChildren } from './limits.js'
import { park } from './park.js'
import { openPool } from './pool.js'
import { BRIEF, data, named } from './steps.js'

/** Where a proof is: whenever nothing is open, all pieces and parts before `next` are finished. Survives continue-as-new. */
export interface ProofCursor {
  readonly proof: ProofId
  readonly planned: PlannedProof
  step: 'read' | 'judge'
  next: number
  /** Tables whose verdict is not clean, tables that the run's own proof stopped, and rows that differ. */
  unclean: number
  stopped: number
  differences: number
}

export const beginProof = (proof: ProofId, planned: PlannedProof): ProofCursor => ({
  ...{ proof, planned, step: 'read', next: 0 },
  ...{ unclean: 0, stopped: 0, differences: 0 },
})

/**
 * Reads big tables in pieces side by side, then judges every part. `long`: the history is, and it goes on where it was in
 * a new execution. A piece that fails is left to the judge, who reads what is missing and says what it meant.
 */
export async function prove(
  ref: RunRef,
  lanes: number,
  cursor: ProofCursor,
  onJudged: (tables: number, judged: Judged) => void = () => {},
): Promise<'done' | 'long'> {
  if (cursor.step === 'read') {
    if ((await readPieces(ref, lanes, cursor)) === 'long') return 'long'
    Object.assign(cursor, { step: 'judge', next: 0 })
  }
  return await judge(ref, lanes, cursor, onJudged)
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

async function readPieces(ref: RunRef, lanes: number, cursor: ProofCursor): Promise<'done' | 'long'> {
  const pieces = piecesOf(cursor.planned)
  return await eachOf(pieces, lanes, cursor, async ({ of, first, count }) => {
    const summary = `${of.name}: ${of.side} of parts ${first} to ${first + count - 1}`
    const input = { ref, proof: cursor.proof, table: of.table, side: of.side, first, count }
    try {
      await named(data.proveParts, summary, input)
    } catch (error) {
      if (isCancellation(error)) throw error
    }
  })
}

async function judge(
  ref: RunRef,
  lanes: number,
  cursor: ProofCursor,
  onJudged: (tables: number, judged: Judged) => void,
): Promise<'done' | 'long'> {
  return await eachOf(cursor.planned.parts, lanes, cursor, async ({ part, name, tables }) => {
    const judged = await judgePart(ref, cursor.proof, { part, name, tables })
    cursor.unclean += judged.unclean
    cursor.stopped += judged.stopped
    cursor.differences += judged.differences
    onJudged(tables, judged)
  })
}

/** A server that is away says nothing about a table. */
const AWAY: ReadonlySet<string> = new Set<FailureKind>(['source-unreachable', 'target-unreachable'])

/**
 * Tables whose verdict cannot be found are not proved, and the others go on. In a run's own proof they stop, with the
 * failure; the ledger has some of them judged already.
 */
async function judgePart(ref: RunRef, proof: ProofId, { part, name, tables }: ProofPartName): Promise<Judged> {
  try {
    return await named(data.judgeTables, `${name}: compare`, { ref, proof, part })
  } catch (error) {
    if (isCancellation(error) || AWAY.has(tell(error).kind) || !patched('judge-parks')) throw error
    const stopped = proof === ref.run ? tables : 0
    if (stopped > 0) await park(ref, part, error)
    return { stopped, unclean: tables, differences: 0 }
  }
}

async function eachOf<T>(
  items: readonly T[],
  lanes: number,
  cursor: { next: number },
  work: (item: T) => Promise<void>,
): Promise<'done' | 'long'> {
  const pool = openPool()
  await pool.drain(() => {
    while (!isLongWithChildren() && pool.busy() < lanes) {
      const item = items[cursor.next]
      if (item === undefined) return
      cursor.next++
      pool.start(() => work(item))
    }
  })
  return cursor.next < items.length ? 'long' : 'done'
}
