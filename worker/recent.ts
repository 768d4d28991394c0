export interface Recent<V> {
  get(id: string): V | undefined
  set(id: string, value: V): void
  values(): V[]
}

/** What was asked for or set lately, `most` of them; `forget` gets the one that no room is left for. */
export function keepRecent<V>(most: number, forget: (id: string, value: V) => void = () => {}): Recent<V> {
  // A map keeps the order in which its ids were set: the first one is that which was not asked for longest.
  const kept = new Map<string, V>()
  return {
    get(id) {
      const value = kept.get(id)
      if (value === undefined) return undefined
      kept.delete(id)
      kept.set(id, value)
      return value
    },
    set(id, value) {
      kept.delete(id)
      kept.set(id, value)
      const [oldest] = kept
      if (kept.size <= most || oldest === undefined) return
      kept.delete(oldest[0])
      forget(...oldest)
    },
    values: () => [...kept.values()],
  }
}
