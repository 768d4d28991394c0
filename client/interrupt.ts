import { EXIT } from './exit-codes.js'
import { Problem } from './problem.js'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Ctrl-C, SIGTERM and a terminal that is closed, as a signal, for as long as `work` lasts. A second one ends the process
 * at once.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const onSignal = (name: NodeJS.Signals): void => {
    // Nobody reads on, and what is written to a terminal that is gone would be an error.
    if (name === 'SIGHUP') for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
    if (controller.signal.aborted) process.exit(130)
    controller.abort(new Problem(EXIT.incomplete, 'interrupted', 'What this command started is ended.'))
  }
  for (const name of SIGNALS) process.on(name, onSignal)
  try {
    return await work(controller.signal)
  } finally {
    for (const name of SIGNALS) process.off(name, onSignal)
  }
}

/** What `work` comes to; as soon as the signal is given, its reason (or `problem`), and `work` is left to itself. */
export async function orInterrupted<T>(signal: AbortSignal, work: Promise<T>, problem?: Problem): Promise<T> {
  let giveUp = (): void => {}
  const interrupted = new Promise<never>((_, reject) => {
    giveUp = () => reject(problem ?? (signal.reason as Error))
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp)
  })
  try {
    return await Promise.race([work, interrupted])
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}
