import { Failure } from '../../core/failure.js'
import type { HookResult } from '../../core/hooks.js'
import type { Ran } from './place.js'

/** `output` is not for Temporal: it may be anything. */
export type Outcome = Omit<HookResult, 'name' | 'seconds'> & Pick<Ran, 'output'>

/** What became of it: a Failure is an outcome that is not `ok`. Throws the signal's reason, and what nobody expects. */
export async function outcomeOf(work: () => Promise<Ran>, signal: AbortSignal): Promise<Outcome> {
  try {
    return { ok: true, remedy: null, ...(await work()) }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof Failure)) throw error
    const { remedy, private: hidden } = error.details
    return { ok: false, what: error.message, remedy, output: hidden?.reason ?? '' }
  }
}
