import { appendFileSync, chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runObtaining } from '../../../client/embedded/obtain-process.js'
import { ownedFolder, type Account, type ServerHome } from '../../../scripts/servers/account.js'
import type { PostgresBinaries } from '../../../scripts/servers/postgres-binaries.js'
import { onFreePort, runServer, type RunningServer } from '../../../scripts/servers/running-server.js'
import { onPostgres } from '../servers.js'
import { ownAddress } from './own-address.js'

/** A PostgreSQL of a test's own that was set up as it says: only what it names is not as initdb leaves it. */
export interface Cluster {
  readonly name: string
  readonly port: number
  /** Its data directory, and where its socket is. */
  readonly data: string
  readonly socket: string
  url(database?: string, login?: string): string
  /** By an address of this machine that is not loopback, as an application of another machine comes. */
  networkUrl(database?: string, login?: string): string
  /** As its owner; the rows of the last statement. */
  sql(text: string, database?: string): Promise<Record<string, unknown>[]>
  /** Ends it; `restart` starts it again over the same files. */
  pause(): Promise<void>
  restart(): Promise<void>
  stop(): Promise<void>
}

export interface Wanted {
  readonly name: string
  /** Options of it; for files that do not come from `fill`. */
  readonly initdb?: readonly string[]
  readonly fill?: (data: string) => Promise<void>
  /** Lines of postgresql.conf. */
  readonly conf?: (place: {
    readonly data: string
    readonly socket: string
    readonly port: number
  }) => readonly string[]
}

/** One that asks for a password: everybody else is trusted. */
const ASKED = 'with_password'

/** Makes it, starts it, and waits until it answers. Its sockets lie in a short path of their own: the system allows 107 bytes. */
export async function startCluster(binaries: PostgresBinaries, home: ServerHome, wanted: Wanted): Promise<Cluster> {
  const socket = mkdtempSync(join(tmpdir(), 'nightferry-fit-'))
  try {
    return await startOver(socket, binaries, home, wanted)
  } catch (error) {
    rmSync(socket, { recursive: true, force: true })
    throw error
  }
}

async function startOver(
  socket: string,
  binaries: PostgresBinaries,
  home: ServerHome,
  wanted: Wanted,
): Promise<Cluster> {
  const folder = ownedFolder(home, wanted.name)
  const data = join(folder, 'data')
  if (home.account) chownSync(socket, home.account.uid, home.account.gid)
  chmodSync(socket, 0o755)
  if (wanted.fill) await wanted.fill(data)
  else await initialise(binaries, data, home.account, wanted.initdb ?? [])
  const conf = readFileSync(join(data, 'postgresql.conf'))
  const server = await onFreePort(undefined, join(folder, 'server.log'), async (port) => {
    writeFileSync(join(data, 'postgresql.conf'), conf)
    appendFileSync(join(data, 'postgresql.conf'), ownLines({ data, socket, port }, wanted))
    return await run(binaries, { folder, data, socket, port }, home.account)
  })
  const urlBy =
    (host: string) =>
    (database = 'postgres', login = 'postgres'): string =>
      `postgresql://${login}@${host}:${server.port}/${database}`
  const url = urlBy('127.0.0.1')
  return {
    ...{ name: wanted.name, port: server.port, data, socket, url, networkUrl: urlBy(ownAddress()) },
    sql: (text, database) => onPostgres(url(database), text),
    pause: () => server.kill(),
    restart: () => server.restart(),
    stop: async () => {
      await server.stop()
      rmSync(socket, { recursive: true, force: true })
    },
  }
}

function ownLines(place: { data: string; socket: string; port: number }, { conf }: Wanted): string {
  const lines = [
    `port = ${place.port}`,
    `unix_socket_directories = '${place.socket}'`,
    `listen_addresses = '127.0.0.1,${ownAddress()}'`,
  ]
  return `\n${[...lines, ...(conf?.(place) ?? [])].join('\n')}\n`
}

async function initialise(
  { initdb }: PostgresBinaries,
  data: string,
  account: Account | null,
  more: readonly string[],
): Promise<void> {
  const locale = process.platform === 'linux' ? '--locale=C.UTF-8' : '--no-locale'
  await runObtaining({
    command: initdb,
    args: ['--pgdata', data, '--username=postgres', '--auth=trust', '--encoding=UTF8', '--no-sync', locale, ...more],
    env: { ...process.env, LC_ALL: 'C', LC_MESSAGES: 'C' },
    cwd: '/',
    account,
    deadlineMs: 60_000,
  })
  const hba = join(data, 'pg_hba.conf')
  const own = ownAddress()
  const asked = ['127.0.0.1', own].map((address) => `host all ${ASKED} ${address}/32 scram-sha-256\n`)
  // Nobody but this machine comes by that address.
  writeFileSync(hba, `${asked.join('')}host all all ${own}/32 trust\n${readFileSync(hba, 'utf8')}`)
}

async function run(
  { postgres, version }: PostgresBinaries,
  { folder, data, socket, port }: { folder: string; data: string; socket: string; port: number },
  account: Account | null,
): Promise<RunningServer> {
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`
  return await runServer({
    ...{ folder, version: `PostgreSQL ${version}`, port, url },
    // Our server, not another one that has the port by now.
    answers: async () => {
      const [row] = await onPostgres(url, `select current_setting('unix_socket_directories') as socket`).catch(() => [])
      return row?.['socket'] === socket
    },
    child: () => ({
      name: `PostgreSQL ${version}`,
      command: postgres,
      args: ['-D', data],
      cwd: '/',
      logFile: join(folder, 'server.log'),
      account,
      endSignal: 'SIGINT' as const,
    }),
  })
}
