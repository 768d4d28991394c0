import { Failure, type FailureKind } from '../core/failure.js'
import { heard, unheard, type Asked } from '../core/fitness/gathered.js'
import type { Tools } from './tools.js'

/** Of each part: a server that does not answer within it costs that part and no other. */
export const PART_MS = 30_000

/** Asks one part; throws only when all of it was cancelled. */
export type Ask = <T>(what: string, work: (limit: AbortSignal) => Promise<T>, ms?: number) => Promise<Asked<T>>

/** By the signal of whoever asks. What does not heed its limit is waited for no longer than what does: it goes on unheard. */
export const asker =
  ({ log }: Tools, signal: AbortSignal, partMs = PART_MS): Ask =>
  async (what, work, ms = partMs) => {
    const late = AbortSignal.timeout(ms)
    const limit = AbortSignal.any([signal, late])
    try {
      return heard(await unlessAborted(limit, () => work(limit)))
    } catch (error) {
      signal.throwIfAborted()
      if (late.aborted)
        return unheard(`${what}: no answer within ${ms / 1000} s`, 'See what keeps it busy, and ask again.')
      if (error instanceof Failure) return unheard(error.message, error.details.remedy, REFUSED.has(error.kind))
      log('fitness could not be asked', { reason: what, error: error instanceof Error ? error.message : String(error) })
      return unheard(`${what} could not be asked: an unexpected error`, "Look at the control worker's log.")
    }
  }

const REFUSED: ReadonlySet<FailureKind> = new Set<FailureKind>([
  'target-login',
  'target-unreachable',
  'target-missing',
  'target-privilege',
])

/** A query on a session that is frozen is told of no cancellation: whoever waits for it is. Throws the signal's reason. */
async function unlessAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted()
  let give = (): void => {}
  const aborted = new Promise<never>((_, reject) => {
    give = () => reject(signal.reason as Error)
    signal.addEventListener('abort', give, { once: true })
  })
  try {
    return await Promise.race([work(), aborted])
  } finally {
    signal.removeEventListener('abort', give)
  }
}
