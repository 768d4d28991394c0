import type { SourceCatalog, SourceObject, SourceTable } from '../catalog.js'
import type { Config } from '../config/types.js'
import { isLoose } from './collations.js'
import type { Notes } from './notes.js'
import { isTaken } from './select-tables.js'

const REASONS: Readonly<Record<SourceObject['kind'], string>> = {
  view: 'views are not translated yet',
  trigger: 'triggers are not translated yet',
  routine: 'procedures and functions are not translated yet',
  event: 'events are not carried: PostgreSQL has no scheduler of its own',
  sequence: 'sequences that belong to no column are not carried yet',
  check: 'expressions of the source are not translated yet',
  partitioning: 'the rows are carried into one plain table',
  table: 'it is not carried',
}

const HIDDEN = '(the account may not see its text)'

/** Objects of the source that are no tables, and what belongs to the chosen tables beside columns and keys. */
export function leaveObjects(
  catalog: SourceCatalog,
  tables: readonly SourceTable[],
  config: Config,
  notes: Notes,
): void {
  const names = new Set(tables.map((table) => table.name))
  const leave = ({ kind, name, table, definition }: SourceObject): void =>
    notes.leave(kind, name, table, REASONS[kind], definition || HIDDEN)
  for (const other of catalog.others) {
    // What belongs to a table that nobody asked for is no loss.
    if (other.table !== null && !names.has(other.table)) continue
    if (other.kind === 'table' && !isTaken(other.name, config.tables)) continue
    leave(other)
    if (other.kind === 'table') tellUnreadable(other, notes)
  }
  for (const table of tables) for (const extra of table.extras) leave(extra)
}

/** A table that the source itself cannot open is asked for, and its rows will be missing: no run may call that complete. */
function tellUnreadable(table: SourceObject, notes: Notes): void {
  const why = table.definition ? `: ${table.definition}` : ''
  const remedy = `mend it in the source, or leave it with tables.exclude: [${table.name}]`
  notes.say('blocking', 'table-unreadable', table.name, `the source cannot open this table${why}`, remedy)
}

/** One entry for each collation that makes different texts equal: by column it would drown everything else. */
export function leaveCollations(tables: readonly SourceTable[], notes: Notes): void {
  const columns = new Map<string, number>()
  for (const { type } of tables.flatMap((table) => table.columns)) {
    if (type.labels.length || !isLoose(type)) continue
    columns.set(type.collation!, (columns.get(type.collation!) ?? 0) + 1)
  }
  for (const [collation, count] of [...columns].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const reason = `${count} ${count === 1 ? 'column compares and sorts' : 'columns compare and sort'} by the target database's own collation, where case and accents count`
    notes.leave('collation', collation, null, reason, `COLLATE ${collation}`)
  }
}
