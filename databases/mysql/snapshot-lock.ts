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
  /**
   * What it waits for, as tried on MariaDB 10.11 and MySQL 9.7. `commits`: only those that are on their way. `statements`:
   * every one that uses a table, on MySQL a SELECT too, but no idle transaction. `writers`: transactions that wrote
   * to its tables, idle and prepared ones too, but no SELECT.
   */
  readonly waitsFor: 'commits' | 'statements' | 'writers'
}

/**
 * The shortest first. What waits behind BACKUP STAGE is commits alone. FLUSH TABLES WITH READ LOCK makes all writers wait
 * while it does; and on MySQL a table that a SELECT uses stays closed to everybody, readers too, until that SELECT ends,
 * also when the lock was given up long ago. So an account that cannot see SELECTs (`isBlind`) takes the lock of tables
 * first there. That one needs no right on the whole server, and keeps only writers of these tables away; but a
 * transaction that wrote to one of them and comes to the next may be chosen as the victim of a deadlock.
 */
export function locksOf(server: Server, tables: readonly string[], isBlind = false): Lock[] {
  const stages: Lock = {
    name: 'BACKUP STAGE',
    // From FLUSH on nobody writes to tables without transactions, from BLOCK_DDL on nobody makes, drops or alters one.
    before: ['BACKUP STAGE START', 'BACKUP STAGE FLUSH', 'BACKUP STAGE BLOCK_DDL'],
    take: ['BACKUP STAGE BLOCK_COMMIT'],
    release: 'BACKUP STAGE END',
    waitsFor: 'commits',
  }
  const all: Lock = {
    name: 'FLUSH TABLES WITH READ LOCK',
    before: [],
    take: ['FLUSH TABLES WITH READ LOCK'],
    release: 'UNLOCK TABLES',
    waitsFor: 'statements',
  }
  const some: Lock = {
    name: 'LOCK TABLES',
    before: [],
    take: [lockTables(tables)],
    release: 'UNLOCK TABLES',
    waitsFor: 'writers',
  }
  const hasStages = isMariaDb(server) && isAtLeast(server, 10, 4, 1)
  const ofTables = tables.length > 0 ? [some] : []
  if (hasStages) return [stages, all, ...ofTables]
  return isBlind ? [...ofTables, all] : [all, ...ofTables]
}

export const lockTables = (tables: readonly string[]): string =>
  `LOCK TABLES ${tables.map((table) => `${quoteName(table)} READ`).join(', ')}`

export async function sayAll(session: Session, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await queryText(session.raw, statement)
}

/** Access denied to a database, to a table, to a column, for want of a privilege. */
const DENIED = new Set([1044, 1142, 1143, 1227])

export const isDenied = (error: unknown): boolean => DENIED.has((error as { readonly errno?: number }).errno ?? 0)

/** The lock that an account with these rights would take, as far as its grants say; null: none. */
export const lockFor = (grants: Grants, server: Server, isBlind = false): Lock | null =>
  locksOf(server, ['any'], isBlind).find(({ name }) => mayTake(name, grants, server)) ?? null

function mayTake(name: Lock['name'], { onServer, onDatabase }: Grants, server: Server): boolean {
  if (name === 'LOCK TABLES') return onDatabase.has('LOCK TABLES') || onDatabase.has('ALL PRIVILEGES')
  const rights = ['RELOAD', 'ALL PRIVILEGES', 'SUPER', ...(isMariaDb(server) ? [] : ['FLUSH_TABLES'])]
  return rights.some((right) => onServer.has(right))
}

/** What a person does who wants a snapshot: the shorter lock first. */
export const lockRemedy = (database: string, account: string): string =>
  `GRANT RELOAD, PROCESS ON *.* TO ${account}, or GRANT LOCK TABLES ON ${quoteName(database)}.* TO ${account} (a longer lock)`
