import type pg from 'pg'
import { batches } from './batches.js'
import { inTransaction } from './cancel.js'
import { forgetObjects, type OwnedObject } from './ledger/index.js'
import { ident, qualified } from './quote.js'
import type { Target } from './target.js'

/** Few enough for the server's lock table: a table to drop takes a lock for itself, its indexes, toast and sequence. */
const DROPS_AT_ONCE = 50
const KEYS_AT_ONCE = 100

/** Somebody who reads our old table is a conflict that is tried again, not a wait without an end. */
const LOCK_SECONDS = 10

/**
 * Drops these objects and their marks, never with CASCADE: what others hung on them makes the server refuse
 * (`object-refused`). Our own foreign keys go first, so that the order of tables does not matter; those of our tables
 * that stay (`staying`) to these among them.
 */
export async function dropOwned(
  target: Target,
  owned: readonly OwnedObject[],
  staying: readonly OwnedObject[] = [],
  signal?: AbortSignal,
): Promise<void> {
  const tables = owned.filter((object) => object.kind === 'table')
  const types = owned.filter((object) => object.kind === 'type')
  await dropKeys(target, tables, staying, signal)
  for (const batch of batches(tables, DROPS_AT_ONCE)) await drop(target, 'TABLE', batch, signal)
  for (const batch of batches(types, DROPS_AT_ONCE)) await drop(target, 'TYPE', batch, signal)
}

async function drop(
  target: Target,
  what: 'TABLE' | 'TYPE',
  batch: readonly OwnedObject[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const names = batch.map((object) => qualified(object.schema, object.name))
  await inTransaction(
    target,
    { ...target.about, doing: `dropping what an earlier run made` },
    signal,
    async (client) => {
      await client.query(`SET LOCAL lock_timeout TO '${LOCK_SECONDS}s'`)
      if (what === 'TABLE') await lockAndCompare(client, batch, names)
      await client.query(`DROP ${what} ${names.join(', ')} RESTRICT`)
      await forgetObjects(
        client,
        batch.map((object) => object.oid),
      )
    },
  )
}

/** Under the lock nobody can put another table in its place. */
async function lockAndCompare(client: pg.ClientBase, batch: readonly OwnedObject[], names: string[]): Promise<void> {
  await client.query(`LOCK TABLE ${names.map((name) => `ONLY ${name}`).join(', ')} IN ACCESS EXCLUSIVE MODE`)
  const { rows } = await client.query<{ oid: number | null }>(
    'SELECT to_regclass(name)::oid::bigint::float8 AS oid FROM unnest($1::text[]) WITH ORDINALITY AS n(name, place) ORDER BY place',
    [names],
  )
  const other = batch.find((object, i) => object.oid !== rows[i]?.oid)
  if (other) throw Object.assign(new Error(`${other.name} is not the table that we made`), { code: '40001' })
}

/** Foreign keys from ours to ours. Those of other people's tables stay, and make the drop fail. */
async function dropKeys(
  target: Target,
  tables: readonly OwnedObject[],
  staying: readonly OwnedObject[],
  signal: AbortSignal | undefined,
): Promise<void> {
  if (tables.length === 0) return
  const about = { ...target.about, doing: 'dropping foreign keys of an earlier run' }
  const oids = tables.map((object) => object.oid)
  const ours = [...oids, ...staying.filter(({ kind }) => kind === 'table').map((object) => object.oid)]
  const keys = await inTransaction(target, about, signal, async (client) => {
    const { rows } = await client.query<{ schema: string; table: string; name: string }>(
      `SELECT n.nspname AS schema, c.relname AS table, k.conname AS name
       FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE k.contype = 'f' AND k.conrelid = ANY($2::bigint[]::oid[]) AND k.confrelid = ANY($1::bigint[]::oid[])
       AND k.conparentid = 0 ORDER BY 1, 2, 3`,
      [oids, ours],
    )
    return rows
  })
  for (const batch of batches(keys, KEYS_AT_ONCE)) {
    const statements = batch.map(
      (key) => `ALTER TABLE ${qualified(key.schema, key.table)} DROP CONSTRAINT ${ident(key.name)}`,
    )
    await inTransaction(target, about, signal, async (client) => {
      await client.query(`SET LOCAL lock_timeout TO '${LOCK_SECONDS}s'; ${statements.join('; ')}`)
    })
  }
}
