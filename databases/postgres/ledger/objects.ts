import type { RunId } from '../../../core/run.js'
import { rowsOf, type Queryable } from './query.js'

export interface OwnedObject {
  readonly kind: 'table' | 'type'
  readonly schema: string
  readonly name: string
  readonly oid: number
  readonly run: RunId
}

/** Notes that we made this object; call it in the transaction that makes it. Repeatable. */
export async function recordObject(
  client: Queryable,
  run: RunId,
  kind: OwnedObject['kind'],
  schema: string,
  name: string,
  oid: number,
): Promise<void> {
  await rowsOf(
    client,
    `insert into nightferry.object (kind, oid, schema_name, name, run) values ($1, $2, $3, $4, $5)
     on conflict (kind, oid) do update
     set schema_name = excluded.schema_name, name = excluded.name, run = excluded.run`,
    [kind, oid, schema, name, run],
  )
}

/**
 * What we made and what is still there under the same oid and the same name. An object that a person renamed or moved
 * is theirs from then on; after a dump and restore the oids are others, and nothing of it is taken for ours.
 */
export async function ownedObjects(client: Queryable): Promise<OwnedObject[]> {
  return await rowsOf<OwnedObject & { [column: string]: unknown }>(
    client,
    `select o.kind, o.schema_name as schema, o.name, o.oid::bigint::float8 as oid, o.run
     from nightferry.object o
     join pg_catalog.pg_class c on c.oid = o.oid and c.relname = o.name and c.relkind in ('r', 'p')
     join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspname = o.schema_name
     where o.kind = 'table'
     union all
     select o.kind, o.schema_name, o.name, o.oid::bigint::float8, o.run
     from nightferry.object o
     join pg_catalog.pg_type t on t.oid = o.oid and t.typname = o.name
     join pg_catalog.pg_namespace n on n.oid = t.typnamespace and n.nspname = o.schema_name
     where o.kind = 'type'
     order by 1, 2, 3`,
  )
}

/** Call it in the transaction that drops them. Repeatable. */
export async function forgetObjects(client: Queryable, oids: readonly number[]): Promise<void> {
  await rowsOf(client, 'delete from nightferry.object where oid = any($1::bigint[]::oid[])', [oids])
}
