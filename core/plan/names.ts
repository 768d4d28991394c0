import type { SourceTable } from '../catalog.js'
import { fitName, NameSpace, sequenceName, SYSTEM_COLUMNS, targetName } from '../names-of-objects.js'
import type { Notes } from './notes.js'

/** PostgreSQL's limit; fewer may be filled at once, which only the rows can tell. */
const MAX_COLUMNS = 1600

const INSTEAD = 'rename one in the source, or take the other out with tables.exclude'

/**
 * Gives tables their names, which are theirs whatever comes later, and keeps room for primary keys and sequences.
 * What cannot be named is a blocking finding: before any DDL, and all of it at once.
 */
export function reserveNames(tables: readonly SourceTable[], notes: Notes): NameSpace {
  const space = new NameSpace()
  for (const { name } of tables) {
    const other = space.reserve(targetName(name), name)
    if (other !== null) {
      notes.say('blocking', 'names-collide', name, `${other} and ${name} both become ${targetName(name)}`, INSTEAD)
    }
    tellCut(name, name, notes)
  }
  for (const table of tables) {
    checkColumns(table, notes)
    const counter = table.columns.find((column) => column.autoIncrement)
    if (counter) space.reserve(sequenceName(targetName(table.name), targetName(counter.name)), `sequence ${table.name}`)
  }
  return space
}

function checkColumns(table: SourceTable, notes: Notes): void {
  const seen = new Map<string, string>()
  for (const { name } of table.columns) {
    const subject = `${table.name}.${name}`
    const target = targetName(name)
    const other = seen.get(target)
    if (other !== undefined) {
      notes.say(
        'blocking',
        'names-collide',
        subject,
        `${other} and ${name} both become ${target}`,
        'rename one in the source',
      )
    }
    if (SYSTEM_COLUMNS.includes(target)) {
      const message = `every table of PostgreSQL has a column ${target} of its own`
      notes.say('blocking', 'name-of-the-system', subject, message, 'rename it in the source, or exclude the table')
    }
    seen.set(target, name)
    tellCut(name, subject, notes)
  }
  if (table.columns.length > MAX_COLUMNS) {
    const message = `${table.columns.length} columns, and PostgreSQL takes ${MAX_COLUMNS}`
    notes.say('blocking', 'too-many-columns', table.name, message, 'exclude the table, or split it in the source')
  }
}

function tellCut(name: string, subject: string, notes: Notes): void {
  const lower = name.toLowerCase()
  if (fitName(lower) === lower) return
  const message = `the name is longer than PostgreSQL's 63 bytes and becomes ${fitName(lower)}`
  notes.say('warning', 'name-cut', subject, message, 'use that name in queries, or shorten it in the source')
}
