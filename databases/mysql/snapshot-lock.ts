import type { Session } from './connect.js'
import type { Grants } from './grants.js'
import { queryText } from './query.js'
import { quoteName } from './range.js'
import { isAtLeast, isMariaDb, type Server } from './server.js'

/** A way to keep all commits away for a moment, shortest first. */
export interface Lock {
  readonly name: 'BACKUP STAGE' | 'FLUSH TABLES WITH READ LOCK' | 'LOCK TABLES'
  /** Statements that no writer waits for, then those that make writers wait. */
  readonly before: readonly string[]
  readonly take: readonly string[]
  readonly release: string
  /** Whether it waits for every query that reads, and all writers behind it: not to be asked for while a long one runs. */
  readonly waitsForReaders: boolean
}

/**
 * BACKUP STAGE waits for no reader, and what waits behind it is commits alone. The lock of tables needs no right on the
 * whole server, and keeps only writers of these tables away.
 */
export function locksOf(server: Server, tables: readonly string[]): Lock[] {
  const stages: Lock = {
    name: 'BACKUP STAGE',
    // From FLUSH on nobody writes to tables without transactions, from BLOCK_DDL on nobody makes, drops or alters one.
    before: ['BACKUP STAGE START', 'BACKUP STAGE FLUSH', 'BACKUP STAGE BLOCK_DDL'],
    take: ['BACKUP STAGE BLOCK_COMMIT'],
    release: 'BACKUP STAGE END',
    waitsForReaders: false,
  }
  const all: Lock = {
    name: 'FLUSH TABLES WITH READ LOCK',
    before: [],
    take: ['FLUSH TABLES WITH READ LOCK'],
    release: 'UNLOCK TABLES',
    waitsForReaders: true,
  }
  const some: Lock = {
    name: 'LOCK TABLES',
    before: [],
    take: [lockTables(tables)],
    release: 'UNLOCK TABLES',
    waitsForReaders: true,
  }
  const hasStages = isMariaDb(server) && isAtLeast(server, 10, 4, 1)
  return [...(hasStages ? [stages] : []), all, ...(tables.length > 0 ? [some] : [])]
}

export const lockTables = (tables: readonly string[]): string =>
  `LOCK TABLES ${tables.map((table) => `${quoteName(table)} READ`).join(', ')}`

export async function sayAll(session: Session, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await queryText(session.raw, statement)
}

/** Access denied to a database, to a table, to a column, for want of a privilege. */
const DENIED = new Set([1044, 1142, 1143, 1227])

export const isDenied = (error: unknown): boolean => DENIED.has((error as { readonly errno?: number }).errno ?? 0)

/** Whether an account with these rights may take any of the locks, as far as its grants say. */
export const mayLock = (grants: Grants, server: Server): boolean =>
  ['RELOAD', 'ALL PRIVILEGES', 'SUPER', ...(isMariaDb(server) ? [] : ['FLUSH_TABLES'])].some((right) =>
    grants.onServer.has(right),
  ) ||
  grants.onDatabase.has('LOCK TABLES') ||
  grants.onDatabase.has('ALL PRIVILEGES')

/** What a person does who wants a snapshot: the shorter lock first. */
export const lockRemedy = (database: string, account: string): string =>
  `GRANT RELOAD, PROCESS ON *.* TO ${account}, or GRANT LOCK TABLES ON ${quoteName(database)}.* TO ${account} (a longer lock)`
