import type { HookResult } from '../../core/hooks.js'
import type { Log } from '../../core/log.js'
import { outcomeOf } from './outcome.js'
import { keepOutput } from './output.js'
import type { Place } from './place.js'
import { endedWell } from './program.js'

/**
 * Runs the command that restores a backup somewhere and looks at it. It gets nothing on its stdin; what it printed last is
 * kept beside the hooks' output. Whatever goes wrong with it is a result that is not `ok`.
 */
export async function restoreTest(
  place: Place,
  command: readonly string[],
  log: Log,
  signal: AbortSignal,
): Promise<HookResult> {
  const began = performance.now()
  const name = `restore_test (command ${command[0] ?? ''})`
  const { ok, what, remedy, output } = await outcomeOf(
    () => endedWell(place, command, { input: '', more: {}, timeoutMs: place.limits.restoreTestMs }, signal),
    signal,
  )
  const seconds = Math.round(performance.now() - began) / 1000
  log(ok ? 'restore test ran' : 'restore test failed', { reason: `${name} ${what}`, seconds })
  await keepOutput(place.home, 'restore_test', `${name} ${what}`, output, log)
  return { ok, name, what, remedy, seconds }
}
