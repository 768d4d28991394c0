import { ActivityFailure } from '@temporalio/common'
import { CancellationScope, isCancellation, patched } from '@temporalio/workflow'

/** Steps were ended from here. Nothing of the one that throws it is open any more, and it is to be done again. */
export class Held extends Error {
  override readonly name = 'Held'
}

/** What a step that was ended, alone or with everything, has not: a failure of the thing that it worked on. */
export const isInterrupted = (error: unknown): boolean => error instanceof Held || isEnded(error)

/**
 * Ended from here. Also where it failed between our word and its end, of something that would have been tried again: its
 * process had died, say, and nobody was there to hear of it. The engine does not retry then and hands out that failure.
 */
export const isEnded = (error: unknown): boolean => isCancellation(error) || failedMeanwhile(error)

const failedMeanwhile = (error: unknown): boolean =>
  error instanceof ActivityFailure && error.retryState === 'CANCEL_REQUESTED' && patched('failed-while-ended')

interface Step<T> {
  readonly scope: CancellationScope
  readonly about: T
  ended: boolean
}

/** Steps side by side, each of which can be ended alone. */
export interface OpenSteps<T> {
  /** Settles when the step's work is really rolled back; throws `Held` where `end` ended it. */
  run<R>(about: T, work: () => Promise<R>): Promise<R>
  /** Ends those of which that is true; `position` is that among the open ones, oldest first. */
  end(isMeant: (about: T, position: number) => boolean): void
  /** What those are about that are open, ended ones among them. */
  open(): T[]
}

export function openSteps<T>(): OpenSteps<T> {
  const steps = new Set<Step<T>>()
  return {
    async run(about, work) {
      const step: Step<T> = { scope: new CancellationScope(), about, ended: false }
      steps.add(step)
      try {
        return await step.scope.run(work)
      } catch (error) {
        throw step.ended && isEnded(error) ? new Held() : error
      } finally {
        steps.delete(step)
      }
    },
    end(isMeant) {
      const open = [...steps].filter((step) => !step.ended)
      for (const [position, step] of open.entries()) {
        if (!isMeant(step.about, position)) continue
        step.ended = true
        step.scope.cancel()
      }
    },
    open: () => [...steps].map(({ about }) => about),
  }
}
