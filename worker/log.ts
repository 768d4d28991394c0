import type { Logger, LogLevel, LogMetadata } from '@temporalio/worker'
import type { Log, LogFields } from '../core/log.js'

/** One line of key=value on stderr. Fields are chosen where it is called: no values of cells, no secrets. */
export const log: Log = (message, fields = {}) => {
  const pairs = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null)
  const line = pairs.map(([key, value]) => ` ${key}=${typeof value === 'number' ? value : JSON.stringify(value)}`)
  process.stderr.write(`${new Date().toISOString()} ${message}${line.join('')}\n`)
}

/** What Temporal's SDK logs with, in our words; the rest of it (its own versions, its task tokens) helps nobody. */
const WORDS: Readonly<Record<string, keyof LogFields>> = {
  workflowId: 'workflow',
  workflowType: 'type',
  activityType: 'step',
  attempt: 'attempt',
  taskQueue: 'queue',
  durationMs: 'ms',
}

const LEVELS: readonly LogLevel[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR']

/** Steps report their own failures, and a data worker has no workflows on purpose. */
const QUIET = new Set(['Activity failed', 'No workflows registered, not polling for workflow tasks'])

/** Warnings and errors of Temporal's SDK, through the same line. */
export function temporalLogger(least: LogLevel): Logger {
  const write = (level: LogLevel, message: string, meta: LogMetadata = {}): void => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(least) || QUIET.has(message)) return
    const fields: { -readonly [K in keyof LogFields]: LogFields[K] } = { level: level.toLowerCase() }
    for (const [theirs, ours] of Object.entries(WORDS)) if (theirs in meta) fields[ours] = meta[theirs]
    const error: unknown = meta['error']
    if (error instanceof Error) fields['error'] = `${error.name}: ${error.message}`
    log(message, fields)
  }
  return {
    log: write,
    trace: (message, meta) => write('TRACE', message, meta),
    debug: (message, meta) => write('DEBUG', message, meta),
    info: (message, meta) => write('INFO', message, meta),
    warn: (message, meta) => write('WARN', message, meta),
    error: (message, meta) => write('ERROR', message, meta),
  }
}
