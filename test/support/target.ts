import type { Plan, PlannedColumn, PlannedTable } from '../../core/plan/types.js'
import { WHOLE } from '../../core/key-range.js'
import type { ChunkClaim, RunRecord } from '../../core/ledger.js'
import type { TargetPort } from '../../core/ports.js'
import { openPostgresTarget } from '../../databases/postgres/adapter.js'
import { onPostgres, withPostgresDatabase } from './servers.js'

/** A target's tests speak of plans; these make small ones. */
export const column = (target: string, to: string, more: Partial<PlannedColumn> = {}): PlannedColumn => ({
  source: target,
  target,
  cast: { rule: 'house', from: to, to, encoding: { as: 'text', charset: 'utf8mb4' } },
  notNull: false,
  default: null,
  comment: '',
  ...more,
})

export const id = (target = 'id', to = 'bigint'): PlannedColumn => column(target, to, { notNull: true })

export const table = (
  target: string,
  columns: readonly PlannedColumn[],
  more: Partial<PlannedTable> = {},
): Omit<PlannedTable, 'ordinal'> => ({
  source: target,
  target,
  comment: '',
  columns,
  key: null,
  primaryKey: null,
  indexes: [],
  foreignKeys: [],
  enums: [],
  checks: [],
  identity: null,
  estimatedRows: 0,
  estimatedBytes: 0,
  ...more,
})

export const primaryKey = (name: string, ...columns: string[]): Partial<PlannedTable> => ({
  primaryKey: { source: 'PRIMARY', target: name, unique: true, columns: columns.map(ascending), comment: '' },
})

export const ascending = (name: string): { column: string; descending: boolean } => ({
  column: name,
  descending: false,
})

export const planOf = (tables: readonly Omit<PlannedTable, 'ordinal'>[], schema = 'public'): Plan => ({
  format: 1,
  migration: 'shop',
  source: { connection: 'shop-mysql', database: 'shop', product: 'MariaDB', version: '10.11' },
  target: { connection: 'shop-postgres', database: null, schema },
  limits: { parallelism: 4, chunkBytes: 1_000_000 },
  tables: tables.map((one, ordinal) => ({ ordinal, ...one })),
  decisions: [],
  notCarried: [],
  findings: [],
})

export const RUN = '20261120-030000'
export const NEXT_RUN = '20261121-030000'

/** A target over a database of its own; `sql` runs a script there as its owner and returns the last rows. */
export async function withTarget(
  use: (target: TargetPort, sql: (text: string) => Promise<Record<string, unknown>[]>, url: string) => Promise<void>,
  version: 15 | 18 = 15,
): Promise<void> {
  await withPostgresDatabase(
    async (_name, url) => {
      const target = openPostgresTarget(url, 'shop-postgres', null)
      try {
        await use(target, (text) => onPostgres(url, text), url)
      } finally {
        await target.close()
      }
    },
    version,
    'target',
  )
}

/** Marks the database, stores the plan as version 1, opens the run, and makes the plan's tables. */
export async function begin(target: TargetPort, plan: Plan, run = RUN): Promise<void> {
  await target.ledger.open('shop')
  const config = {
    migration: 'shop',
    source: { connection: 'shop-mysql' },
    target: { connection: 'shop-postgres', database: null, schema: plan.target.schema },
    tables: { include: [], exclude: [] },
    casts: [],
    limits: plan.limits,
  }
  if ((await target.ledger.latestVersion()) === null)
    await target.ledger.saveVersion({
      number: 1,
      config,
      plan,
      planHash: 'hash-1',
      by: 'anna',
      at: '2026-11-20T03:00:00.000Z',
    })
  const record: RunRecord = {
    run,
    version: 1,
    label: 'best-effort',
    tables: plan.tables.map((one) => ({ table: one.ordinal, bundle: null })),
  }
  await target.ledger.openRun(record)
  await target.buildSchema(plan, run)
}

/** Claims the table's only chunk. */
export async function claim(target: TargetPort, ordinal = 0, run = RUN): Promise<ChunkClaim> {
  await target.ledger.addChunks(run, ordinal, 0, [WHOLE])
  const result = await target.ledger.claim(run, ordinal, 0, 'worker-1')
  if (result.state !== 'claimed') throw new Error(`the chunk is ${result.state}`)
  return result.claim
}

/** Loads these lines into the plan's n-th table as its only chunk. */
export async function loadLines(
  target: TargetPort,
  plan: Plan,
  ordinal: number,
  lines: readonly string[],
  run = RUN,
): Promise<void> {
  const load = await target.load(plan, plan.tables[ordinal]!, await claim(target, ordinal, run))
  const block = Buffer.from(lines.map((line) => `${line}\n`).join(''))
  load.sink.write(block)
  await load.commit({ rows: lines.length, bytes: block.length, zeroDates: {} })
}
