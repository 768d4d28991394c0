import type pg from 'pg'

export type Mark =
  | { readonly is: 'none' }
  | { readonly is: 'ours'; readonly migration: string }
  /** A schema of our name with things in it and no mark. */
  | { readonly is: 'foreign' }

export async function readMark(client: pg.ClientBase): Promise<Mark> {
  const { rows } = await client.query<{ made: boolean; objects: string }>(
    `SELECT to_regclass('nightferry.mark') IS NOT NULL AS made,
       (SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace('nightferry')::oid) AS objects`,
  )
  if (!rows[0]!.made) return { is: rows[0]!.objects === '0' ? 'none' : 'foreign' }
  const marks = await client.query<{ migration: string }>('SELECT migration FROM nightferry.mark')
  const migration = marks.rows[0]?.migration
  return migration === undefined ? { is: 'none' } : { is: 'ours', migration }
}

/** Tables (of `schema`, or of all) that are neither the system's, nor an extension's, nor in `ours`. */
export async function foreignTables(
  client: pg.ClientBase,
  schema: string | null,
  ours: readonly number[],
): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT n.nspname || '.' || c.relname AS name
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'f', 'm') AND c.relpersistence <> 't' AND NOT c.relispartition
     AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'nightferry') AND n.nspname NOT LIKE 'pg\\_%'
     AND ($1::text IS NULL OR n.nspname = $1) AND c.oid <> ALL ($2::bigint[]::oid[])
     AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
     ORDER BY 1`,
    [schema, ours],
  )
  return rows.map((row) => row.name)
}

/** Tables and types of ours whose owner this account cannot act as. */
export async function otherOwners(
  client: pg.ClientBase,
  ours: readonly number[],
): Promise<{ name: string; owner: string }[]> {
  const { rows } = await client.query<{ name: string; owner: string }>(
    `SELECT n.nspname || '.' || o.name AS name, pg_get_userbyid(o.owner) AS owner
     FROM (SELECT oid, relname AS name, relnamespace AS schema, relowner AS owner FROM pg_class
           UNION ALL SELECT oid, typname, typnamespace, typowner FROM pg_type WHERE typrelid = 0) AS o
     JOIN pg_namespace n ON n.oid = o.schema
     WHERE o.oid = ANY ($1::bigint[]::oid[]) AND NOT pg_has_role(o.owner, 'USAGE') ORDER BY 1`,
    [ours],
  )
  return rows
}

/**
 * Tables of ours that somebody made a partition or a child of a table that is not ours: a DROP would go through, and
 * take the rows that came in by the parent with it.
 */
export async function foreignParents(
  client: pg.ClientBase,
  ours: readonly number[],
): Promise<{ name: string; parent: string; leave: string }[]> {
  const { rows } = await client.query<{ name: string; parent: string; leave: string }>(
    `SELECT n.nspname || '.' || c.relname AS name, pn.nspname || '.' || p.relname AS parent,
       CASE WHEN c.relispartition THEN format('ALTER TABLE %s DETACH PARTITION %s', p.oid::regclass, c.oid::regclass)
         ELSE format('ALTER TABLE %s NO INHERIT %s', c.oid::regclass, p.oid::regclass) END AS leave
     FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
     WHERE c.relkind IN ('r', 'p') AND c.oid = ANY ($1::bigint[]::oid[]) AND p.oid <> ALL ($1::bigint[]::oid[])
     ORDER BY 1, 2`,
    [ours],
  )
  return rows
}

export interface Dependent {
  /** `view`, `table constraint`, `function`, `table column`, ... as PostgreSQL names kinds of objects. */
  readonly kind: string
  readonly name: string
  /** What of ours it depends on. */
  readonly on: string
}

/**
 * What DROP ... RESTRICT would stumble over: normal dependencies on our tables, their sequences and our types, by
 * objects that do not belong to a table of ours. Rules stand for their views.
 */
export async function foreignDependents(client: pg.ClientBase, ours: readonly number[]): Promise<Dependent[]> {
  const { rows } = await client.query<Dependent>(
    `WITH mine AS (SELECT unnest($1::bigint[])::oid AS oid),
     held AS (
       SELECT 'pg_class'::regclass AS class, c.oid, n.nspname || '.' || c.relname AS name
       FROM mine JOIN pg_class c USING (oid) JOIN pg_namespace n ON n.oid = c.relnamespace
       UNION ALL SELECT 'pg_class'::regclass, s.oid, n.nspname || '.' || s.relname
       FROM mine JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = mine.oid
         AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
       JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' JOIN pg_namespace n ON n.oid = s.relnamespace
       UNION ALL SELECT 'pg_type'::regclass, t.oid, n.nspname || '.' || t.typname
       FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_type e ON e.typarray = t.oid
       WHERE t.oid IN (SELECT oid FROM mine) OR t.typrelid IN (SELECT oid FROM mine)
         OR e.oid IN (SELECT oid FROM mine) OR e.typrelid IN (SELECT oid FROM mine)),
     found AS (
       SELECT d.classid, d.objid, d.objsubid, held.name AS on,
         CASE d.classid
           WHEN 'pg_class'::regclass THEN coalesce((SELECT indrelid FROM pg_index WHERE indexrelid = d.objid), d.objid)
           WHEN 'pg_attrdef'::regclass THEN (SELECT adrelid FROM pg_attrdef WHERE oid = d.objid)
           WHEN 'pg_constraint'::regclass THEN (SELECT conrelid FROM pg_constraint WHERE oid = d.objid)
           WHEN 'pg_rewrite'::regclass THEN (SELECT ev_class FROM pg_rewrite WHERE oid = d.objid)
           WHEN 'pg_trigger'::regclass THEN (SELECT tgrelid FROM pg_trigger WHERE oid = d.objid)
           WHEN 'pg_policy'::regclass THEN (SELECT polrelid FROM pg_policy WHERE oid = d.objid)
           WHEN 'pg_statistic_ext'::regclass THEN (SELECT stxrelid FROM pg_statistic_ext WHERE oid = d.objid)
         END AS relation
       FROM held JOIN pg_depend d ON d.refclassid = held.class AND d.refobjid = held.oid AND d.deptype = 'n')
     SELECT DISTINCT i.type AS kind, i.identity AS name, min(f.on) AS on
     FROM found f, LATERAL pg_identify_object(
       CASE f.classid WHEN 'pg_rewrite'::regclass THEN 'pg_class'::regclass ELSE f.classid END,
       CASE f.classid WHEN 'pg_rewrite'::regclass THEN f.relation ELSE f.objid END,
       CASE f.classid WHEN 'pg_rewrite'::regclass THEN 0 ELSE f.objsubid END) AS i
     WHERE f.relation IS NULL OR f.relation NOT IN (SELECT oid FROM mine)
     GROUP BY i.type, i.identity ORDER BY 2, 1`,
    [ours],
  )
  return rows
}
