import type { TextRow } from './query.js'

/** What an account may do in one database, as SHOW GRANTS says (rights by its active roles are part of that). */
export interface Grants {
  /** Privileges on everything or on the whole database, in capitals; `ALL PRIVILEGES` stands for each. */
  readonly onDatabase: ReadonlySet<string>
  /** Those on everything alone: what is about the server itself (RELOAD, PROCESS) is among these or not there. */
  readonly onServer: ReadonlySet<string>
  /** Privileges on single tables, by table. Those on some columns only are not among them. */
  readonly onTables: ReadonlyMap<string, ReadonlySet<string>>
}

/** Scope in backticks, quotes or bare: `*.*`, `shop`.*, `shop`.`orders`. */
const LINE = /^(GRANT|REVOKE) (.+?) ON (?:TABLE )?(\*|`(?:[^`]|``)+`)\.(\*|`(?:[^`]|``)+`) (?:TO|FROM) /

/** Reads SHOW GRANTS. Lines that are about something else (roles, proxies, routines) are passed over. */
export function readGrants(rows: readonly TextRow[], database: string): Grants {
  const onDatabase = new Set<string>()
  const onServer = new Set<string>()
  const revoked = new Set<string>()
  const onTables = new Map<string, Set<string>>()
  for (const row of rows) {
    const match = LINE.exec(Object.values(row)[0] ?? '')
    if (!match) continue
    const [, verb, list = '', schema = '', table = ''] = match
    if (schema !== '*' && !matches(unquoted(schema), database)) continue
    const privileges = wholePrivileges(list)
    if (table !== '*') onTables.set(unquoted(table), new Set([...(onTables.get(unquoted(table)) ?? []), ...privileges]))
    else if (schema === '*' && verb === 'GRANT') for (const one of privileges) onServer.add(one)
    if (table !== '*') continue
    // MySQL's partial revokes take back in one database what was granted on all.
    for (const one of privileges) (verb === 'GRANT' ? onDatabase : revoked).add(one)
  }
  for (const one of revoked) onDatabase.delete(one)
  return { onDatabase, onServer, onTables }
}

export const mayOnDatabase = (grants: Grants, privilege: string): boolean =>
  grants.onDatabase.has(privilege) || grants.onDatabase.has('ALL PRIVILEGES')

export const mayOnTable = (grants: Grants, table: string, privilege: string): boolean => {
  const own = grants.onTables.get(table)
  return mayOnDatabase(grants, privilege) || own?.has(privilege) === true || own?.has('ALL PRIVILEGES') === true
}

/** `SELECT, INSERT (a, b)` is SELECT alone: a right on some columns is none on the table. */
const wholePrivileges = (list: string): string[] =>
  list
    .replace(/[A-Z ]+\((?:[^()`]|`(?:[^`]|``)*`)*\)/g, '')
    .split(',')
    .map((one) => one.trim().toUpperCase())
    .filter((one) => one !== '')

const unquoted = (name: string): string => (name === '*' ? name : name.slice(1, -1).replaceAll('``', '`'))

/** A database in a grant is a pattern: `_` and `%` stand for characters unless a backslash precedes them. */
function matches(pattern: string, database: string): boolean {
  const expression = pattern.replace(/\\[_%]|[_%]|[^_%]/gs, (part) => {
    if (part === '_') return '.'
    if (part === '%') return '.*'
    return (part.length > 1 ? part.slice(1) : part).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  })
  return new RegExp(`^${expression}$`, 's').test(database)
}
