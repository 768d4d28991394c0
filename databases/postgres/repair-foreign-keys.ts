import type pg from 'pg'
import { Failure } from '../../core/failure.js'
import type { Plan } from '../../core/plan/types.js'
import type { KeyLeft } from '../../core/proof.js'
import { codeOf } from './errors.js'
import { ident, literal } from './quote.js'

/** A foreign key of a table or to it, as the catalog has it. */
export interface FoundKey {
  readonly name: string
  readonly schema: string
  /** Its table by name, and both sides as a statement names them. */
  readonly table: string
  readonly child: string
  readonly parent: string
  readonly columns: readonly string[]
  readonly referenced: readonly string[]
  /** By which the referenced columns compare; null of a type that has none. */
  readonly collations: readonly (string | null)[]
  /** As ALTER TABLE ... ADD CONSTRAINT takes it, with NOT VALID where it is not. */
  readonly definition: string
  readonly comment: string | null
  readonly valid: boolean
  /** An earlier repair made it NOT VALID. */
  readonly left: boolean
  /** Of a partitioned table: before PostgreSQL 18 it cannot be NOT VALID. */
  readonly partitioned: boolean
  /** It came with a partitioned table that this one is a partition of: nobody can drop it here. */
  readonly inherited: boolean
}

const attributes = (relation: string, key: string, what = 'a.attname::text'): string =>
  `(SELECT array_agg(${what} ORDER BY k.n) FROM unnest(c.${key}) WITH ORDINALITY AS k(num, n)
    JOIN pg_attribute a ON a.attrelid = c.${relation} AND a.attnum = k.num)`

export async function foreignKeysAround(client: pg.ClientBase, table: string): Promise<FoundKey[]> {
  const { rows } = await client.query<FoundKey>(
    `SELECT c.conname AS name, n.nspname AS schema, r.relname AS table,
       c.conrelid::regclass::text AS child, c.confrelid::regclass::text AS parent,
       ${attributes('conrelid', 'conkey')} AS columns, ${attributes('confrelid', 'confkey')} AS referenced,
       ${attributes('confrelid', 'confkey', 'nullif(a.attcollation, 0)::regcollation::text')} AS collations,
       pg_get_constraintdef(c.oid) AS definition, obj_description(c.oid, 'pg_constraint') AS comment,
       c.convalidated AS valid, r.relkind = 'p' AS partitioned, c.conparentid <> 0 AS inherited,
       EXISTS (SELECT FROM nightferry.key_left l WHERE l.child = c.conrelid AND l.name = c.conname) AS left
     FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace
     WHERE c.contype = 'f' AND to_regclass($1) IN (c.conrelid, c.confrelid)
       -- What came with one that stands in this list goes and comes with it.
       AND NOT EXISTS (SELECT FROM pg_constraint p WHERE p.oid = c.conparentid AND to_regclass($1) IN (p.conrelid, p.confrelid))
     ORDER BY 2, 3, 1`,
    [table],
  )
  return rows
}

/** Drops the keys, and returns the statements that put them back. Needs the owner of their tables. */
export async function dropKeys(client: pg.ClientBase, keys: readonly FoundKey[]): Promise<string[]> {
  for (const key of keys) {
    if (key.inherited) throw cannotRest(key)
    try {
      await client.query(dropKey(key))
    } catch (error) {
      throw codeOf(error) === INSUFFICIENT_PRIVILEGE ? cannotRest(key) : error
    }
  }
  return keys.map(putBack)
}

const INSUFFICIENT_PRIVILEGE = '42501'

const dropKey = ({ child, name }: FoundKey): string => `ALTER TABLE ${child} DROP CONSTRAINT ${ident(name)}`

/** Not validated, wherever the server has such a thing; else checked at once. */
function putBack(key: FoundKey): string {
  const { child, name, definition, comment } = key
  const plain = definition.replace(/ NOT VALID$/, '')
  const notValid = plain.endsWith(' NOT ENFORCED') || (key.partitioned && key.valid) ? '' : ' NOT VALID'
  return [
    `ALTER TABLE ${child} ADD CONSTRAINT ${ident(name)} ${plain}${notValid}`,
    ...(comment === null ? [] : [`COMMENT ON CONSTRAINT ${ident(name)} ON ${child} IS ${literal(comment)}`]),
  ].join('; ')
}

/** The keys of partitioned tables are checked as they are put back. */
export async function putKeysBack(
  client: pg.ClientBase,
  keys: readonly FoundKey[],
  statements: readonly string[],
): Promise<void> {
  for (const [i, statement] of statements.entries()) {
    try {
      await client.query(statement)
    } catch (error) {
      throw codeOf(error) === FOREIGN_KEY_VIOLATION && keys[i] ? wouldNotHold(keys[i]) : error
    }
  }
}

/**
 * Rows were changed with foreign keys at rest, and those are back. No key that has orphans calls itself valid behind it.
 * The plan's own are validated once all tables are mended; those that people made here and now, where they were valid
 * before. Returns the ones that could not be.
 */
export async function settleKeys(
  client: pg.ClientBase,
  keys: readonly FoundKey[],
  plan: Plan,
  { dropped }: { readonly dropped: boolean },
): Promise<KeyLeft[]> {
  const left: KeyLeft[] = []
  for (const key of keys) {
    if (!key.valid && !key.left) continue
    if (key.valid && !(await isNotValidNow(client, key, dropped))) continue
    if (isPlanned(plan, key)) continue
    const why = await validate(client, key)
    if (why !== null) left.push({ schema: key.schema, table: key.table, key: key.name, why })
  }
  return left
}

/** Of a key that was valid. One that stayed where it was is made NOT VALID where it has orphans. */
async function isNotValidNow(client: pg.ClientBase, key: FoundKey, dropped: boolean): Promise<boolean> {
  if (dropped) return !key.partitioned
  if (!(await hasOrphans(client, key))) return false
  if (key.partitioned || key.inherited) throw wouldNotHold(key)
  await client.query([dropKey(key), putBack(key)].join('; '))
  return true
}

const isPlanned = ({ target, tables }: Plan, { schema, table, name }: FoundKey): boolean =>
  schema === target.schema &&
  tables.some((one) => one.target === table && one.foreignKeys.some((key) => key.target === name))

/** Null where it is valid now; else why not. What may pass is thrown. */
async function validate(client: pg.ClientBase, { child, name }: FoundKey): Promise<string | null> {
  await client.query('SAVEPOINT before_key')
  try {
    await client.query(`ALTER TABLE ${child} VALIDATE CONSTRAINT ${ident(name)}`)
    return null
  } catch (error) {
    const code = codeOf(error)
    // Classes 22, 23 and 42: values, constraints, names and privileges.
    if (!/^(22|23|42)/.test(code)) throw error
    await client.query('ROLLBACK TO SAVEPOINT before_key')
    return code === FOREIGN_KEY_VIOLATION
      ? 'rows of it refer to keys that are not there'
      : `the server refuses to validate it (${code})`
  }
}

const FOREIGN_KEY_VIOLATION = '23503'

/** MATCH SIMPLE: a row with a NULL in the key refers to nothing and is no orphan. */
async function hasOrphans(
  client: pg.ClientBase,
  { child, parent, columns, referenced, collations, partitioned }: FoundKey,
): Promise<boolean> {
  const filled = columns.map((column) => `c.${ident(column)} IS NOT NULL`)
  const by = collations.map((collation) => (collation === null ? '' : ` COLLATE ${collation}`))
  const same = columns.map((column, i) => `p.${ident(referenced[i] as string)} = c.${ident(column)}${by[i]}`)
  const { rows } = await client.query<{ orphans: boolean }>(
    `SELECT EXISTS (SELECT FROM ${partitioned ? '' : 'ONLY '}${child} c WHERE ${filled.join(' AND ')}
       AND NOT EXISTS (SELECT FROM ${parent} p WHERE ${same.join(' AND ')})) AS orphans`,
  )
  return rows[0]?.orphans === true
}

const cannotRest = ({ child, name }: FoundKey): Failure =>
  new Failure(
    'target-privilege',
    `The foreign key ${name} of ${child} would act on rows that are mended, and the account may neither switch it off nor drop it.`,
    {
      remedy:
        `Repair as a superuser or, on PostgreSQL 15 and later, after GRANT SET ON PARAMETER session_replication_role; ` +
        `or as the owner of ${child}.`,
    },
  )

const wouldNotHold = ({ child, name }: FoundKey): Failure =>
  new Failure(
    'constraint-violated',
    `The foreign key ${name} of ${child} does not hold with the rows that the source has, and there it cannot be NOT VALID: nothing of the table was changed.`,
    { remedy: `Mend the rows of ${child}, or drop the key; then repair again.` },
  )
