import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { createControlActivities, type ControlActivities } from '../../activities/control.js'
import { createDataActivities, type DataActivities } from '../../activities/data.js'
import { keepInMemory, type Kept } from '../../activities/kept.js'
import type { PreparedRun, RunRef } from '../../activities/messages.js'
import { cachePlans } from '../../activities/plans.js'
import type { ControlTools } from '../../activities/tools.js'
import type { Config } from '../../core/config/types.js'
import type { Ports } from '../../core/ports.js'
import { openPorts } from '../../worker/ports.js'
import { configOf } from './scripted.js'
import { onMysql, onPostgres, withMysqlDatabase, withPostgresDatabase } from './servers.js'

export interface SiteUnderTest {
  readonly data: DataActivities
  readonly control: ControlActivities
  readonly kept: Kept
  readonly ports: Ports
  /** For steps that a test makes otherwise. */
  readonly tools: ControlTools
  /** What the steps told the operator. */
  readonly logged: string[]
  readonly ref: RunRef
  mysql(sql: string): Promise<Record<string, unknown>[]>
  postgres(sql: string): Promise<Record<string, unknown>[]>
  config(more?: Partial<Config>): Config
  /** Applies the config and prepares the run `ref`. */
  prepare(more?: Partial<Config>): Promise<PreparedRun>
  /** Runs a step as the engine does: its n-th attempt, with a signal of its own. */
  attempt<T>(step: () => Promise<T>, options?: { attempt?: number; cancelAfter?: Promise<unknown> }): Promise<T>
  /** The ledger's states, by ordinal. */
  states(): Promise<string[]>
}

/** Real steps over real adapters, on a source made by `statements` and an empty target; both are dropped at the end. */
export async function withSite(
  statements: string,
  use: (site: SiteUnderTest) => Promise<void>,
  change: (ports: Ports) => Ports = (ports) => ports,
  version: 15 | 18 = 15,
): Promise<void> {
  await withMysqlDatabase(async (_source, mysqlUrl) => {
    if (statements !== '') await onMysql(mysqlUrl, statements)
    await withPostgresDatabase(
      async (_target, postgresUrl) => {
        const variables = { NIGHTFERRY_CONNECTION_FROM: mysqlUrl, NIGHTFERRY_CONNECTION_TO: postgresUrl }
        const ports = openPorts(variables, '/nonexistent')
        try {
          await use(siteOf(change(ports), mysqlUrl, postgresUrl))
        } finally {
          await ports.close()
        }
      },
      version,
      'site',
    )
  }, 'site')
}

function siteOf(ports: Ports, mysqlUrl: string, postgresUrl: string): SiteUnderTest {
  const logged: string[] = []
  const kept = keepInMemory(() => `kept-${Math.random()}`)
  const log: ControlTools['log'] = (message, fields) => void logged.push(`${message} ${JSON.stringify(fields)}`)
  const tools: ControlTools = { ports, plans: cachePlans(ports), worker: 'test', log, kept }
  const [control, data] = [createControlActivities(tools), createDataActivities(tools)]
  const ref: RunRef = {
    migration: 'shop',
    run: '20261120-030000',
    version: 1,
    target: { connection: 'to', database: null },
  }
  const config = (more: Partial<Config> = {}): Config => configOf('shop', more)
  const attempt: SiteUnderTest['attempt'] = async (step, { attempt: number = 1, cancelAfter } = {}) => {
    const environment = new MockActivityEnvironment({ attempt: number }, { logger: new DefaultLogger('ERROR') })
    void cancelAfter?.then(() => environment.cancel())
    return await environment.run(step)
  }
  return {
    data,
    control,
    kept,
    ports,
    tools,
    logged,
    ref,
    config,
    attempt,
    mysql: (sql) => onMysql(mysqlUrl, sql),
    postgres: (sql) => onPostgres(postgresUrl, sql),
    async prepare(more) {
      const at = '2026-11-20T03:00:00.000Z'
      await attempt(() => control.applyVersion({ config: config(more), by: 'ada', at, lastNumber: 0 }))
      return await attempt(() => data.prepareRun({ ref }))
    },
    async states() {
      const { ledger } = await ports.target('to', null)
      return (await ledger.tableStates(ref.run)).map(({ state }) => state)
    },
  }
}
