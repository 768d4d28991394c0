import type { HoldAnswer, PauseRequest, ResumeRequest } from './messages.js'
import { type Hold, liftHolds, MOST_BY, MOST_WHY } from '../core/hold.js'
import { refuseExpired } from './apply-config.js'
import { audit } from './audit.js'
import { type Entity, rememberRefused } from './entity.js'
import { refused, tell } from './failures.js'
import { hold, setHolds, untilHalted, workOf } from './hold-work.js'
import { tableNamed } from './table-named.js'

/** Holds the migration, or one table of it, and answers with what has really stopped. */
export async function pauseMigration(entity: Entity, request: PauseRequest): Promise<HoldAnswer> {
  refuseExpired(request)
  const { by, reason } = request
  const table = request.table === null ? null : await tableNamed(entity, request.table)
  const added = hold(entity, { kind: 'operator', table, by, why: reason, remedy: null, lifts: null })
  audit(entity, { what: 'pause', by, why: reason, about: { hold: added.id, table } })
  return await answer(entity, [added], [])
}

/** Lifts one's own holds, or one by its id, and says what holds still. */
export async function resumeMigration(entity: Entity, request: ResumeRequest): Promise<HoldAnswer> {
  refuseExpired(request)
  const { by } = request
  const table = request.table === null ? null : await tableNamed(entity, request.table)
  const { lifted, holds } = liftHolds(entity.holds, { by, table, id: request.hold })
  if (lifted.length === 0) throw nothingToLift(entity, request)
  setHolds(entity, holds)
  for (const { id, by: whose } of lifted)
    audit(entity, { what: 'resume', by, why: request.reason, about: { hold: id, of: whose, table } })
  return await answer(entity, [], lifted)
}

async function answer(entity: Entity, added: readonly Hold[], lifted: readonly Hold[]): Promise<HoldAnswer> {
  const began = Date.now()
  const { running, proving } = entity
  const halted = await untilHalted(entity)
  const work = running === null ? (proving?.kind ?? null) : 'run'
  return {
    added,
    lifted,
    holds: entity.holds,
    work: work === null ? null : { what: work, id: running?.run ?? proving?.proof ?? '' },
    answered: halted !== null || workOf(entity) === null,
    milliseconds: Date.now() - began,
    snapshot: halted?.snapshot ?? null,
  }
}

function nothingToLift({ migration, holds }: Entity, { by, table, hold: id }: ResumeRequest): Error {
  if (holds.length === 0) return refused(`Nothing holds ${migration}`, 'There is nothing to resume.')
  const others = holds.filter(({ kind }) => kind !== 'window')
  const window = holds.find(({ kind }) => kind === 'window')
  if (window !== undefined && (id === window.id || others.length === 0))
    return refused(
      `${window.id} is the window: a resume does not make it night`,
      `Set another: \`nightferry set ${migration} window=...\`.`,
    )
  const what = id === null ? `no hold of ${by}${table === null ? '' : ` on ${table}`}` : `no hold ${id}`
  const these = others.map((one) => `${one.id} by ${one.by}${one.table === null ? '' : ` on ${one.table}`}`).join(', ')
  return refused(`There is ${what}; these hold ${migration}: ${these}`, "Lift another one's by its id: `--hold ID`.")
}

/**
 * The same words as signals, so that Temporal's own tools can hold a migration: nothing at all, or an object with `by`,
 * `reason`, `table` and `hold`. Never throws; what cannot be done is written in the status.
 */
export async function hearSignal(entity: Entity, signal: 'pause' | 'resume', payload: unknown): Promise<void> {
  try {
    const { by, reason, table, hold: id } = readPayload(payload)
    const request = { by, reason, table, expires: Number.MAX_SAFE_INTEGER }
    if (signal === 'pause') await pauseMigration(entity, request)
    else await resumeMigration(entity, { ...request, hold: id })
  } catch (error) {
    rememberRefused(entity, signal, tell(error).message)
  }
}

interface Payload {
  readonly by: string
  readonly reason: string
  readonly table: string | null
  readonly hold: string | null
}

function readPayload(payload: unknown): Payload {
  if (payload === undefined || payload === null || payload === '') payload = {}
  if (typeof payload === 'string') payload = { reason: payload }
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload))
    throw refused('The payload is neither nothing nor an object', 'Send `{"by": ..., "reason": ...}`, or nothing.')
  const { by, reason, table, hold: id, ...others } = payload as Record<string, unknown>
  // Bytes that no converter knows are such an object, and so is a slip of the pen.
  const [other] = Object.keys(others)
  if (other !== undefined)
    throw refused(`The payload has something else: ${other.slice(0, 40)}`, 'Send by, reason, table or hold.')
  const text = (value: unknown, name: string, most = MOST_WHY): string | null => {
    if (value === undefined || value === null) return null
    if (typeof value === 'string' && value !== '' && value.length <= most) return value
    throw refused(`The payload's ${name} is not a text of 1 to ${most} characters`, 'Mend it, and send it again.')
  }
  return {
    by: text(by, 'by', MOST_BY) ?? 'a signal',
    reason: text(reason, 'reason') ?? 'by a signal, without a reason',
    table: text(table, 'table'),
    hold: text(id, 'hold'),
  }
}
