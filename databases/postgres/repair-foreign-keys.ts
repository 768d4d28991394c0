import type pg from 'pg'
import { ident } from './quote.js'

/** A foreign key of a table or to it, as the catalog has it. */
export interface FoundKey {
  readonly name: string
  readonly child: string
  readonly parent: string
  readonly columns: readonly string[]
  readonly referenced: readonly string[]
  /** As ALTER TABLE ... ADD CONSTRAINT takes it, with NOT VALID where it is not. */
  readonly definition: string
  readonly valid: boolean
}

const attributes = (relation: string, key: string): string =>
  `(SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(c.${key}) WITH ORDINALITY AS k(num, n)
    JOIN pg_attribute a ON a.attrelid = c.${relation} AND a.attnum = k.num)`

export async function foreignKeysAround(client: pg.ClientBase, table: string): Promise<FoundKey[]> {
  const { rows } = await client.query<FoundKey>(
    `SELECT conname AS name, conrelid::regclass::text AS child, confrelid::regclass::text AS parent,
       ${attributes('conrelid', 'conkey')} AS columns, ${attributes('confrelid', 'confkey')} AS referenced,
       pg_get_constraintdef(oid) AS definition, convalidated AS valid
     FROM pg_constraint c WHERE contype = 'f' AND conparentid = 0 AND to_regclass($1) IN (conrelid, confrelid)
     ORDER BY 2, 1`,
    [table],
  )
  return rows
}

/** Drops the keys, and returns the statements that put them back, not validated. Needs the owner of their tables. */
export async function dropKeys(client: pg.ClientBase, keys: readonly FoundKey[]): Promise<string[]> {
  for (const { child, name } of keys) await client.query(`ALTER TABLE ${child} DROP CONSTRAINT ${ident(name)}`)
  return keys.map(putBack)
}

const putBack = ({ child, name, definition }: FoundKey): string =>
  `ALTER TABLE ${child} ADD CONSTRAINT ${ident(name)} ${definition.replace(/ NOT VALID$/, '')} NOT VALID`

/**
 * Rows were changed with foreign keys at rest: one that calls itself valid and has orphans is put back NOT VALID, so that
 * the catalog never claims what is not so.
 */
export async function distrustBroken(client: pg.ClientBase, keys: readonly FoundKey[]): Promise<void> {
  for (const key of keys) {
    if (!key.valid || !(await hasOrphans(client, key))) continue
    await client.query([`ALTER TABLE ${key.child} DROP CONSTRAINT ${ident(key.name)}`, putBack(key)].join('; '))
  }
}

/** MATCH SIMPLE: a row with a NULL in the key refers to nothing and is no orphan. */
async function hasOrphans(client: pg.ClientBase, { child, parent, columns, referenced }: FoundKey): Promise<boolean> {
  const filled = columns.map((column) => `c.${ident(column)} IS NOT NULL`)
  const same = columns.map((column, i) => `p.${ident(referenced[i] as string)} = c.${ident(column)}`)
  const { rows } = await client.query<{ orphans: boolean }>(
    `SELECT EXISTS (SELECT FROM ${child} c WHERE ${filled.join(' AND ')}
       AND NOT EXISTS (SELECT FROM ${parent} p WHERE ${same.join(' AND ')})) AS orphans`,
  )
  return rows[0]?.orphans === true
}
