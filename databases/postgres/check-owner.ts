import type pg from 'pg'
import type { Finding } from '../../core/finding.js'
import { foreignDependents, foreignParents, foreignTables, otherOwners, readMark } from './owner-queries.js'
import type { ErrorContext } from './errors.js'
import { ownedObjects } from './ledger/index.js'

const NAMED = 5

/** Whose the target is: its mark, tables that are not ours, and what others hung on ours. */
export async function ownerFindings(
  client: pg.ClientBase,
  about: ErrorContext,
  migration: string,
  schema: string,
): Promise<Finding[]> {
  const mark = await readMark(client)
  if (mark.is === 'foreign') return [foreignLedger(about)]
  if (mark.is === 'none') return strangers(await foreignTables(client, null, []), about, 'blocking')
  if (mark.migration !== migration) return [otherMigration(about, mark.migration, migration)]
  const owned = await ownedObjects(client)
  const oids = owned.map((object) => object.oid)
  const dependents = await foreignDependents(client, oids)
  const parents = await foreignParents(client, oids)
  const others = await otherOwners(client, oids)
  return [
    // They stay as they are; a name that the plan wants is refused before anything is dropped.
    ...strangers(await foreignTables(client, schema, oids), about, 'warning'),
    ...dependents.map((one) => dependentFinding(one.on, one.kind, one.name)),
    ...parents.map(parentFinding),
    ...others.map((one) => ownerFinding(one.name, one.owner, about.user)),
  ]
}

function strangers(tables: readonly string[], about: ErrorContext, severity: 'blocking' | 'warning'): Finding[] {
  if (tables.length === 0) return []
  const blocks = severity === 'blocking'
  return [
    {
      name: blocks ? 'target-not-empty' : 'other-tables',
      severity,
      subject: about.connection,
      message: `The target holds ${tables.length === 1 ? 'a table' : `${tables.length} tables`} that Nightferry did not make: ${firstOf(tables)}.`,
      remedy: blocks
        ? 'Choose an empty database for the target, or move these tables away.'
        : 'Nothing: they are left alone. A table of the plan that has one of these names would be refused.',
    },
  ]
}

function firstOf(names: readonly string[]): string {
  const more = names.length - NAMED
  return names.slice(0, NAMED).join(', ') + (more > 0 ? ` (and ${more} more)` : '')
}

const KINDS: Readonly<Record<string, string>> = {
  view: 'foreign-view-on-table',
  'materialized view': 'foreign-view-on-table',
  'table constraint': 'foreign-key-on-table',
  function: 'foreign-function-on-table',
  procedure: 'foreign-function-on-table',
}

const dependentFinding = (on: string, kind: string, name: string): Finding => ({
  name: KINDS[kind] ?? 'foreign-object-on-table',
  severity: 'blocking',
  subject: on,
  message: `The ${kind} ${name} is not ours and depends on ${on}, which a run drops and makes again.`,
  remedy: 'Drop it before the run and make it again afterwards; Nightferry never drops with CASCADE.',
})

const parentFinding = (one: { name: string; parent: string; leave: string }): Finding => ({
  name: 'table-under-foreign-parent',
  severity: 'blocking',
  subject: one.name,
  message: `${one.name} holds rows of ${one.parent}, which is not ours: a run drops the table and makes it again.`,
  remedy: `Take it out of there: ${one.leave}. Rows that must stay belong into a table of your own.`,
})

const ownerFinding = (name: string, owner: string, user: string): Finding => ({
  name: 'table-of-other-owner',
  severity: 'blocking',
  subject: name,
  message: `${name} belongs to ${owner}; the account ${user} cannot drop it.`,
  remedy: `Connect as ${owner}, GRANT that role to ${user}, or change the owner.`,
})

const otherMigration = (about: ErrorContext, found: string, migration: string): Finding => ({
  name: 'target-of-other-migration',
  severity: 'blocking',
  subject: about.connection,
  message: `The database ${about.database} belongs to the migration ${found}, not to ${migration}.`,
  remedy: `Give each migration a target database of its own, or name this one ${found}.`,
})

const foreignLedger = (about: ErrorContext): Finding => ({
  name: 'foreign-ledger-schema',
  severity: 'blocking',
  subject: about.connection,
  message: `The database ${about.database} has a schema nightferry that Nightferry did not make.`,
  remedy: 'Rename or drop that schema, or choose another database.',
})
