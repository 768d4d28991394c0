import { MOST_BY, MOST_WHY } from '../core/hold.js'
import { isKnobs, KNOBS } from '../core/knobs.js'
import type {
  AbortRequest,
  AdoptRequest,
  ApplyRequest,
  CopyRequest,
  PauseRequest,
  ProveRequest,
  PublishRequest,
  ResumeRequest,
  RetryRequest,
  ScheduleRequest,
  SetRequest,
  SkipRequest,
  StartRunRequest,
  WaiveRequest,
} from './messages.js'
import { isWanted } from '../core/schedule.js'
import { parseWindow } from '../core/window.js'
import { refused } from './failures.js'

/** Shape only, in memory, without a trace: what depends on the world is judged in the handler. */
export function checkApply(request: unknown, migration: string): asserts request is ApplyRequest {
  checkRequest(request)
  const { config } = request
  if (!isObject(config) || !isObject(config['source']) || !isObject(config['target'])) throw malformed('config')
  if (config['migration'] !== migration)
    throw refused(`This is migration ${migration}, and the config is of another one`, 'Apply it under its own name.')
  if (typeof config['target']['connection'] !== 'string') throw malformed('config.target.connection')
}

export function checkStartRun(request: unknown): asserts request is StartRunRequest {
  checkRequest(request)
  const { version } = request
  if (version !== null && !(typeof version === 'number' && Number.isInteger(version))) throw malformed('version')
  const { deadline } = request
  if (deadline !== undefined && !(typeof deadline === 'string' && Number.isFinite(Date.parse(deadline))))
    throw malformed('deadline')
}

export function checkSet(request: unknown): asserts request is SetRequest {
  checkRequest(request)
  const { knobs, reset } = request
  const isKnown = (name: unknown): boolean => KNOBS.some((knob) => knob === name)
  const { window } = isObject(knobs) ? knobs : {}
  if (typeof window === 'string' && parseWindow(window) === null)
    throw refused(
      `There is no such window: ${window.slice(0, 60)}`,
      'Write hours of a place: `window="22:00-05:00 Europe/Paris"`.',
    )
  if (!isKnobs(knobs) || !Object.keys(knobs).every(isKnown)) throw malformed('knobs')
  if (!Array.isArray(reset) || !reset.every(isKnown)) throw malformed('reset')
  if (Object.keys(knobs).length + reset.length === 0)
    throw refused('Nothing is to be set', 'Name a knob and its value.')
}

export function checkSchedule(request: unknown): asserts request is ScheduleRequest {
  checkRequest(request)
  const { what, wanted, reason } = request
  if (!['set', 'pause', 'resume', 'remove'].some((one) => one === what)) throw malformed('what')
  if (!isWanted(wanted)) throw malformed('wanted')
  if (typeof reason !== 'string' || reason.length > MOST_WHY) throw malformed('reason')
}

export function checkRetry(request: unknown): asserts request is RetryRequest {
  checkRequest(request)
  checkTables(request)
}

export function checkSkip(request: unknown): asserts request is SkipRequest {
  checkAbort(request)
  const { table, run } = request as { table?: unknown; run?: unknown }
  if (typeof table !== 'string' || table === '') throw malformed('table')
  if (run !== null && typeof run !== 'string') throw malformed('run')
}

export function checkAbort(request: unknown): asserts request is AbortRequest {
  checkRequest(request)
  const { reason } = request
  if (typeof reason !== 'string' || reason === '' || reason.length > MOST_WHY) throw malformed('reason')
}

function checkTables({ run, tables }: Record<string, unknown>): void {
  if (run !== null && typeof run !== 'string') throw malformed('run')
  const isNames = Array.isArray(tables) && tables.length > 0 && tables.every((name) => typeof name === 'string')
  if (tables !== null && !isNames) throw malformed('tables')
}

export function checkProve(request: unknown): asserts request is ProveRequest {
  checkRequest(request)
  checkTables(request)
  const { withSource, witness } = request
  if (typeof withSource !== 'boolean') throw malformed('withSource')
  if (typeof witness !== 'number' || !(witness >= 0 && witness <= 1)) throw malformed('witness')
}

export function checkPause(request: unknown): asserts request is PauseRequest {
  checkRequest(request)
  const { reason, table } = request
  if (typeof reason !== 'string' || reason === '' || reason.length > MOST_WHY) throw malformed('reason')
  if (table !== null && typeof table !== 'string') throw malformed('table')
}

export function checkResume(request: unknown): asserts request is ResumeRequest {
  checkPause(request)
  const { hold } = request as { hold?: unknown }
  if (hold !== null && typeof hold !== 'string') throw malformed('hold')
}

export function checkPublish(request: unknown): asserts request is PublishRequest {
  checkRequest(request)
  const { run, execute } = request
  if (!isName(run)) throw malformed('run')
  if (typeof execute !== 'boolean') throw malformed('execute')
}

export function checkCopy(request: unknown): asserts request is CopyRequest {
  checkRequest(request)
  const { name, execute, drop } = request
  if (!isName(name)) throw malformed('name')
  if (typeof execute !== 'boolean') throw malformed('execute')
  if (typeof drop !== 'boolean') throw malformed('drop')
}

export function checkWaive(request: unknown): asserts request is WaiveRequest {
  checkRequest(request)
  const { check, reason, until } = request
  if (!isName(check)) throw malformed('check')
  if (typeof reason !== 'string' || reason.length > MOST_WHY) throw malformed('reason')
  if (until !== null && !(typeof until === 'string' && Number.isFinite(Date.parse(until)))) throw malformed('until')
}

export function checkAdopt(request: unknown): asserts request is AdoptRequest {
  checkRequest(request)
  const { target } = request
  if (!isObject(target) || typeof target['connection'] !== 'string') throw malformed('target.connection')
  if (target['database'] !== null && typeof target['database'] !== 'string') throw malformed('target.database')
}

export function checkRequest(request: unknown): asserts request is Record<string, unknown> {
  if (!isObject(request)) throw malformed('the request')
  const { by } = request
  if (typeof by !== 'string' || by === '' || by.length > MOST_BY) throw malformed('by')
  if (typeof request['expires'] !== 'number' || !Number.isFinite(request['expires'])) throw malformed('expires')
}

/** Of a run, or of a copy: longer ones are none, and what they mean is judged later. */
const isName = (value: unknown): boolean => typeof value === 'string' && value !== '' && value.length <= 63

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const malformed = (what: string): Error =>
  refused(`The update is not as it should be: ${what}`, 'Send it with the `nightferry` command of the same version.')
