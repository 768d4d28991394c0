import { CancellationScope, CancelledFailure, condition } from '@temporalio/workflow'

export interface Pool {
  /** Pieces of work that are open. */
  busy(): number
  /** Begins a piece; only from within `drain`'s `fill`. */
  start(work: () => Promise<void>): void
  /** Makes `drain` fill again: a signal changed what may be started. */
  wake(): void
  /** Calls `fill` whenever something ended, until nothing is open any more. Throws what a piece threw, and cancellation. */
  drain(fill: () => void): Promise<void>
}

/**
 * Pieces of work side by side that are waited for whatever happens: after a failure or a cancellation nothing new
 * begins, and what is open comes to its end first. So nobody continues as new, or says that it stopped, while rows
 * are still being written: not draining doubled 14 of 1,000 chunks.
 */
export function openPool(): Pool {
  const scope = new CancellationScope()
  let busy = 0
  let changes = 0
  let failed: { error: unknown } | null = null
  const wait = async (fill: () => void): Promise<void> => {
    for (;;) {
      if (failed === null && !scope.consideredCancelled) fill()
      if (busy === 0) return
      const seen = changes
      await condition(() => changes !== seen)
    }
  }
  return {
    busy: () => busy,
    start(work) {
      busy++
      scope
        .run(work)
        .catch((error: unknown) => void (failed ??= { error }))
        .finally(() => {
          busy--
          changes++
        })
    },
    wake: () => void changes++,
    async drain(fill) {
      await CancellationScope.nonCancellable(() => wait(fill))
      if (scope.consideredCancelled) throw new CancelledFailure('cancelled')
      if (failed !== null) throw failed.error
    },
  }
}
