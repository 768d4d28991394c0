import type { SourceCatalog, SourceColumn, SourceTable } from '../../core/catalog.js'
import { chooseChunkKey } from '../../core/plan/chunk-key.js'
import type { PlannedColumn, PlannedIndex, PlannedTable } from '../../core/plan/types.js'
import type { SourcePort } from '../../core/ports.js'
import { openMysqlSource } from '../../databases/mysql/adapter.js'
import { onMysql, withMysqlDatabase } from './servers.js'

/** What a test of the source adapter gets: the port, and plain SQL beside it. */
export interface SourceUnderTest {
  readonly source: SourcePort
  readonly database: string
  readonly url: string
  /** Which syntax this server has. */
  readonly isMariaDb: boolean
  sql(statements: string): Promise<Record<string, unknown>[]>
}

/** Makes a database, runs `statements` in it, hands its source port over, and drops it whatever happens. */
export async function withSource<T>(
  statements: string | ((isMariaDb: boolean) => string),
  use: (test: SourceUnderTest) => Promise<T>,
): Promise<T> {
  return await withMysqlDatabase(async (database, url) => {
    const source = openMysqlSource(url, 'test-mysql')
    try {
      const isMariaDb = (await source.identify()).product === 'MariaDB'
      const sql = (text: string) => onMysql(url, text)
      const text = typeof statements === 'string' ? statements : statements(isMariaDb)
      if (text.trim() !== '') await sql(text)
      return await use({ source, database, url, isMariaDb, sql })
    } finally {
      await source.close()
    }
  }, 'source')
}

export function tableNamed(catalog: SourceCatalog, name: string): SourceTable {
  const table = catalog.tables.find((one) => one.name === name)
  if (!table) throw new Error(`the catalog has no table ${name}, only ${catalog.tables.map((t) => t.name).join(', ')}`)
  return table
}

export function columnNamed(table: SourceTable, name: string): SourceColumn {
  const column = table.columns.find((one) => one.name === name)
  if (!column) throw new Error(`${table.name} has no column ${name}`)
  return column
}

/** The table as a plan would have it: its real chunk key, every column as text. */
export function planned(table: SourceTable): PlannedTable {
  const primary = table.indexes.find((index) => index.primary)
  return {
    ordinal: 0,
    source: table.name,
    target: table.name,
    comment: '',
    columns: table.columns.map(plannedColumn),
    key: chooseChunkKey(table),
    primaryKey: primary ? plannedIndex(primary) : null,
    indexes: table.indexes.filter((index) => !index.primary).map(plannedIndex),
    foreignKeys: [],
    enums: [],
    checks: [],
    identity: null,
    estimatedRows: table.estimatedRows,
    estimatedBytes: table.estimatedBytes,
  }
}

const plannedColumn = ({ name, type }: SourceColumn): PlannedColumn => ({
  source: name,
  target: name,
  cast: { rule: 'house', from: type.declared, to: 'text', encoding: { as: 'text', charset: 'utf8mb4' } },
  notNull: true,
  default: null,
  comment: '',
})

const plannedIndex = (index: SourceTable['indexes'][number]): PlannedIndex => ({
  source: index.name,
  target: index.name,
  unique: index.unique,
  columns: index.columns.map((part) => ({ column: part.column ?? '', descending: part.descending })),
  comment: '',
})
