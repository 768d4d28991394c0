import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { runObtaining } from '../../client/embedded/obtain-process.js'
import { step, type Report } from '../../client/embedded/steps.js'
import { ownedFolder, serverHome, type ServerHome } from './account.js'
import { postgresBinaries, type PostgresBinaries, type PostgresMajor } from './postgres-binaries.js'
import { onFreePort, runServer, type RunningServer } from './running-server.js'

export interface DatabaseOptions {
  /** Holds the server's files; several servers may share it. */
  readonly folder: string
  readonly report: Report
  readonly signal?: AbortSignal | undefined
  /** A free one unless told. */
  readonly port?: number
  /** More of the server's own options, as its command line takes them. */
  readonly settings?: readonly string[]
  /** PostgreSQL as the system packages it, where it is of the major: what people run, and a quarter faster than npm's. */
  readonly ownOfSystem?: boolean | undefined
}

/**
 * For servers that are thrown away: nothing waits for the disk, so a crash of the machine (not of the server) may spoil
 * the files. Checkpoints are rare, so that a load is not measured against them.
 */
export const POSTGRES_SETTINGS = [
  ...['fsync=off', 'full_page_writes=off', 'max_wal_size=4GB', 'max_connections=200'],
  ...['shared_buffers=256MB', 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'logging_collector=off'],
]

const LOCALE = process.platform === 'linux' ? '--locale=C.UTF-8' : '--no-locale'

/** Initialises (once) and starts a PostgreSQL of that major; account `postgres`, no password. */
export async function startPostgres(major: PostgresMajor, options: DatabaseOptions): Promise<RunningServer> {
  const home = serverHome(options.folder)
  const binaries = postgresBinaries(major, home, options.ownOfSystem)
  const folder = ownedFolder(home, `postgres-${major}`)
  const data = join(folder, 'data')
  if (!existsSync(join(data, 'PG_VERSION'))) await initialise(binaries, data, home, options)
  const logFile = join(folder, 'server.log')
  return await step(options.report, `PostgreSQL ${binaries.version}: start`, async (note) => {
    const server = await onFreePort(options.port, logFile, (port) => run(binaries, folder, home, port, options))
    note(`127.0.0.1:${server.port}${home.remark}`)
    return server
  })
}

async function initialise(
  { initdb, version }: PostgresBinaries,
  data: string,
  home: ServerHome,
  { report, signal }: DatabaseOptions,
): Promise<void> {
  await step(report, `PostgreSQL ${version}: make its data folder`, async () => {
    // What a killed initdb left is no database, and it refuses a folder that is not empty.
    rmSync(data, { recursive: true, force: true })
    await runObtaining({
      command: initdb,
      args: ['--pgdata', data, '--username=postgres', '--auth=trust', '--encoding=UTF8', '--no-sync', LOCALE],
      env: { ...process.env, LC_ALL: 'C', LC_MESSAGES: 'C' },
      cwd: '/',
      account: home.account,
      signal,
      deadlineMs: 60_000,
    })
  })
}

async function run(
  { postgres, version }: PostgresBinaries,
  folder: string,
  home: ServerHome,
  port: number,
  options: DatabaseOptions,
): Promise<RunningServer> {
  const data = join(folder, 'data')
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`
  const settings = [...POSTGRES_SETTINGS.flatMap((setting) => ['-c', setting]), ...(options.settings ?? [])]
  return await runServer({
    folder,
    version: `PostgreSQL ${version}`,
    port,
    url,
    signal: options.signal,
    answers: () => answers(url, data),
    child: () => ({
      name: `PostgreSQL ${version}`,
      command: postgres,
      args: ['-D', data, '-p', String(port), ...settings],
      cwd: '/',
      logFile: join(folder, 'server.log'),
      account: home.account,
      // Fast shutdown: ends the sessions instead of waiting for them.
      endSignal: 'SIGINT',
    }),
  })
}

/** Our server, not another one that has the port by now. */
async function answers(url: string, data: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ data_directory: string }>('show data_directory')
    return rows[0]?.data_directory === data
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}
