import type { ShownCopy } from '../../activities/change-copy.js'
import type { ControlActivities } from '../../activities/control.js'
import type { DataActivities } from '../../activities/data.js'
import type { BigTable, Bundle, PreparedRun } from '../../activities/messages.js'
import type { ShownGeneration } from '../../activities/show-generation.js'
import type { Config } from '../../core/config/types.js'
import type { FitnessCheck } from '../../core/fitness.js'
import type { Published } from '../../core/generation.js'
import type { RunSummary } from '../../core/run.js'
import { DEFAULT_SCHEDULE } from '../../core/schedule.js'

/** What each step does instead of its work; a test names those that it is about. */
export type Script = Partial<ControlActivities & DataActivities>

export const configOf = (migration: string, more: Partial<Config> = {}): Config => ({
  migration,
  source: { connection: 'from' },
  target: { connection: 'to', database: null, schema: 'public' },
  tables: { include: ['*'], exclude: [] },
  casts: [],
  limits: { parallelism: 4, chunkBytes: 64 * 1024 * 1024 },
  ...more,
})

export const prepared = (more: Partial<PreparedRun> = {}): PreparedRun => ({
  parallelism: 4,
  tables: (more.big?.length ?? 0) + (more.bundles ?? []).reduce((sum, { tables }) => sum + tables, 0),
  stopped: 0,
  big: [],
  bundles: [],
  constraints: false,
  ...more,
})

export const big = (table: number, more: Partial<BigTable> = {}): BigTable => ({
  table,
  name: `t${table}`,
  size: { estimatedRows: 1, estimatedBytes: 1 },
  indexes: 0,
  validate: false,
  ...more,
})

export const bundle = (number: number, more: Partial<Bundle> = {}): Bundle => ({
  bundle: number,
  tables: 1,
  indexes: 0,
  validate: false,
  ...more,
})

export const summaryOf = (run: string, state: RunSummary['state'], reason: string | null): RunSummary => ({
  run,
  version: 1,
  state,
  label: 'best-effort',
  started: '2026-11-20T03:00:00.000Z',
  ended: '2026-11-20T03:00:01.000Z',
  tables: 1,
  stopped: 0,
  rows: 0,
  bytes: 0,
  reason,
})

export const publishedOf = (run: string, more: Partial<Published> = {}): Published => ({
  ...{ run, previous: null, dropped: [], ended: [], closedMs: 12 },
  ...more,
})

export const shownOf = (more: Partial<ShownGeneration> = {}): ShownGeneration => ({
  ...{ database: 'shop', label: 'snapshot', state: 'complete', notGreen: null, isPublished: false, now: null },
  ...{ asCopy: false, drops: [] },
  ...more,
})

export const copyOf = (more: Partial<ShownCopy> = {}): ShownCopy => ({
  ...{ database: 'shop_ci', run: '20261120-030000', bytes: 8_000_000, made: '2026-11-20T04:00:00.000Z', older: [] },
  ...more,
})

/** A run of one bundle where all goes well. */
const WELL: ControlActivities & DataActivities = {
  inspect: async () => ({ ref: 'kept', blocking: 0 }),
  applyVersion: async ({ by, at, lastNumber }) => ({
    version: { number: lastNumber + 1, planHash: 'plan', configHash: 'config', by, at, tables: 1 },
    changed: true,
    findings: { blocking: 0, warning: 0, info: 0 },
    ref: 'kept',
  }),
  abandonRun: async ({ ref, reason }) => summaryOf(ref.run, 'incomplete', reason),
  numberProof: async ({ ref, taken }) => ({ proof: `${ref.run}.${taken.length + 2}`, tables: null, lanes: 4 }),
  abandonProof: async () => {},
  findTables: async ({ names }) => ({ found: names.map((name, ordinal) => ({ name, ordinal })) }),
  writeAudit: async () => {},
  planRetry: async ({ names }) => {
    const tables = (names ?? ['t0']).map((name, ordinal) => ({ name, ordinal }))
    return { tables, again: null, total: 1 }
  },
  skipTable: async ({ ref, name }) => ({ table: name, summary: summaryOf(ref.run, 'complete', null) }),
  readWindow: async () => ({ isOpen: true, changes: null }),
  adoptLedger: async () => ({ versions: [], runs: [], closed: [], holds: [], holdsEver: 0 }),
  cleanTarget: async () => {},
  rememberRun: async () => ({ since: null, news: 0 }),
  runHook: async () => null,
  planNight: async ({ at, lastNumber }) => ({
    version: { number: lastNumber, planHash: 'plan', configHash: 'config', by: 'schedule', at, tables: 1 },
    changed: false,
    findings: { blocking: 0, warning: 0, info: 0 },
    ref: 'kept',
    broken: [],
  }),
  judgeSchedule: async ({ wanted }) => ({ schedule: { ...DEFAULT_SCHEDULE, at: '04:00', ...wanted }, next: [] }),
  judgeNight: async () => ({ deadline: null }),
  buildAside: async ({ ref }) => ({ database: ref.target.database ?? 'shop', notes: [] }),
  publishRun: async ({ ref }) => ({ notGreen: null, published: publishedOf(ref.run) }),
  makeCopies: async () => ({ made: [] }),
  locateRun: async ({ ref }) => ref.target,
  showGeneration: async ({ ref }) => shownOf({ database: ref.target.published ?? 'shop' }),
  changeCopy: async ({ name, what }) => (what === 'look' ? null : copyOf({ database: `shop_${name}` })),
  assessTarget: async () => ({ ref: 'kept', blocking: 0 }),
  waiveCheck: async ({ check, by, why, at, expires }) => ({
    waiver: expires === null ? null : { check: check as FitnessCheck, by, why, at, expires },
  }),
  prepareRun: async () => prepared({ bundles: [bundle(0)] }),
  joinSnapshot: async () => ({ sessions: 0 }),
  openSnapshot: async () => ({ label: 'best-effort', queue: null, sessions: 4, stopped: 0 }),
  keepSnapshot: async () => {},
  loseSnapshot: async () => {},
  restartRun: async () => prepared({ bundles: [bundle(0)] }),
  stopDrifted: async () => ({ stopped: 0 }),
  divideTable: async () => ({ chunks: 1, complete: true }),
  copyChunks: async ({ count }) => ({ rows: count, bytes: count, seconds: count }),
  copyBundle: async () => ({ rows: 1, bytes: 1, stopped: 0 }),
  buildPrimaryKey: async () => {},
  buildIndex: async () => {},
  markIndexed: async () => {},
  indexBundle: async () => ({ stopped: 0 }),
  addForeignKeys: async () => ({ stopped: 0 }),
  validateForeignKeys: async () => ({ stopped: 0 }),
  sealTables: async () => ({ stopped: 0 }),
  planProof: async () => ({ pieces: [], parts: [{ part: { bundle: 0 }, name: 'bundle 0 (1 tables)', tables: 1 }] }),
  proveParts: async () => {},
  judgeTables: async () => ({ stopped: 0, unclean: 0, differences: 0 }),
  closeProof: async () => {},
  planRepair: async () => ({ tables: [] }),
  repairTable: async () => ({ deleted: 0, inserted: 0, chunks: 0 }),
  mendSchema: async () => ({ mended: 0, failures: [] }),
  parkTables: async () => ({ stopped: 1 }),
  awaitServers: async () => {},
  prepareRetry: async () => ({ ...prepared({ bundles: [bundle(0)] }), done: 0, referring: [] }),
  closeRun: async ({ ref, reason }) => summaryOf(ref.run, reason === null ? 'complete' : 'incomplete', reason),
}

export const scripted = (script: Script): ControlActivities & DataActivities => ({ ...WELL, ...script })
