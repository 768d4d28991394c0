import { Failure } from '../../core/failure.js'
import type { Plan } from '../../core/plan/types.js'
import { onSession } from './cancel.js'
import { sequenceNames } from './ddl.js'
import type { OwnedObject } from './ledger/index.js'
import { ident, qualified } from './quote.js'
import type { Target } from './target.js'

/**
 * Relations and types of the plan's schema with these names that are neither ours nor hang on what is ours (its
 * indexes, its sequences, its row type). Array types get out of the way by themselves.
 */
const TAKEN = `
  WITH ours AS (SELECT unnest($3::bigint[])::oid AS oid), wanted AS (SELECT unnest($2::text[]) AS name)
  SELECT c.relname AS name FROM pg_class c JOIN wanted w ON w.name = c.relname
  WHERE c.relnamespace = to_regnamespace($1)::oid AND c.oid NOT IN (SELECT oid FROM ours)
    AND NOT EXISTS (SELECT FROM pg_index i JOIN ours ON ours.oid = i.indrelid WHERE i.indexrelid = c.oid)
    AND NOT EXISTS (SELECT FROM pg_depend d JOIN ours ON ours.oid = d.refobjid
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
      AND d.deptype IN ('a', 'i'))
  UNION
  SELECT t.typname FROM pg_type t JOIN wanted w ON w.name = t.typname
  WHERE t.typnamespace = to_regnamespace($1)::oid AND t.typcategory <> 'A'
    AND t.oid NOT IN (SELECT oid FROM ours) AND t.typrelid NOT IN (SELECT oid FROM ours)
  ORDER BY 1`

/** Refuses (`object-refused`) a plan that wants names which somebody else has, before anything is dropped. */
export async function refuseTaken(target: Target, plan: Plan, owned: readonly OwnedObject[]): Promise<void> {
  const { schema } = plan.target
  const { rows } = await onSession(target, target.about, undefined, (client) =>
    client.query<{ name: string }>(TAKEN, [ident(schema), wantedNames(plan), owned.map((o) => o.oid)]),
  )
  if (rows.length === 0) return
  const first = rows.slice(0, 5).map((row) => qualified(schema, row.name))
  const more = rows.length > first.length ? ` (and ${rows.length - first.length} more)` : ''
  throw new Failure('object-refused', `The target has what Nightferry did not make: ${first.join(', ')}${more}.`, {
    remedy: 'Move or drop it, or choose another schema or database for the target.',
  })
}

const wantedNames = (plan: Plan): string[] => [
  ...plan.tables.flatMap((table) => [
    table.target,
    ...table.enums.map((type) => type.name),
    ...table.indexes.map((index) => index.target),
    ...(table.primaryKey ? [table.primaryKey.target] : []),
  ]),
  ...sequenceNames(plan).values(),
]
