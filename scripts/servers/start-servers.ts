import { join, resolve } from 'node:path'
import type { Report } from '../../client/embedded/steps.js'
import { obtainTemporal } from '../../client/embedded/temporal-binary.js'
import { startTemporal } from '../../client/embedded/temporal-server.js'
import { startMysql } from './mysql.js'
import type { PostgresMajor } from './postgres-binaries.js'
import { startPostgres, type DatabaseOptions } from './postgres.js'

export interface WantedServers {
  readonly temporal?: boolean
  readonly postgres?: readonly PostgresMajor[]
  readonly mysql?: boolean
}

/** Null for what was not wanted. */
export interface ServerUrls {
  /** `127.0.0.1:PORT` */
  readonly temporal: string | null
  readonly temporalUi: string | null
  /** `mysql://root@127.0.0.1:PORT`, an account that may do everything. */
  readonly mysql: string | null
  /** `postgresql://postgres@127.0.0.1:PORT/postgres` */
  readonly postgres: Readonly<Record<PostgresMajor, string | null>>
}

export interface StartedServers {
  readonly urls: ServerUrls
  /** Of what was started here, by the names of the steps: `MariaDB 10.11.14`. */
  readonly pids: Readonly<Record<string, number>>
  /** Stops what was started here; what the environment names is left alone. Repeatable. */
  stop(): Promise<void>
}

export interface StartOptions {
  /** One ignored folder for all data; `.dev/<use>` of the repository. Two holders need two folders. */
  readonly folder: string
  readonly signal?: AbortSignal
  /** Servers that the environment names are used and not started: TEMPORAL_ADDRESS, TEST_MYSQL_URL, TEST_POSTGRES_URL, TEST_POSTGRES_18_URL. */
  readonly env?: NodeJS.ProcessEnv
  /** See DatabaseOptions. */
  readonly ownOfSystem?: boolean
}

interface Started {
  readonly name: string
  readonly pid: number
  readonly stop: () => Promise<void>
}

/**
 * Obtains and starts what is wanted, all at once, since building Temporal and installing MariaDB each take their time.
 * When one fails or the signal comes, everything is stopped and the first failure thrown: nothing is left running.
 */
export async function startServers(
  wanted: WantedServers,
  report: Report,
  options: StartOptions,
): Promise<StartedServers> {
  const env = options.env ?? process.env
  const folder = resolve(options.folder)
  const started: Started[] = []
  // One that fails ends the others' waiting: nobody sits through a build whose result is thrown away.
  const failed = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal
  const database: DatabaseOptions = { folder, report, signal, ownOfSystem: options.ownOfSystem }
  const keep = (name: string, pid: number, stop: () => Promise<void>): void => void started.push({ name, pid, stop })
  const stop = async (): Promise<void> => void (await Promise.all(started.splice(0).map((server) => server.stop())))

  const mysql = async (): Promise<string> => {
    const server = await startMysql(database)
    keep(server.version, server.pid(), server.stop)
    return server.url
  }
  const postgres = async (major: PostgresMajor): Promise<string> => {
    const server = await startPostgres(major, database)
    keep(server.version, server.pid(), server.stop)
    return server.url
  }
  const temporal = async (): Promise<{ address: string; ui: string | null }> => {
    const choice = await obtainTemporal({ report, signal, env })
    if (choice.use === 'address') return { address: choice.address, ui: null }
    const server = await startTemporal({ folder: join(folder, 'temporal'), binary: choice, report, signal })
    keep('Temporal', server.pid(), server.stop)
    return server
  }
  const wants = (major: PostgresMajor): boolean => wanted.postgres?.includes(major) ?? false
  let first: unknown = null
  const orFail = async <T>(work: Promise<T> | null): Promise<T | null> => {
    try {
      return await work
    } catch (error) {
      first ??= error
      failed.abort(new Error('given up, because another server failed'))
      throw error
    }
  }
  const work = [
    orFail(wanted.temporal ? temporal() : null),
    orFail(wanted.mysql ? (named(env, 'TEST_MYSQL_URL') ?? mysql()) : null),
    orFail(wants(15) ? (named(env, 'TEST_POSTGRES_URL') ?? postgres(15)) : null),
    orFail(wants(18) ? (named(env, 'TEST_POSTGRES_18_URL') ?? postgres(18)) : null),
  ] as const
  // All must have settled before anything is stopped, or a late one would start after the stop.
  await Promise.allSettled(work)
  try {
    const [temporalAt, mysqlUrl, postgres15, postgres18] = await Promise.all(work)
    return {
      urls: {
        temporal: temporalAt?.address ?? null,
        temporalUi: temporalAt?.ui ?? null,
        mysql: mysqlUrl,
        postgres: { 15: postgres15, 18: postgres18 },
      },
      pids: Object.fromEntries(started.map(({ name, pid }) => [name, pid])),
      stop,
    }
  } catch (error) {
    await stop()
    throw first ?? error
  }
}

const named = (env: NodeJS.ProcessEnv, variable: string): Promise<string> | null => {
  const url = env[variable]
  return url ? Promise.resolve(url) : null
}

/** What tests and programs read: the variables of test/support/servers.ts. */
export function serverVariables(urls: ServerUrls): Record<string, string> {
  const variables = {
    TEMPORAL_ADDRESS: urls.temporal,
    TEST_MYSQL_URL: urls.mysql,
    TEST_POSTGRES_URL: urls.postgres[15],
    TEST_POSTGRES_18_URL: urls.postgres[18],
  }
  return Object.fromEntries(Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== null))
}
