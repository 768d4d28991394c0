import { setTimeout as pause } from 'node:timers/promises'

/** What one attempt came to. `again`: the next one may go better, and not before `afterMs`. */
export type Attempted<T> =
  | { readonly done: T }
  | { readonly failed: Error; readonly again: false }
  | { readonly failed: Error; readonly again: true; readonly afterMs?: number }

export interface Backoff {
  readonly firstMs: number
  readonly mostMs: number
  /** From the first attempt's begin to the last one's. */
  readonly budgetMs: number
}

/**
 * Tries until it works, until trying again is of no use, or until the budget is spent; then throws the last failure. The
 * signal ends a pause with its reason.
 */
export async function retrying<T>(
  { firstMs, mostMs, budgetMs }: Backoff,
  signal: AbortSignal,
  attempt: (number: number) => Promise<Attempted<T>>,
): Promise<T> {
  const began = performance.now()
  for (let number = 1, next = firstMs; ; number++, next = Math.min(next * 2, mostMs)) {
    signal.throwIfAborted()
    const attempted = await attempt(number)
    if ('done' in attempted) return attempted.done
    const wait = attempted.again ? Math.max(next, attempted.afterMs ?? 0) : 0
    if (!attempted.again || performance.now() - began + wait > budgetMs) throw attempted.failed
    await pause(wait, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}
