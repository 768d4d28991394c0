import type { PublishedState, ReadLabel, RunId, RunState, RunSummary } from '../core/run.js'
import type { HaltedAnswer, HeldSnapshot, HoursAnswer, ReadingAnswer } from './between.js'

/**
 * What the entity keeps of signals from what runs: known fields of the right type only, since it carries them from one
 * execution to the next, and anybody may send anything under the right id.
 */

/** Null: it is none of that run. */
export function readSummary(value: unknown, of: RunId | undefined): RunSummary | null {
  if (!isObject(value) || of === undefined || value['run'] !== of) return null
  const { version, state, label, started, ended, tables, stopped, rows, bytes, reason, mended, skipped, published } =
    value
  if (!isCount(version) || !isCount(tables) || !isCount(stopped) || !isCount(rows) || !isCount(bytes)) return null
  if (!isEnd(state) || !isLabel(label) || !isTime(started)) return null
  if (!(ended === null || isTime(ended)) || !(reason === null || typeof reason === 'string')) return null
  return {
    ...{ run: of, version, state, label, started, ended, tables, stopped, rows, bytes, reason },
    ...(isMended(mended) && { mended: { tables: mended.tables, by: mended.by } }),
    ...(isCount(skipped) && { skipped }),
    ...(isPublished(published) && { published }),
  }
}

/** Null: it is no answer to any change that there was. */
export function readHalted(value: unknown, workflowId: string, mostSeq: number): HaltedAnswer | null {
  if (!isObject(value)) return null
  const { seq, snapshot } = value
  if (!isCount(seq) || seq > mostSeq) return null
  return { workflowId, seq, snapshot: readSnapshot(snapshot) }
}

function readSnapshot(value: unknown): HeldSnapshot | null {
  if (!isObject(value)) return null
  const { sessions, locked, until, onLost } = value
  const isKnown = onLost === 'best-effort' || onLost === 'restart'
  if (!isCount(sessions) || !isCount(locked) || !(until === null || isTime(until)) || !isKnown) return null
  return { sessions, locked, until, onLost }
}

/** Null: it says nothing of how rows are read. */
export function readReading(value: unknown, workflowId: string): ReadingAnswer | null {
  if (!isObject(value)) return null
  const { label, sessions } = value
  return isLabel(label) && isCount(sessions) ? { workflowId, label, sessions } : null
}

/** Undefined: it says nothing of hours. */
export function readHours(value: unknown): HoursAnswer['closed'] | undefined {
  if (!isObject(value)) return undefined
  const { closed } = value
  if (closed === null) return null
  if (!isObject(closed)) return undefined
  const { window, until } = closed
  if (typeof window !== 'string' || window.length > MOST_WINDOW || !(until === null || isTime(until))) return undefined
  return { window, until }
}

/** Hours and the longest name of a place. */
const MOST_WINDOW = 100

const ENDS: readonly unknown[] = ['complete', 'complete with rejects', 'incomplete'] satisfies RunState[]
const LABELS: readonly unknown[] = ['best-effort', 'snapshot'] satisfies ReadLabel[]

const PUBLISHED: readonly unknown[] = [
  'published',
  'was published',
  'not published',
  'in place',
] satisfies PublishedState[]

const isPublished = (value: unknown): value is PublishedState => PUBLISHED.includes(value)
const isEnd = (value: unknown): value is RunState => ENDS.includes(value)
const isLabel = (value: unknown): value is ReadLabel => LABELS.includes(value)
const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const isShort = (value: unknown): value is string => typeof value === 'string' && value.length <= 40
const isTime = (value: unknown): value is string => isShort(value) && Number.isFinite(Date.parse(value))
const isMended = (value: unknown): value is { tables: number; by: string } =>
  isObject(value) && isCount(value['tables']) && isShort(value['by'])
