/** How fast a table's window goes; arithmetic only. */

const MOST_BOUNDARIES = 256

/** Boundaries asked for at a time: one while the window is not full yet, so that copying begins at once, then more. */
export const boundariesAtOnce = (total: number, width: number): number =>
  total < width ? 1 : Math.min(MOST_BOUNDARIES, Math.max(width, total))

/** Chunks that should wait: enough that no session does, few enough that sizes still follow what was measured. */
export const wantedAhead = (total: number, width: number): number =>
  Math.max(2 * width, Math.min(MOST_BOUNDARIES, total / 2))

/** A step costs about 20 ms, so one should last for a while; and a pause should not wait for it. */
const SECONDS_OF_A_STEP = 0.5
const MOST_CHUNKS_OF_A_STEP = 50

/**
 * Chunks for one step: one, except where those so far were tiny; and never so many that another session gets none.
 */
export function chunksAtOnce(
  { next, total, done, seconds }: { next: number; total: number; done: number; seconds: number },
  width: number,
): number {
  if (done === 0) return 1
  const lasting = Math.floor(SECONDS_OF_A_STEP / (seconds / done))
  return Math.max(1, Math.min(lasting, MOST_CHUNKS_OF_A_STEP, Math.floor((total - next) / width)))
}
