import { CONFIG_FORMAT, migrateConfig } from '../../../core/config/format.js'
import { Failure } from '../../../core/failure.js'
import type { AppliedVersion, StoredVersion } from '../../../core/ledger.js'
import type { Plan } from '../../../core/plan/types.js'
import { changedBy, iso, rowsOf, type Queryable } from '../ledger/query.js'

/** Repeatable for the same number and hash; `refused` for the same number with another hash. */
export async function saveVersion(db: Queryable, migration: string, version: StoredVersion): Promise<void> {
  const { number, config, plan, planHash, by, at } = version
  const made = await changedBy(
    db,
    `insert into nightferry.memory_version (migration, number, config, config_format, plan, plan_hash, tables, made_by, made_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (migration, number) do nothing`,
    [
      migration,
      number,
      JSON.stringify(config),
      CONFIG_FORMAT,
      JSON.stringify(plan),
      planHash,
      plan.tables.length,
      by,
      at,
    ],
  )
  if (made > 0) return
  const [found] = await rowsOf<{ plan_hash: string }>(
    db,
    'select plan_hash from nightferry.memory_version where migration = $1 and number = $2',
    [migration, number],
  )
  if (found?.plan_hash === planHash) return
  throw new Failure('refused', `version ${number} of ${migration} is already stored with another plan`, {
    remedy: 'apply again: the next version gets a number of its own',
  })
}

interface VersionRow {
  readonly number: number
  readonly config: string
  readonly config_format: number
  readonly plan: string
  readonly plan_hash: string
  readonly made_by: string
  readonly at: string
}

const COLUMNS = `number, config::text as config, config_format, plan_hash, made_by, ${iso('made_at')} as at`
const VERSIONS = `from nightferry.memory_version where migration = $1`

/** `refused` where no such version was applied. */
export async function readVersion(db: Queryable, migration: string, number: number): Promise<StoredVersion> {
  const [row] = await rowsOf<VersionRow & { [column: string]: unknown }>(
    db,
    `select ${COLUMNS}, plan::text as plan ${VERSIONS} and number = $2`,
    [migration, number],
  )
  if (row !== undefined) return stored(row)
  throw new Failure('refused', `the memory holds no version ${number} of ${migration}`, {
    remedy: 'apply the config first: `nightferry apply FILE`',
  })
}

export async function latestVersion(db: Queryable, migration: string): Promise<StoredVersion | null> {
  const [row] = await rowsOf<VersionRow & { [column: string]: unknown }>(
    db,
    `select ${COLUMNS}, plan::text as plan ${VERSIONS} order by number desc limit 1`,
    [migration],
  )
  return row === undefined ? null : stored(row)
}

/** Oldest first, the last `most` of them, without their plans. */
export async function listVersions(db: Queryable, migration: string, most: number): Promise<AppliedVersion[]> {
  const rows = await rowsOf<Omit<VersionRow, 'plan'> & { readonly tables: number }>(
    db,
    `select ${COLUMNS}, tables ${VERSIONS} order by number desc limit $2`,
    [migration, most],
  )
  return rows.map((row) => ({ ...applied(row), tables: row.tables })).toReversed()
}

const applied = (row: Omit<VersionRow, 'plan'>): Omit<AppliedVersion, 'tables'> => ({
  number: row.number,
  config: migrateConfig(JSON.parse(row.config), row.config_format),
  planHash: row.plan_hash,
  by: row.made_by,
  at: row.at,
})

const stored = (row: VersionRow): StoredVersion => ({ ...applied(row), plan: JSON.parse(row.plan) as Plan })
