import pg from 'pg'
import type { Plan, PlannedColumn, PlannedTable } from '../../core/plan/types.js'
import type { LedgerPort, StoredVersion } from '../../core/ledger.js'
import { createLedger } from '../../databases/postgres/ledger/index.js'
import { onPostgres, postgresUrl, withPostgresDatabase } from './servers.js'
import { waitUntil } from './wait.js'

export const RUN = '20261120-030000'

/** An opened ledger with version 1 of `names` in a database of its own, and a pool of its own. */
export async function withLedger(
  use: (ledger: LedgerPort, pool: pg.Pool) => Promise<void>,
  names: readonly string[] = ['items', 'orders'],
): Promise<void> {
  await withPool(async (pool) => {
    const ledger = createLedger(pool)
    await ledger.open('shop')
    await ledger.saveVersion(version(1, names))
    await use(ledger, pool)
  })
}

/** An empty database. Statements wait 10 s at most, so that a test about locks fails instead of hanging. */
export async function withPool(use: (pool: pg.Pool, url: string) => Promise<void>): Promise<void> {
  await withPostgresDatabase(
    async (name, url) => {
      const pool = new pg.Pool({ connectionString: url, max: 60, statement_timeout: 10_000 })
      try {
        await use(pool, url)
      } finally {
        await pool.end()
        await sessionsAreGone(name)
      }
    },
    15,
    'ledger',
  )
}

/** pool.end() resolves before its sockets are closed; a session that DROP DATABASE ends by force is an unhandled error. */
const sessionsAreGone = (database: string): Promise<true> =>
  waitUntil('the sessions of the test to close', async () => {
    const text = `select count(*)::int as n from pg_stat_activity where datname = '${database}'`
    return (await onPostgres(postgresUrl(), text))[0]?.n === 0
  })

export function version(number: number, names: readonly string[], planHash = `hash-${number}`): StoredVersion {
  return {
    number,
    planHash,
    by: 'anna',
    at: '2026-11-20T03:00:00.123Z',
    plan: plan(names),
    config: {
      migration: 'shop',
      source: { connection: 'shop-mysql' },
      target: { connection: 'shop-postgres', database: null, schema: 'public' },
      tables: { include: [], exclude: [] },
      casts: [],
      limits: { parallelism: 4, chunkBytes: 1_000_000 },
    },
  }
}

function plan(names: readonly string[]): Plan {
  return {
    format: 1,
    migration: 'shop',
    source: { connection: 'shop-mysql', database: 'shop', product: 'MariaDB', version: '10.11' },
    target: { connection: 'shop-postgres', database: null, schema: 'public' },
    limits: { parallelism: 4, chunkBytes: 1_000_000 },
    tables: names.map(table),
    decisions: [],
    notCarried: [{ kind: 'view', name: 'v', table: null, reason: 'views come later', original: 'a\0b \ud800' }],
    findings: [],
  }
}

const table = (name: string, ordinal: number): PlannedTable => ({
  ordinal,
  source: name,
  target: name.toLowerCase(),
  comment: '',
  columns: [column('sold', { do: 'null' }), column('paid', { do: 'literal', value: '-infinity' })],
  key: null,
  primaryKey: null,
  indexes: [],
  foreignKeys: [],
  enums: [],
  checks: [],
  identity: null,
  estimatedRows: 1000 + ordinal,
  estimatedBytes: 50_000,
})

const column = (source: string, onZero: { do: 'null' } | { do: 'literal'; value: string }): PlannedColumn => ({
  source,
  target: source,
  cast: { rule: 'house', from: 'date', to: 'date', encoding: { as: 'date', onZero } },
  notNull: false,
  default: null,
  comment: '',
})
