import type pg from 'pg'
import { CONFIG_FORMAT, migrateConfig } from '../../../core/config/format.js'
import { Failure } from '../../../core/failure.js'
import type { Plan } from '../../../core/plan/types.js'
import type { AppliedVersion, StoredVersion } from '../../../core/ledger.js'
import { inTransaction, iso, rowsOf, type Queryable } from './query.js'

/** Repeatable for the same number and hash; `refused` for the same number with another hash. */
export async function saveVersion(pool: pg.Pool, version: StoredVersion): Promise<void> {
  const made = await inTransaction(pool, async (client) => {
    const inserted = await rowsOf(
      client,
      `insert into nightferry.version (number, config, plan, plan_hash, made_by, made_at, config_format)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict (number) do nothing returning number`,
      [
        version.number,
        JSON.stringify(version.config),
        JSON.stringify(version.plan),
        version.planHash,
        version.by,
        version.at,
        CONFIG_FORMAT,
      ],
    )
    if (inserted.length > 0) await saveTables(client, version)
    return inserted.length > 0
  })
  if (!made) await refuseOtherHash(pool, version)
}

async function saveTables(db: Queryable, version: StoredVersion): Promise<void> {
  const tables = version.plan.tables
  await rowsOf(
    db,
    `insert into nightferry.version_table (version, ordinal, source_name, target_name, estimated_rows, estimated_bytes)
     select $1, * from unnest($2::int[], $3::text[], $4::text[], $5::bigint[], $6::bigint[])`,
    [
      version.number,
      tables.map((t) => t.ordinal),
      tables.map((t) => t.source),
      tables.map((t) => t.target),
      tables.map((t) => Math.round(t.estimatedRows)),
      tables.map((t) => Math.round(t.estimatedBytes)),
    ],
  )
}

async function refuseOtherHash(db: Queryable, version: StoredVersion): Promise<void> {
  const [found] = await rowsOf<{ plan_hash: string }>(
    db,
    'select plan_hash from nightferry.version where number = $1',
    [version.number],
  )
  if (found?.plan_hash === version.planHash) return
  throw new Failure('refused', `version ${version.number} is already stored with another plan`, {
    remedy: 'apply again: the next version gets a number of its own',
  })
}

/** Of the ledger, and of the memory. */
export interface VersionRow {
  readonly number: number
  readonly config: string
  readonly config_format: number
  readonly plan: string
  readonly plan_hash: string
  readonly made_by: string
  readonly at: string
}

const VERSION = `select number, config::text as config, config_format, plan::text as plan, plan_hash, made_by, ${iso('made_at')} as at
  from nightferry.version`

/** All but its plan, which may be large. */
export const applied = (row: Omit<VersionRow, 'plan'>): Omit<AppliedVersion, 'tables'> => ({
  number: row.number,
  config: migrateConfig(JSON.parse(row.config), row.config_format),
  planHash: row.plan_hash,
  by: row.made_by,
  at: row.at,
})

export const stored = (row: VersionRow): StoredVersion => ({ ...applied(row), plan: JSON.parse(row.plan) as Plan })

/** `refused` where no such version was applied. */
export async function readVersion(db: Queryable, number: number): Promise<StoredVersion> {
  const [row] = await rowsOf<VersionRow>(db, `${VERSION} where number = $1`, [number])
  if (row) return stored(row)
  throw new Failure('refused', `this target holds no version ${number}`, {
    remedy: 'apply the config first: `nightferry apply FILE`',
  })
}

export async function latestVersion(db: Queryable): Promise<StoredVersion | null> {
  const [row] = await rowsOf<VersionRow>(db, `${VERSION} order by number desc limit 1`)
  return row ? stored(row) : null
}

/** Oldest first, the last `most` of them, without their plans. */
export async function listVersions(db: Queryable, most: number): Promise<AppliedVersion[]> {
  const rows = await rowsOf<Omit<VersionRow, 'plan'> & { readonly tables: number }>(
    db,
    `select number, config::text as config, config_format, plan_hash, made_by, ${iso('made_at')} as at,
       (select count(*)::int from nightferry.version_table t where t.version = v.number) as tables
     from nightferry.version v order by number desc limit $1`,
    [most],
  )
  return rows.map((row) => ({ ...applied(row), tables: row.tables })).toReversed()
}
