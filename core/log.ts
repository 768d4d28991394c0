/**
 * The keys of what workers log, one vocabulary for all of them; `docs/metrics.md` lists them. None holds values of cells,
 * keys of rows, or secrets.
 */
export const LOG_KEYS = {
  role: 'control, data or all',
  pid: 'of the process',
  process: 'its number under a supervisor, from 0',
  signal: 'that the process was sent',
  seconds: 'how long it took, or how long it may take',
  api: 'address of the read API',
  metrics: 'address of the metrics',
  path: 'of the read API, without its query',
  run: 'its id',
  proof: 'its id',
  table: "the source's name of it",
  tables: 'how many',
  step: 'name of the activity',
  attempt: 'of the step, from 1',
  kind: 'of the failure, as the report has it',
  reason: 'a sentence',
  error: 'name and words of an error that is not ours',
  stack: 'where an unexpected error came from',
  level: 'of a line of the Temporal SDK',
  workflow: 'its id',
  type: 'of the workflow',
  queue: 'the task queue',
  ms: 'milliseconds',
} as const

export type LogFields = Readonly<Partial<Record<keyof typeof LOG_KEYS, unknown>>>

/** One line for the operator. */
export type Log = (message: string, fields?: LogFields) => void
