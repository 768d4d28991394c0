import type pg from 'pg'
import { Failure } from '../../../core/failure.js'
import type { MemoryPort } from '../../../core/memory.js'
import { aboutConnection, openPool } from '../connect.js'
import { ensureDatabase } from '../database.js'
import { codeOf, toFailure, type ErrorContext } from '../errors.js'
import { migrateLedger } from '../ledger/open.js'
import { inTransaction } from '../ledger/query.js'
import { parseUrl } from '../url.js'
import { readAudit, writeAudit } from './audit.js'
import { listWaivers, readFitness, removeWaiver, saveFitness, saveWaiver } from './fitness.js'
import { migrateTables, openTables } from './open.js'
import { readMemory, removeRows } from './remove.js'
import { listRuns, readBefore, readRun, saveRun } from './runs.js'
import { readTableRuns } from './tables.js'
import { readTrend } from './trend.js'
import { latestVersion, listVersions, readVersion, saveVersion } from './versions.js'

/** Few questions at a time, between runs. */
const SESSIONS = 4

/**
 * The memory of one migration's runs in schema `nightferry` of this database, null: the one of the URL. `open` makes the
 * database where it is not there. Before that, what is read is nothing, and nothing can be written. Connects when it is
 * first used; throws `connection-unknown` for a URL that it cannot read.
 */
export function openMemory(url: string, connection: string, database: string | null, migration: string): MemoryPort {
  const parsed = parseUrl(url, connection)
  const address = database === null ? parsed : { ...parsed, database }
  const about = aboutConnection(address, connection)
  const pool = openPool(address, connection, SESSIONS)
  let closed: Promise<void> | null = null
  return {
    ...asFailures(
      methodsOf(pool, migration, () => ensureDatabase({ address, about, pool })),
      about,
    ),
    close: () => (closed ??= pool.end()),
  }
}

type Methods = Omit<MemoryPort, 'close'>

function methodsOf(pool: pg.Pool, migration: string, ensure: () => Promise<boolean>): Methods {
  const look = lookOnce(pool, migration)
  const read = async <T>(work: () => Promise<T>, none: T): Promise<T> => {
    if (!(await look())) return none
    try {
      return await work()
    } catch (error) {
      // It was there, and somebody has cleaned since.
      if (NOT_THERE.has(codeOf(error))) return none
      throw error
    }
  }
  const write = async <T>(work: () => Promise<T>): Promise<T> => {
    await look()
    return await work()
  }
  return {
    open: async () => {
      await ensure()
      // What is taken over from a ledger of older code must have this code's columns.
      await migrateLedger(pool)
      await openTables(pool, migration)
    },
    saveVersion: (version) => write(() => saveVersion(pool, migration, version)),
    version: (number) => write(() => readVersion(pool, migration, number)),
    latestVersion: () => read(() => latestVersion(pool, migration), null),
    versions: (most) => read(() => listVersions(pool, migration, most), []),
    audit: (entry) => write(() => writeAudit(pool, migration, entry)),
    auditTrail: (most) => read(() => readAudit(pool, migration, most), []),
    saveRun: (memory) => write(() => saveRun(pool, migration, memory)),
    run: (run) => read(() => readRun(pool, migration, run), null),
    runs: (most) => read(() => listRuns(pool, migration, most), []),
    before: (run) => read(() => readBefore(pool, migration, run), null),
    inventory: () => read(() => readMemory(pool, migration), null),
    remove: () => read(() => inTransaction(pool, (client) => removeRows(client, migration)), undefined),
    tableRuns: (table, most) => read(() => readTableRuns(pool, migration, table, most), []),
    trend: (most, table) => read(() => readTrend(pool, migration, most, table), []),
    saveFitness: (fitness) => write(() => inTransaction(pool, (client) => saveFitness(client, migration, fitness))),
    fitness: () => read(() => readFitness(pool, migration), null),
    saveWaiver: (waiver) => write(() => saveWaiver(pool, migration, waiver)),
    removeWaiver: (check, at) => write(() => removeWaiver(pool, migration, check, at)),
    waivers: () => read(() => listWaivers(pool, migration), []),
  }
}

/** Whether there is a memory, at this code's version: asked until there is one. */
function lookOnce(pool: pg.Pool, migration: string): () => Promise<boolean> {
  let looked: Promise<boolean> | null = null
  // The name may be another database's by now: all sessions of the one before were ended.
  pool.on('remove', () => void (looked = null))
  return async () => {
    looked ??= migrateTables(pool, migration).catch((error: unknown) => {
      if (error instanceof Failure && error.kind === 'target-missing') return false
      throw error
    })
    const mine = looked
    try {
      const found = await mine
      if (!found && looked === mine) looked = null
      return found
    } catch (error) {
      if (looked === mine) looked = null
      throw error
    }
  }
}

/** Callers get `Failure` and nothing else; a memory that was never opened says so. */
function asFailures(methods: Methods, about: ErrorContext): Methods {
  const wrapped = Object.entries(methods).map(([name, method]) => [
    name,
    async (...args: unknown[]) => {
      try {
        return await (method as (...args: unknown[]) => Promise<unknown>)(...args)
      } catch (error) {
        if (NOT_THERE.has(codeOf(error))) throw notOpened()
        throw toFailure(error, { ...about, doing: 'memory' })
      }
    },
  ])
  return Object.fromEntries(wrapped)
}

/** Undefined table, undefined schema. */
const NOT_THERE = new Set(['42P01', '3F000'])

const notOpened = (): Failure =>
  new Failure('refused', 'the target has no memory of runs', {
    remedy: 'apply the config first: `nightferry apply FILE`',
  })
