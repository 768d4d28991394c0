import type { InspectionDocument } from '../../core/api.js'
import type { Plan, PlannedTable } from '../../core/plan/types.js'
import type { RunProgress, RunReport, TableProgress, TableReport } from '../../core/report.js'
import type { RunSummary } from '../../core/run.js'

/** Documents as the read API gives them, for tests of what people see. Each takes what differs. */

const house = { rule: 'house', encoding: { as: 'integer' } } as const

export const plannedTable = (name: string, differs: Partial<PlannedTable> = {}): PlannedTable => ({
  ordinal: 0,
  source: name,
  target: name.toLowerCase(),
  comment: '',
  columns: [
    {
      source: 'id',
      target: 'id',
      cast: { ...house, from: 'int(10) unsigned', to: 'bigint' },
      notNull: true,
      default: null,
      comment: '',
    },
    {
      source: 'state',
      target: 'state',
      cast: { rule: 'casts[0]', from: 'tinyint(1)', to: 'smallint', encoding: { as: 'integer' } },
      notNull: false,
      default: '1',
      comment: '',
    },
  ],
  key: {
    index: 'PRIMARY',
    columns: [{ column: 'id', type: 'int', charset: null, collation: null, descending: false }],
    unique: true,
  },
  primaryKey: {
    source: 'PRIMARY',
    target: `${name}_pkey`,
    unique: true,
    columns: [{ column: 'id', descending: false }],
    comment: '',
  },
  indexes: [],
  foreignKeys: [],
  enums: [],
  checks: [],
  identity: { column: 'id', next: '1001' },
  estimatedRows: 987_654,
  estimatedBytes: 45_678_901,
  ...differs,
})

export const plan = (differs: Partial<Plan> = {}): Plan => ({
  format: 1,
  migration: 'shop',
  source: { connection: 'shop-mysql', database: 'Shop', product: 'MariaDB', version: '10.11.14' },
  target: { connection: 'shop-pg', database: 'shop', schema: 'public' },
  limits: { parallelism: 4, chunkBytes: 64_000_000 },
  tables: [plannedTable('orders')],
  decisions: [],
  notCarried: [],
  findings: [],
  ...differs,
})

export const inspection = (differs: Partial<InspectionDocument> = {}): InspectionDocument => ({
  format: 1,
  what: 'plan',
  migration: 'shop',
  plan: plan(),
  planHash: '0123456789abcdef0123456789abcdef',
  findings: [],
  changes: null,
  ...differs,
})

export const summary = (differs: Partial<RunSummary> = {}): RunSummary => ({
  run: '20261120-030000',
  version: 3,
  state: 'complete',
  label: 'best-effort',
  started: '2026-11-20T03:00:00.000Z',
  ended: '2026-11-20T03:01:05.000Z',
  tables: 1,
  stopped: 0,
  rows: 1_234_567,
  bytes: 98_200_000,
  reason: null,
  ...differs,
})

export const tableReport = (table: string, differs: Partial<TableReport> = {}): TableReport => ({
  table,
  target: table,
  state: 'done',
  rowsRead: 1_234_567,
  rowsLoaded: 1_234_567,
  rowsCounted: 1_234_567,
  bytes: 98_200_000,
  chunks: 2,
  seconds: { copy: 12.34, indexes: 3.5, constraints: 0.02, vacuum: 1 },
  failures: [],
  ...differs,
})

export const report = (differs: Partial<RunReport> = {}): RunReport => ({
  format: 1,
  migration: 'shop',
  summary: summary(),
  label: 'best-effort',
  phases: [
    { phase: 'schema', seconds: 0.5 },
    { phase: 'clone', seconds: 12.3 },
  ],
  tables: [tableReport('orders')],
  decisions: [],
  findings: [],
  notCarried: [],
  declaredLosses: [],
  proofs: [],
  ...differs,
})

export const tableProgress = (table: string, differs: Partial<TableProgress> = {}): TableProgress => ({
  table,
  state: 'copying',
  rows: 500_000,
  bytes: 20_000_000,
  estimatedRows: 1_000_000,
  estimatedBytes: 50_000_000,
  doing: null,
  ...differs,
})

export const progress = (tables: readonly TableProgress[], differs: Partial<RunProgress> = {}): RunProgress => ({
  run: '20261120-030000',
  state: 'running',
  phase: 'clone',
  started: '2026-11-20T03:00:00.000Z',
  tables,
  ...differs,
})
