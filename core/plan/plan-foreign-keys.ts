import type { SourceForeignKey, SourceTable } from '../catalog.js'
import { fitName, targetName } from '../names-of-objects.js'
import { shortHash } from '../text.js'
import { isLoose } from './collations.js'
import type { Notes } from './notes.js'
import type { PlannedIndexes } from './plan-indexes.js'
import type { PlannedCheck, PlannedForeignKey } from './types.js'

/** What a foreign key needs to know about the rest of the plan. */
export interface KeyPlanning {
  readonly database: string
  /** Of every table of the plan. */
  readonly indexes: ReadonlyMap<string, PlannedIndexes>
}

export function planForeignKeys(
  table: SourceTable,
  checks: readonly PlannedCheck[],
  planning: KeyPlanning,
  notes: Notes,
): PlannedForeignKey[] {
  // Constraints of one table share a name space of their own.
  const taken = new Set([planning.indexes.get(table.name)?.primaryKey?.target, ...checks.map((check) => check.name)])
  return table.foreignKeys.flatMap((key) => {
    const reason = whyNot(key, planning)
    if (reason !== null) {
      notes.leave('foreign-key', key.name, table.name, reason, originalOf(key))
      return []
    }
    tellCollation(table, key, notes)
    const plain = fitName(key.name.toLowerCase())
    const name = taken.has(plain) ? fitName(`${plain}_fkey_${shortHash(key.name)}`) : plain
    taken.add(name)
    return [
      {
        source: key.name,
        target: name,
        columns: key.columns.map(targetName),
        referencedTable: targetName(key.referencedTable),
        referencedColumns: key.referencedColumns.map(targetName),
        onUpdate: key.onUpdate,
        onDelete: key.onDelete,
      },
    ]
  })
}

function whyNot(key: SourceForeignKey, { database, indexes }: KeyPlanning): string | null {
  if (key.referencedDatabase !== database) return `it leads to another database, ${key.referencedDatabase}`
  const there = indexes.get(key.referencedTable)
  if (!there) return `${key.referencedTable} is not part of the plan`
  const wanted = key.referencedColumns.map(targetName).sort().join('\0')
  const unique = [there.primaryKey, ...there.indexes].some(
    (index) =>
      index?.unique &&
      index.columns
        .map((part) => part.column)
        .sort()
        .join('\0') === wanted,
  )
  if (unique) return null
  const columns = key.referencedColumns.join(', ')
  return `PostgreSQL wants a unique key on exactly (${columns}) of ${key.referencedTable}, the source does not`
}

const originalOf = (key: SourceForeignKey): string => {
  const list = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ')
  const there = `\`${key.referencedDatabase}\`.\`${key.referencedTable}\` (${list(key.referencedColumns)})`
  return `FOREIGN KEY \`${key.name}\` (${list(key.columns)}) REFERENCES ${there} ON UPDATE ${key.onUpdate} ON DELETE ${key.onDelete}`
}

function tellCollation(table: SourceTable, key: SourceForeignKey, notes: Notes): void {
  const loose = table.columns.filter(
    ({ name, type }) => key.columns.includes(name) && type.labels.length === 0 && isLoose(type),
  )
  if (!loose.length) return
  notes.say(
    'info',
    'foreign-key-by-collation',
    `${table.name}.${key.name}`,
    `the source compares ${loose.map(({ name }) => name).join(', ')} by ${loose[0]!.type.collation}, PostgreSQL exactly`,
    'nothing, unless the key is refused: then spell the referring rows as the referenced ones in the source',
  )
}
