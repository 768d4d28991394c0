import type { SourceCatalog, SourceTable } from '../catalog.js'
import { castColumn } from '../casts/cast-column.js'
import { subjectOf, unifyLinked, type CastedColumn } from '../casts/linked.js'
import { countersOf, decide } from '../casts/profile.js'
import type { Config } from '../config/types.js'
import { targetName } from '../names-of-objects.js'
import type { TargetFeatures } from '../ports.js'
import { carryComment } from './carry-comment.js'
import { chooseChunkKey } from './chunk-key.js'
import { keeping } from './decisions.js'
import { leaveCollations, leaveObjects } from './left-behind.js'
import { reserveNames } from './names.js'
import { Notes } from './notes.js'
import { nameEnums, planChecks, planColumns, planEnums } from './plan-columns.js'
import { planForeignKeys } from './plan-foreign-keys.js'
import { planIdentity } from './plan-identity.js'
import { planIndexes } from './plan-indexes.js'
import { checkRules } from './rules-used.js'
import { selectTables } from './select-tables.js'
import { spellKeys } from './spell-keys.js'
import type { Decision, Plan, PlannedTable, ProfileAnswer } from './types.js'

export interface PlanInput {
  readonly catalog: SourceCatalog
  readonly config: Config
  /** To `profileQuestions` of the same catalog and config. What is not answered is cast to the type that holds everything. */
  readonly answers: readonly ProfileAnswer[]
  readonly features: TargetFeatures
  /** Of an earlier version: these stay, whatever the answers say. */
  readonly kept?: readonly Decision[]
}

/**
 * Decides everything about the target before anything is made. The same input gives the same plan. Never throws for
 * what a user's schema or rules hold: that is a finding, and a plan with a blocking one is shown and not run.
 */
export function buildPlan({ catalog, config, answers, features, kept = [] }: PlanInput): Plan {
  const notes = new Notes()
  const selected = selectTables(catalog, config.tables)
  const tables = spellKeys(selected.tables, catalog.database)
  notes.findings.push(...selected.findings)
  const decisions = keeping(decide(answers, countersOf(catalog)), kept)
  checkRules(tables, config.casts, notes)
  const columns = castTables(tables, config, decisions, features, notes)
  const planned = planTables(tables, columns, catalog.database, config.target.schema, notes)
  leaveObjects(catalog, tables, config, notes)
  leaveCollations(tables, notes)
  const { product, version } = catalog.server
  return {
    format: 1,
    migration: config.migration,
    source: { connection: config.source.connection, database: catalog.database, product, version },
    target: config.target,
    limits: config.limits,
    tables: planned,
    decisions,
    notCarried: notes.notCarried,
    findings: notes.findings,
  }
}

type ColumnsOf = ReadonlyMap<string, readonly CastedColumn[]>

function castTables(
  tables: readonly SourceTable[],
  config: Config,
  decisions: readonly Decision[],
  features: TargetFeatures,
  notes: Notes,
): ColumnsOf {
  const decided = new Map<string, Decision[]>()
  for (const decision of decisions) decided.set(decision.table, [...(decided.get(decision.table) ?? []), decision])
  const alone: CastedColumn[] = tables.flatMap((table) => {
    return table.columns.map((column) => {
      const cast = castColumn(column, table.name, config.casts, decided.get(table.name) ?? [], features)
      return { ...cast, table: table.name, column, enumOf: `${table.name}.${column.name}` }
    })
  })
  const linked = unifyLinked(alone, tables, features)
  // A column that changed its type for a foreign key's sake no longer has what was said about its own.
  const changed = new Set(linked.findings.filter((f) => f.name === 'linked-type').map((f) => f.subject))
  for (const casted of linked.columns) {
    const blocking = casted.findings.filter((f) => f.severity === 'blocking')
    notes.findings.push(...(changed.has(subjectOf(casted)) ? blocking : casted.findings))
  }
  notes.findings.push(...linked.findings)
  const columnsOf = new Map<string, CastedColumn[]>(tables.map(({ name }) => [name, []]))
  for (const casted of linked.columns) columnsOf.get(casted.table)?.push(casted)
  return columnsOf
}

function planTables(
  tables: readonly SourceTable[],
  columnsOf: ColumnsOf,
  database: string,
  schema: string,
  notes: Notes,
): PlannedTable[] {
  const space = reserveNames(tables, notes)
  const own = (table: SourceTable): readonly CastedColumn[] => columnsOf.get(table.name) ?? []
  // Keys before types and other indexes: `orders_pkey` is what people expect.
  const enums = nameEnums(tables.flatMap(own), space)
  const indexes = new Map(tables.map((table) => [table.name, planIndexes(table, own(table), space, notes)]))
  return tables.map((table, ordinal) => {
    const columns = own(table)
    const checks = planChecks(columns)
    const { primaryKey, indexes: others } = indexes.get(table.name)!
    return {
      ordinal,
      source: table.name,
      target: targetName(table.name),
      comment: carryComment(table.comment, table.name, table.name, notes),
      columns: planColumns(table, columns, enums, schema, notes),
      key: chunkKey(table, notes),
      primaryKey,
      indexes: others,
      foreignKeys: planForeignKeys(table, checks, { database, indexes }, notes),
      enums: planEnums(columns, enums),
      checks,
      identity: planIdentity(table, columns, notes),
      estimatedRows: table.estimatedRows,
      estimatedBytes: table.estimatedBytes,
    }
  })
}

function chunkKey(table: SourceTable, notes: Notes): PlannedTable['key'] {
  const key = chooseChunkKey(table)
  if (!key) {
    const message = table.indexes.some((index) => index.unique)
      ? 'no unique key of NOT NULL columns begins with a column that can cut the table into chunks'
      : 'the table has no primary key and no unique key'
    notes.say(
      'info',
      'no-chunk-key',
      table.name,
      `${message}: it is one chunk, and starts again when it is interrupted`,
      'nothing, or a primary key in the source',
    )
  }
  return key
}
