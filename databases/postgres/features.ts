import type pg from 'pg'
import { Failure } from '../../core/failure.js'
import type { Plan } from '../../core/plan/types.js'
import type { TargetFeatures } from '../../core/ports.js'
import { onSession } from './cancel.js'
import { onMaintenance } from './database.js'
import { ident } from './quote.js'
import type { Target } from './target.js'

/** Names that PostgreSQL knows the extensions by. */
const POSTGIS = 'postgis'
const PGVECTOR = 'vector'

/**
 * Which extensions are installed in the target database, or can be by this account: the server has their files, and
 * they are trusted or the account is a superuser.
 */
export async function readFeatures(target: Target): Promise<TargetFeatures> {
  try {
    return await onSession(target, target.about, undefined, read)
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'target-missing') throw error
    return await onMaintenance(target, read)
  }
}

async function read(client: pg.ClientBase): Promise<TargetFeatures> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT DISTINCT v.name FROM pg_available_extension_versions v
     WHERE v.name = ANY($1) AND (v.installed OR v.trusted OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user))`,
    [[POSTGIS, PGVECTOR]],
  )
  const names = rows.map((row) => row.name)
  return { postgis: names.includes(POSTGIS), pgvector: names.includes(PGVECTOR) }
}

/** The extensions that a plan's types come from. */
export function extensionsOf(plan: Plan): string[] {
  const casts = plan.tables.flatMap((table) => table.columns.map((column) => column.cast))
  const postgis = casts.some((cast) => cast.encoding.as === 'ewkb' || /^(geometry|geography)\b/i.test(cast.to))
  const pgvector = casts.some((cast) => /^(vector|halfvec|sparsevec)\b/i.test(cast.to))
  return [...(postgis ? [POSTGIS] : []), ...(pgvector ? [PGVECTOR] : [])]
}

/** Installs them where they are not, and lets this transaction find their types without a schema. */
export async function useExtensions(client: pg.ClientBase, plan: Plan): Promise<void> {
  const names = extensionsOf(plan)
  if (names.length === 0) return
  // Not into pg_catalog, which comes first in our search_path.
  for (const name of names) await client.query(`CREATE EXTENSION IF NOT EXISTS ${ident(name)} SCHEMA public`)
  const { rows } = await client.query<{ schema: string }>(
    `SELECT DISTINCT n.nspname AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
     WHERE e.extname = ANY($1)`,
    [names],
  )
  const path = ['pg_catalog', ...rows.map((row) => ident(row.schema)), 'pg_temp']
  await client.query(`SET LOCAL search_path TO ${path.join(', ')}`)
}
