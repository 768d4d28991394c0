import { EXIT } from './exit-codes.js'
import { Problem } from './problem.js'

/** Ctrl-C and SIGTERM as a signal, for as long as `work` lasts. A second one ends the process at once. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(130)
    controller.abort(new Problem(EXIT.incomplete, 'interrupted', 'What this command started is ended.'))
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  try {
    return await work(controller.signal)
  } finally {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
  }
}
