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
