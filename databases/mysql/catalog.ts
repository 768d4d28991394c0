import type { SourceCatalog, SourceColumn, SourceObject, SourceTable } from '../../core/catalog.js'
import { isPeriodColumn, readColumn } from './catalog-columns.js'
import { jsonAliases, readChecks, readPartitioning, readVersioning } from './catalog-extras.js'
import { readIndexes } from './catalog-indexes.js'
import { readForeignKeys } from './catalog-keys.js'
import { readOthers, showCreate } from './catalog-others.js'
import { readCatalogRows, type CatalogRows } from './catalog-queries.js'
import { exactDefaults } from './exact-defaults.js'
import { groupBy, type TextRow } from './query.js'
import type { Sessions } from './sessions.js'

const TABLE_TYPES = new Set(['BASE TABLE', 'SYSTEM VERSIONED'])

/** A table that its engine cannot open: crashed, orphaned, or of an engine that is not loaded. */
const isUnreadable = (table: TextRow): boolean => TABLE_TYPES.has(table.table_type ?? '') && table.engine == null

/**
 * The source's schema. Reads information_schema in a fixed number of queries, then SHOW CREATE for what needs it.
 * A table that cannot be opened stands among the `others`, with the server's reason as its definition.
 */
export async function readCatalog(sessions: Sessions, signal?: AbortSignal): Promise<SourceCatalog> {
  const rows = await readCatalogRows(sessions, signal)
  const bare = rows.tables.filter((table) => TABLE_TYPES.has(table.table_type ?? '') && !isUnreadable(table))
  return await sessions.withSession(async (session) => {
    const defaults = await exactDefaults(session, bare, rows)
    const partitioned = new Map<string, SourceObject[]>()
    for (const table of bare.filter((one) => /\bpartitioned\b/i.test(one.create_options ?? ''))) {
      const name = table.table_name ?? ''
      partitioned.set(name, readPartitioning(name, await showCreate(session, 'TABLE', name)))
    }
    const others = await readOthers(session, rows)
    return {
      server: { product: rows.server.product, version: rows.server.version },
      database: rows.database,
      tables: assemble(bare, rows, defaults, partitioned),
      others: [...others, ...rows.tables.filter(isUnreadable).map(unreadable)],
    }
  }, signal)
}

const unreadable = (table: TextRow): SourceObject => ({
  kind: 'table',
  name: table.table_name ?? '',
  table: null,
  definition: table.table_comment ?? '',
})

function assemble(
  tables: readonly TextRow[],
  rows: CatalogRows,
  defaults: ReadonlyMap<string, string>,
  partitioned: ReadonlyMap<string, readonly SourceObject[]>,
): SourceTable[] {
  const columns = groupBy(rows.columns, 'table_name')
  const statistics = groupBy(rows.statistics, 'table_name')
  const keyColumns = groupBy(rows.keyColumns, 'table_name')
  const rules = groupBy(rows.rules, 'table_name')
  const checks = groupBy(rows.checks, 'table_name')
  const ids = new Map(rows.tableIds.map(({ name, id }) => [name, id]))
  return tables
    .map((row) => {
      const name = row.table_name ?? ''
      const all = (columns.get(name) ?? []).toSorted((a, b) => Number(a.ordinal_position) - Number(b.ordinal_position))
      const period = new Set(all.filter(isPeriodColumn).map((column) => column.column_name))
      const ownChecks = checks.get(name) ?? []
      const aliases = jsonAliases(ownChecks, rows)
      const own = readColumns(name, all, rows, aliases, defaults)
      return {
        ...readFacts(row),
        made: [row.create_time, ids.get(name)].filter(Boolean).join(' '),
        columns: own,
        indexes: readIndexes((statistics.get(name) ?? []).filter((part) => !period.has(part.column_name ?? null))),
        foreignKeys: readForeignKeys(keyColumns.get(name) ?? [], rules.get(name) ?? []),
        nextIdentity: own.some((column) => column.autoIncrement) ? (row.auto_increment ?? '1') : null,
        extras: [
          ...readChecks(name, ownChecks, aliases),
          ...(partitioned.get(name) ?? []),
          ...readVersioning(name, row.table_type ?? null, all),
        ],
      }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

const readFacts = (row: TextRow) => ({
  name: row.table_name ?? '',
  comment: row.table_comment ?? '',
  engine: row.engine ?? '',
  estimatedRows: Number(row.table_rows ?? 0),
  estimatedBytes: Number(row.data_length ?? 0),
})

const readColumns = (
  table: string,
  columns: readonly TextRow[],
  rows: CatalogRows,
  aliases: ReadonlySet<string>,
  defaults: ReadonlyMap<string, string>,
): SourceColumn[] =>
  columns
    .filter((column) => !isPeriodColumn(column))
    .map((column) => {
      const name = column.column_name ?? ''
      const exactDefault = defaults.get(`${table}\n${name}`) ?? null
      return readColumn(column, rows.server, { jsonAlias: aliases.has(name), exactDefault })
    })
