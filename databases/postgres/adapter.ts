import type { LedgerPort } from '../../core/ledger.js'
import type { TargetPort } from '../../core/ports.js'
import { checkTarget } from './check.js'
import { compareSchema } from './compare-schema.js'
import { aboutConnection, openPool } from './connect.js'
import { addForeignKeys, validateForeignKeys } from './constraints.js'
import { setIdentity } from './counters.js'
import { ensureDatabase } from './database.js'
import { toFailure, type ErrorContext } from './errors.js'
import { readFeatures } from './features.js'
import { applicationFacts } from './fitness/application.js'
import { databaseFacts } from './fitness/database.js'
import { serverFacts } from './fitness/server.js'
import { identify } from './identity.js'
import { buildIndex, buildPrimaryKey } from './indexes.js'
import { rangeWhere } from './key-range.js'
import { createLedger } from './ledger/index.js'
import { loadChunk } from './load.js'
import { pagesOf, readRows } from './read.js'
import { openRepair } from './repair.js'
import { buildSchema } from './schema.js'
import type { Target } from './target.js'
import { parseUrl } from './url.js'
import { countRows, vacuumTable } from './vacuum.js'
import { witnessRange } from './witness.js'

/**
 * A PostgreSQL target. `database` null: the one of the URL. Throws `connection-unknown` for a URL that it cannot
 * read; connects when it is first used.
 */
export function openPostgresTarget(url: string, connection: string, database: string | null): TargetPort {
  const parsed = parseUrl(url, connection)
  const address = database === null ? parsed : { ...parsed, database }
  const about = aboutConnection(address, connection)
  const pool = openPool(address, connection)
  const ledger = failing(createLedger(pool), about)
  const target: Target = { address, pool, about, ledger }
  const port: Omit<TargetPort, 'ledger' | 'close'> = {
    check: (migration, schema, what) => checkTarget(target, migration, schema, what),
    identify: () => identify(target),
    features: () => readFeatures(target),
    ensureDatabase: () => ensureDatabase(target),
    buildSchema: (plan, run, signal, only) => buildSchema(target, plan, run, signal, only),
    load: (plan, table, claim, signal) => loadChunk(target, plan, table, claim, signal),
    buildPrimaryKey: (plan, table, signal) => buildPrimaryKey(target, plan, table, signal),
    buildIndex: (plan, table, index, signal) => buildIndex(target, plan, table, index, signal),
    addForeignKeys: (plan, table, signal) => addForeignKeys(target, plan, table, signal),
    validateForeignKeys: (plan, table, signal) => validateForeignKeys(target, plan, table, signal),
    setIdentity: (plan, table, next) => setIdentity(target, plan, table, next),
    vacuum: (plan, table, signal) => vacuumTable(target, plan, table, signal),
    read: (plan, table, part, sink, options) => readRows(target, plan, table, part, sink, options),
    pages: (plan, table) => pagesOf(target, plan, table),
    witness: (plan, table, range, signal) => witnessRange(target, plan, table, range, signal),
    rangeSql: (table, range) => rangeWhere(table, range),
    compareSchema: (plan) => compareSchema(target, plan),
    repair: (plan, table, request, signal) => openRepair(target, plan, table, request, signal),
    count: (plan, table, signal) => countRows(target, plan, table, signal),
    serverFacts: (signal) => serverFacts(target, signal),
    databaseFacts: (signal) => databaseFacts(target, signal),
    applicationFacts: (schema, tables, signal) => applicationFacts(target, schema, tables, signal),
  }
  let closed: Promise<void> | null = null
  return { ledger, ...port, close: () => (closed ??= pool.end()) }
}

/** The ledger speaks plain SQL; its callers get `Failure` like everybody else. */
function failing(ledger: LedgerPort, about: ErrorContext): LedgerPort {
  const methods = Object.entries(ledger).map(([name, method]) => [
    name,
    async (...args: unknown[]) => {
      try {
        return await (method as (...args: unknown[]) => Promise<unknown>)(...args)
      } catch (error) {
        throw toFailure(error, { ...about, doing: 'ledger' })
      }
    },
  ])
  return Object.fromEntries(methods) as LedgerPort
}
