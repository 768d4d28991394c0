import pg from 'pg'
import { WHOLE } from '../../core/key-range.js'
import type { Plan, PlannedTable } from '../../core/plan/types.js'
import type { SourcePort, TargetPort, WitnessSum } from '../../core/ports.js'
import { openMysqlSource } from '../../databases/mysql/adapter.js'
import { mysqlUrl, onMysql, withMysqlDatabase } from './servers.js'
import { begin, claim, withTarget } from './target.js'

const version = String((await onMysql(mysqlUrl(), 'select version() as v'))[0]?.['v'])

export const isMariaDb = version.includes('MariaDB')

/** MariaDB from 11.7 on, and MySQL from 9 on. */
export const hasVector = !/^(10|11\.[0-6]|8)\./.test(version)

export interface Copied {
  readonly source: SourcePort
  readonly target: TargetPort
  readonly plan: Plan
  readonly mysqlUrl: string
  mysql(sql: string): Promise<Record<string, unknown>[]>
  /** One session for all of a test's statements; rows where it is one statement. */
  postgres(sql: string): Promise<Record<string, unknown>[]>
}

/** Copies the plan's tables, which `statements` made, through the ports as they are. */
export async function withCopied(
  statements: string,
  planned: (source: SourcePort) => Promise<Plan>,
  use: (copied: Copied) => Promise<void>,
): Promise<void> {
  await withMysqlDatabase(async (_name, url) => {
    await onMysql(url, `set time_zone = '+00:00', sql_mode = 'ALLOW_INVALID_DATES'; ${statements}`)
    const source = openMysqlSource(url, 'from')
    try {
      const plan = await planned(source)
      await withTarget(async (target, _sql, postgresUrl) => {
        await begin(target, plan)
        for (const table of plan.tables) await copyWhole(source, target, plan, table)
        await withClient(postgresUrl, (postgres) =>
          use({ source, target, plan, mysqlUrl: url, mysql: (sql) => onMysql(url, sql), postgres }),
        )
      })
    } finally {
      await source.close()
    }
  }, 'witness')
}

async function withClient(url: string, use: (sql: Copied['postgres']) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await use(async (sql) => (await client.query<Record<string, unknown>>(sql)).rows)
  } finally {
    await client.end()
  }
}

async function copyWhole(source: SourcePort, target: TargetPort, plan: Plan, table: PlannedTable): Promise<void> {
  const load = await target.load(plan, table, await claim(target, table.ordinal))
  const counts = await source.copy(table, WHOLE, load.sink, { signal })
  await load.commit(counts)
}

const { signal } = new AbortController()

/** What the source says of the whole table. */
export const inSource = ({ source }: Copied, table: PlannedTable): Promise<WitnessSum> =>
  source.witness(table, WHOLE, { signal })

/** What the target says of it. */
export const inTarget = ({ target, plan }: Copied, table: PlannedTable): Promise<WitnessSum> =>
  target.witness(plan, table, WHOLE, signal)
