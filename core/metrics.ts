/**
 * Every metric of our own that a worker process exports, under the name that Prometheus sees; `docs/metrics.md` lists
 * them. Names and labels outlive a deploy: other people's dashboards and alarms hold them. No label has as many values
 * as there are tables.
 */
export const METRICS = {
  nightferry_rows_total: {
    kind: 'counter',
    labels: ['migration'],
    help: 'Rows copied, counted when they are committed',
  },
  nightferry_bytes_total: {
    kind: 'counter',
    labels: ['migration'],
    help: 'Bytes of canonical COPY text copied, counted when they are committed',
  },
  nightferry_chunks_total: { kind: 'counter', labels: ['migration'], help: 'Chunks copied and committed' },
  nightferry_step_seconds: {
    kind: 'histogram',
    labels: ['phase', 'step', 'end'],
    help: 'Seconds that steps took, by phase; end is done, failed, cancelled or drained',
  },
  nightferry_failures_total: {
    kind: 'counter',
    labels: ['step', 'kind'],
    help: 'Attempts of steps that failed, by kind of failure; most are tried again',
  },
  nightferry_source_blocked_milliseconds_total: {
    kind: 'counter',
    labels: ['migration'],
    help: 'Milliseconds in which writers of the source had to wait for the lock of a snapshot',
  },
  nightferry_snapshot_sessions: {
    kind: 'gauge',
    labels: ['migration'],
    help: 'Sessions on the source that this process holds for a snapshot',
  },
  nightferry_holds: {
    kind: 'gauge',
    labels: ['migration', 'kind'],
    help: 'Reasons why the migration, or a table of it, waits',
  },
  nightferry_chunks_in_flight: {
    kind: 'gauge',
    labels: ['migration'],
    help: 'Chunks that this process copies now; a table of a bundle is one',
  },
  nightferry_run_under_way: { kind: 'gauge', labels: ['migration'], help: '1 while a run is under way, else 0' },
  nightferry_last_run_ended_timestamp_seconds: {
    kind: 'gauge',
    labels: ['migration'],
    help: 'When the last run ended, or the last night was refused; 0: none has',
  },
  nightferry_last_run_green: {
    kind: 'gauge',
    labels: ['migration'],
    help: '1: the last run that ended is complete, proved, without rejects and of one moment; 0: it is not, or was refused',
  },
  nightferry_last_green_timestamp_seconds: {
    kind: 'gauge',
    labels: ['migration'],
    help: 'When the last green run ended; 0: none of the last 60 was',
  },
  nightferry_next_night_timestamp_seconds: {
    kind: 'gauge',
    labels: ['migration'],
    help: 'When the night after the last one that was begun or refused begins at the latest; 0: none is to',
  },
  nightferry_oldest_hold_timestamp_seconds: {
    kind: 'gauge',
    labels: ['migration'],
    help: 'Since when the migration, or a table of it, waits, hours in which rows may be read aside; 0: it does not',
  },
  nightferry_fence_up: {
    kind: 'gauge',
    labels: ['migration'],
    help: '1: the source takes no writes, and is no replica; 0: it does, or the account may not see which',
  },
  nightferry_watched_timestamp_seconds: {
    kind: 'gauge',
    labels: ['migration'],
    help: 'When this process last knew all that it shows of the migration, fence aside; 0: the migration is gone',
  },
} as const satisfies Readonly<Record<string, MetricForm>>

interface MetricForm {
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly labels: readonly string[]
  readonly help: string
}

export type MetricName = keyof typeof METRICS

export type MetricLabels<N extends MetricName> = Readonly<Record<(typeof METRICS)[N]['labels'][number], string>>

/** Adds to a counter, sets a gauge, records in a histogram. Never throws; does nothing where nobody asked for metrics. */
export type Measure = <N extends MetricName>(name: N, value: number, labels: MetricLabels<N>) => void

/** Boundaries in seconds: from a look into the ledger to an index of an hour. */
export const STEP_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600]

export type StepPhase =
  'schema' | 'snapshot' | 'clone' | 'indexes' | 'constraints' | 'vacuum' | 'proof' | 'repair' | 'control'

const PHASES: Readonly<Record<Exclude<StepPhase, 'control'>, readonly string[]>> = {
  schema: ['prepareRun', 'restartRun', 'prepareRetry'],
  snapshot: ['openSnapshot', 'keepSnapshot', 'joinSnapshot', 'loseSnapshot'],
  clone: ['divideTable', 'copyChunks', 'copyBundle', 'stopDrifted'],
  indexes: ['buildPrimaryKey', 'buildIndex', 'markIndexed', 'indexBundle'],
  constraints: ['addForeignKeys', 'validateForeignKeys'],
  vacuum: ['sealTables'],
  proof: ['planProof', 'proveParts', 'judgeTables', 'closeProof'],
  repair: ['planRepair', 'repairTable', 'mendSchema'],
}

/** Steps that move no rows are `control`, whichever worker does them. */
export function phaseOfStep(step: string): StepPhase {
  for (const phase of Object.keys(PHASES) as (keyof typeof PHASES)[]) if (PHASES[phase].includes(step)) return phase
  return 'control'
}
