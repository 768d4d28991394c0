import { hookName, type HookCall } from '../../core/hooks.js'
import type { Log } from '../../core/log.js'
import type { HookRunner } from '../../core/ports.js'
import { hookAddress, type Variables } from './address.js'
import { post } from './http.js'
import { outcomeOf } from './outcome.js'
import { keepOutput } from './output.js'
import { HOOK_LIMITS, type HookLimits, type Place, type Ran } from './place.js'
import { freeBytes, programHook } from './program.js'
import { restoreTest } from './restore-test.js'
import { readSql, sqlHook } from './sql.js'

/**
 * The hooks of a worker. Files and programs are found from `home`, connections, addresses and secrets in the variables:
 * all of them anew each time.
 */
export function openHooks(variables: Variables, home: string, log: Log, limits: Partial<HookLimits> = {}): HookRunner {
  const place: Place = { variables, home, limits: { ...HOOK_LIMITS, ...limits } }
  return {
    async run(call, signal) {
      const began = performance.now()
      const { output, ...outcome } = await outcomeOf(() => runOne(place, call, signal), signal)
      const name = hookName(call.payload.moment, call.hook)
      const seconds = Math.round(performance.now() - began) / 1000
      const { migration, run, moment } = call.payload
      const reason = `${name} ${outcome.what}`
      log(outcome.ok ? 'hook ran' : 'hook failed', { run, reason, seconds })
      await keepOutput(home, `${migration}.${moment}`, `${run}: ${reason}`, output, log)
      return { ...outcome, name, seconds }
    },
    readFile: (file) => readSql(home, file),
    freeSpace: (command, signal) => freeBytes(place, command, log, signal),
    restoreTest: (command, signal) => restoreTest(place, command, log, signal),
  }
}

async function runOne(place: Place, call: HookCall, signal: AbortSignal): Promise<Ran> {
  const { hook, payload } = call
  if ('sql' in hook) return await sqlHook(place, hook.sql, call, signal)
  if ('command' in hook) return await programHook(place, hook.command, call, signal)
  const { callMs, backoff } = place.limits
  const asked = { ...hookAddress(hook.http, place.variables), payload, timeoutMs: callMs, backoff }
  return { what: await post(asked, signal), output: '' }
}
