/** Longer than that nobody is made to wait for what somebody else asked. */
const PENDING_MS = 30_000

/**
 * The same answer for whoever asks while it is being got, and for `ms` after that. A failure is not kept, and neither is an
 * answer that does not come within `pendingMs`: a server that froze must not be waited for once it is back.
 */
export function freshly<T>(ms: number, ask: () => Promise<T>, pendingMs = PENDING_MS): () => Promise<T> {
  let kept: { readonly answer: Promise<T>; until: number } | null = null
  return async () => {
    if (kept !== null && performance.now() < kept.until) return await kept.answer
    const mine = { answer: ask(), until: performance.now() + pendingMs }
    kept = mine
    try {
      const answer = await mine.answer
      mine.until = performance.now() + ms
      return answer
    } catch (error) {
      mine.until = 0
      throw error
    }
  }
}
