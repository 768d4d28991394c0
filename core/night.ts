/** What a schedule starts each time. */
export interface NightInput {
  readonly migration: string
  /** A night that is later than this is refused. */
  readonly catchUpMs: number
}

/** What a night asks the entity by a signal. */
export interface AskedAdmission {
  /** The night's: where the answer goes. */
  readonly workflowId: string
  /** ISO 8601: when it was to begin, and until when anybody waits for the answer. */
  readonly scheduled: string
  readonly expires: string
  /** The night knows itself why it cannot be taken, and only wants it recorded. */
  readonly refuse?: string
}

/** What became of a night: one of both is there; neither: it was heard, and is not decided yet. */
export interface Admission {
  /** The run that began. */
  readonly run: string | null
  /** Why there is none. */
  readonly reason: string | null
}

export const HEARD: Admission = { run: null, reason: null }

/** Who stands as the one who asked for a night's run, and for the version that it plans anew. */
export const BY_SCHEDULE = 'schedule'

/** Signals come from anybody. */
export function isAskedAdmission(value: unknown, migration: string): value is AskedAdmission {
  if (typeof value !== 'object' || value === null) return false
  const { workflowId, scheduled, expires, refuse } = value as Record<string, unknown>
  const isMoment = (text: unknown): boolean => typeof text === 'string' && Number.isFinite(Date.parse(text))
  const isOurs = typeof workflowId === 'string' && workflowId.startsWith(`night/${migration}/`)
  return isOurs && isMoment(scheduled) && isMoment(expires) && (refuse === undefined || typeof refuse === 'string')
}

export function isAdmission(value: unknown): value is Admission {
  if (typeof value !== 'object' || value === null) return false
  const { run, reason } = value as Record<string, unknown>
  const isText = (one: unknown): boolean => one === null || typeof one === 'string'
  return isText(run) && isText(reason) && (run === null || reason === null)
}
