import { WHOLE } from '../../core/key-range.js'
import type { Plan, PlannedTable } from '../../core/plan/types.js'
import type { SourcePort, TargetPort } from '../../core/ports.js'
import { openMysqlSource } from '../../databases/mysql/adapter.js'
import { mysqlUrl, onMysql, postgresUrl, withMysqlDatabase } from './servers.js'
import { begin, claim, withTarget } from './target.js'

export const isMariaDb = String((await onMysql(mysqlUrl(), 'select version() as v'))[0]?.['v']).includes('MariaDB')

/** Columns beside one another in a table of their own, or of one type with many values. */
export interface WitnessCase {
  readonly name: string
  /** Declared types as the source has them. */
  readonly mysql: readonly string[]
  /** Rows of SQL literals. */
  readonly rows: readonly (readonly string[])[]
}

export interface Copied {
  readonly source: SourcePort
  readonly target: TargetPort
  readonly plan: Plan
  mysql(sql: string): Promise<Record<string, unknown>[]>
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
      await withTarget(async (target, postgres) => {
        await begin(target, plan)
        for (const table of plan.tables) await copyWhole(source, target, plan, table)
        await use({ source, target, plan, mysql: (sql) => onMysql(url, sql), postgres })
      })
    } finally {
      await source.close()
    }
  }, 'witness')
}

async function copyWhole(source: SourcePort, target: TargetPort, plan: Plan, table: PlannedTable): Promise<void> {
  const load = await target.load(plan, table, await claim(target, table.ordinal))
  const counts = await source.copy(table, WHOLE, load.sink, { signal: new AbortController().signal })
  await load.commit(counts)
}

/** Whether both servers say the same of the whole table. */
export async function agree({ source, target, plan }: Copied, table: PlannedTable): Promise<boolean> {
  const { signal } = new AbortController()
  const [there, here] = await Promise.all([
    source.witness(table, WHOLE, { signal }),
    target.witness(plan, table, WHOLE, signal),
  ])
  return there.rows === here.rows && there.sum === here.sum
}

export { postgresUrl }
