/** A value that signals change while others work by it. */
export interface Turning<T> {
  readonly now: T
  set(value: T): void
  /** Told after each change; what it returns ends that. */
  onChange(listener: () => void): () => void
}

export function turning<T>(first: T): Turning<T> {
  let now = first
  const listeners = new Set<() => void>()
  return {
    get now() {
      return now
    },
    set(value) {
      now = value
      for (const listener of listeners) listener()
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
