import { Failure } from '../../core/failure.js'
import type { SnapshotRequest } from '../../core/snapshot.js'
import type { Sessions } from './sessions.js'
import { Attempt, type Course, type NotOpened, type Opening } from './snapshot-attempt.js'
import { lockRemedy } from './snapshot-lock.js'
import { uncoveredTables } from './snapshot-uncovered.js'

/** The pauses after a lock that was not granted, since writers waited for it: longer each time. */
const PAUSES_MS = [250, 1000, 4000, 10_000]

/** The same after a look alone, which nobody waits for: a gap between two long queries is not to be missed. */
const LOOKS_MS = [250, 1000, 2000]

/** Who cannot see what the lock waits for asks rarely, and this often in a run: writers wait each time. */
const UNSEEN_PAUSES_MS = [5000, 15_000]
const MOST_UNSEEN = UNSEEN_PAUSES_MS.length + 1

/**
 * Opens all sessions first, so that the lock has nothing to wait for but their START TRANSACTION. An attempt that does
 * not get its lock within `lockTimeoutMs` gives it up, and the next one comes after a pause. `unseen` counts what was
 * asked for in vain without sight, over all openings of a run.
 */
export async function openUnderLock(
  sessions: Sessions,
  request: SnapshotRequest,
  unseen: { asked: number },
  signal: AbortSignal,
): Promise<Opening> {
  const began = Date.now()
  const course: Course = {
    request,
    uncovered: await uncoveredTables(sessions, request.tables),
    spent: { blockedMs: 0, attempts: 0 },
    denied: new Set(),
    unseen,
    mostUnseen: MOST_UNSEEN,
  }
  for (let tries = 0; ; tries++) {
    // A server that is never without a longer query than that gets its snapshot as lock_timeout allows.
    const strictly = Date.now() - began < request.patienceMs / 2
    const attempt = new Attempt(sessions, course)
    const end = await attempt.run(strictly, signal).catch((error: unknown) => {
      throw sessions.failure(error)
    })
    if (typeof end === 'object') return end
    if (end === 'no right') throw noRight(sessions)
    if (end === 'denied') continue
    const pause = pauseAfter(end, tries, unseen.asked)
    if (pause === null || Date.now() + pause > began + request.patienceMs)
      throw attempt.isBlind
        ? notForeseen(sessions, request, unseen.asked)
        : notGranted(sessions, request, course.spent.attempts)
    await pauseFor(pause, signal)
  }
}

/** Null: not to be asked for again. */
function pauseAfter(end: Exclude<NotOpened, 'denied'>, tries: number, asked: number): number | null {
  if (end === 'unseen') return UNSEEN_PAUSES_MS[asked - 1] ?? null
  const pauses = end === 'busy' ? LOOKS_MS : PAUSES_MS
  return pauses[Math.min(tries, pauses.length - 1)] as number
}

const noRight = ({ connection, address }: Sessions): Failure =>
  new Failure(
    'source-privilege',
    `The account ${address.user} may take no lock on the source ${connection}: no snapshot of one moment is possible.`,
    { remedy: `${lockRemedy(address.database, address.user)}; or set consistency.read to best-effort.` },
  )

const notGranted = (
  { connection }: Sessions,
  { lockTimeoutMs, patienceMs }: SnapshotRequest,
  attempts: number,
): Failure =>
  new Failure(
    'source-conflict',
    `The source ${connection} granted no lock of ${lockTimeoutMs} ms within ${Math.round(patienceMs / 1000)} s (asked for ${attempts} times): queries, or locks of others, last longer than that.`,
    {
      remedy:
        'Look for long queries and LOCK TABLES on the source; a longer consistency.lock_timeout makes writers wait longer.',
    },
  )

/** Final: trying again would make writers wait again, for nobody knows what. */
const notForeseen = ({ connection, address }: Sessions, { lockTimeoutMs }: SnapshotRequest, asked: number): Failure =>
  new Failure(
    'source-privilege',
    `The source ${connection} granted no lock of ${lockTimeoutMs} ms (asked for ${asked} times, writers waited), and the account ${address.user} does not see what it waits for.`,
    { remedy: `GRANT PROCESS ON *.* TO ${address.user}; or set consistency.read to best-effort.` },
  )

async function pauseFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(done, milliseconds)
    function done(): void {
      signal.removeEventListener('abort', aborted)
      resolve()
    }
    function aborted(): void {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', aborted, { once: true })
  })
}
