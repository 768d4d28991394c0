import { entriesSql, type Entry } from './acl.js'
import type { Session } from './place.js'

/** A schema, table, view, sequence, type or routine by its name, and what people may do with it. */
export interface Thing {
  readonly kind: 'SCHEMA' | 'TABLE' | 'SEQUENCE' | 'TYPE' | 'ROUTINE'
  /** As a statement spells it. */
  readonly name: string
  readonly schema: string
  readonly owner: string
  /** A superuser, as which this account cannot act: who may do everything misses nothing where it owns less. */
  readonly above: boolean
  readonly entries: readonly Entry[]
  /** It goes with its table: an owner of its own is refused. */
  readonly linked: boolean
}

export interface ColumnGrants {
  /** Of its table, as a statement spells it. */
  readonly table: string
  readonly column: string
  readonly entries: readonly Entry[]
}

/** ALTER DEFAULT PRIVILEGES FOR ROLE ... [IN SCHEMA ...]. */
export interface DefaultPrivileges {
  readonly role: string
  /** Null: in every schema. */
  readonly schema: string | null
  readonly kind: keyof typeof DEFAULTS_OF
  readonly entries: readonly Entry[]
  /** What PostgreSQL itself gives where nothing is said. */
  readonly usual: readonly Entry[]
}

/** pg_default_acl's letters, as the statement names them. */
export const DEFAULTS_OF = {
  r: 'TABLES',
  S: 'SEQUENCES',
  f: 'FUNCTIONS',
  T: 'TYPES',
  n: 'SCHEMAS',
  L: 'LARGE OBJECTS',
} as const

export interface Contents {
  readonly things: readonly Thing[]
  readonly columns: readonly ColumnGrants[]
  readonly defaults: readonly DefaultPrivileges[]
}

export async function readContents(session: Session): Promise<Contents> {
  return {
    things: await session.rows<Thing & object>(THINGS),
    columns: await session.rows<ColumnGrants & object>(COLUMNS),
    defaults: await session.rows<DefaultPrivileges & object>(DEFAULTS),
  }
}

const SYSTEMS = `(n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%')`

/** Extensions bring their own. */
const loose = (catalog: string, oid: string): string =>
  `NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = '${catalog}'::regclass AND d.objid = ${oid} AND d.deptype = 'e')`

const THINGS = `
  SELECT o.*, r.rolsuper AND NOT pg_has_role(r.oid, 'MEMBER') AS above FROM (
  SELECT 'SCHEMA' AS kind, format('%I', n.nspname) AS name, n.nspname AS schema, pg_get_userbyid(n.nspowner) AS owner,
    ${entriesSql(`coalesce(n.nspacl, acldefault('n', n.nspowner))`, 'n.nspowner')} AS entries, false AS linked
  FROM pg_namespace n WHERE ${SYSTEMS} AND ${loose('pg_namespace', 'n.oid')}
  UNION ALL
  SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, format('%I.%I', n.nspname, c.relname), n.nspname,
    pg_get_userbyid(c.relowner),
    ${entriesSql(`coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))`, 'c.relowner')},
    EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
      AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i'))
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't' AND ${SYSTEMS} AND ${loose('pg_class', 'c.oid')}
  UNION ALL
  SELECT 'TYPE', format('%I.%I', n.nspname, t.typname), n.nspname, pg_get_userbyid(t.typowner),
    ${entriesSql(`coalesce(t.typacl, acldefault('T', t.typowner))`, 't.typowner')}, false
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
  WHERE t.typtype IN ('e', 'd') AND ${SYSTEMS} AND ${loose('pg_type', 't.oid')}
  UNION ALL
  SELECT 'ROUTINE', p.oid::regprocedure::text, n.nspname, pg_get_userbyid(p.proowner),
    ${entriesSql(`coalesce(p.proacl, acldefault('f', p.proowner))`, 'p.proowner')}, false
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE p.prokind IN ('f', 'p') AND ${SYSTEMS} AND ${loose('pg_proc', 'p.oid')}
  ) AS o JOIN pg_roles r ON r.rolname = o.owner ORDER BY 1, 2`

const COLUMNS = `
  SELECT format('%I.%I', n.nspname, c.relname) AS table, a.attname AS column,
    ${entriesSql('a.attacl', 'c.relowner')} AS entries
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE a.attacl IS NOT NULL AND NOT a.attisdropped AND a.attnum > 0 AND ${SYSTEMS} AND ${loose('pg_class', 'c.oid')}
  ORDER BY 1, 2`

const DEFAULTS = `
  SELECT pg_get_userbyid(d.defaclrole) AS role, n.nspname AS schema, d.defaclobjtype AS kind,
    ${entriesSql('d.defaclacl', 'd.defaclrole')} AS entries,
    CASE WHEN n.oid IS NULL
      THEN ${entriesSql(`acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END::"char", d.defaclrole)`, 'd.defaclrole')}
      ELSE '[]' END AS usual
  FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
  ORDER BY 1, 2, 3`
