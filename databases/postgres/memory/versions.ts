import { CONFIG_FORMAT } from '../../../core/config/format.js'
import { Failure } from '../../../core/failure.js'
import type { AppliedVersion, StoredVersion } from '../../../core/ledger.js'
import { changedBy, iso, rowsOf, type Queryable } from '../ledger/query.js'
import { applied, stored, type VersionRow } from '../ledger/versions.js'

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
