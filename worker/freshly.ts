/** The same answer for whoever asks while it is being got, and for `ms` after that. A failure is not kept. */
export function freshly<T>(ms: number, ask: () => Promise<T>): () => Promise<T> {
  let kept: { readonly answer: Promise<T>; until: number } | null = null
  return async () => {
    if (kept !== null && Date.now() < kept.until) return await kept.answer
    const mine = { answer: ask(), until: Number.POSITIVE_INFINITY }
    kept = mine
    try {
      const answer = await mine.answer
      mine.until = Date.now() + ms
      return answer
    } catch (error) {
      mine.until = 0
      throw error
    }
  }
}
