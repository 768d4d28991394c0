import type pg from 'pg'
import type { Plan, PlannedTable } from '../../core/plan/types.js'
import type { SchemaDifference } from '../../core/ports.js'
import { batches } from './batches.js'
import { onSession } from './cancel.js'
import { readAdded } from './compare-schema-added.js'
import { compareColumns } from './compare-schema-columns.js'
import { compareConstraints, readConstraints } from './compare-schema-constraints.js'
import { compareCounter, readCounters } from './compare-schema-counters.js'
import { Differences } from './compare-schema-differences.js'
import { compareIndexes, readIndexes } from './compare-schema-indexes.js'
import { readSpelled } from './compare-schema-spelled.js'
import { readRelations, type Relation } from './compare-schema-relations.js'
import { compareTypes } from './compare-schema-types.js'
import type { Target } from './target.js'

/** A transaction's share of tables that are spelled: each takes a handful of locks. */
const TABLES_AT_ONCE = 50

/**
 * What of the plan the target has otherwise, and what people added to our tables (`planned` null). Reads catalogs, and
 * the largest value of identity columns; changes nothing. A table that is not there is one difference.
 */
export async function compareSchema(target: Target, plan: Plan): Promise<SchemaDifference[]> {
  const about = { ...target.about, doing: `schema ${plan.target.schema}` }
  return await onSession(target, about, undefined, async (client) => {
    const found = new Differences()
    const relations = await readRelations(client, plan)
    const whole = plan.tables.filter((table) => isTable(found, table, relations.get(table.target)))
    await compareTypes(client, plan, found)
    for (const tables of batches(whole, TABLES_AT_ONCE)) await compareTables(client, plan, tables, relations, found)
    return found.list
  })
}

async function compareTables(
  client: pg.ClientBase,
  plan: Plan,
  tables: readonly PlannedTable[],
  relations: ReadonlyMap<string, Relation>,
  found: Differences,
): Promise<void> {
  const oids = tables.map((table) => relations.get(table.target)!.oid)
  const spelled = await readSpelled(client, tables, oids)
  const indexes = await readIndexes(client, oids)
  const constraints = await readConstraints(client, plan, oids)
  const counters = await readCounters(client, plan, tables)
  const added = await readAdded(client, oids)
  for (const [i, table] of tables.entries()) {
    const oid = oids[i]!
    found.comment(table, `table ${table.target}`, table.comment, relations.get(table.target)!.comment)
    compareColumns(found, table, spelled.planned.get(table.ordinal)!.columns, spelled.found.get(oid) ?? [])
    compareIndexes(found, table, indexes.get(oid) ?? [])
    compareConstraints(found, table, spelled.planned.get(table.ordinal)!.checks, constraints.get(oid) ?? [])
    compareCounter(found, table, spelled.found.get(oid) ?? [], counters.get(table.ordinal))
    for (const { subject, text } of added.get(oid) ?? []) found.add(table, subject, null, text)
  }
}

function isTable(found: Differences, table: PlannedTable, relation: Relation | undefined): boolean {
  if (relation?.kind === 'table') return true
  found.add(table, `table ${table.target}`, 'table', relation?.kind ?? null)
  return false
}
