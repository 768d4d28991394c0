import { existsSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mysql from 'mysql2/promise'
import { runObtaining } from '../../client/embedded/obtain-process.js'
import { step } from '../../client/embedded/steps.js'
import { ownedFolder, serverHome, type ServerHome } from './account.js'
import { mysqlBinaries, thisMachine, type MysqlBinaries } from './mysql-binaries.js'
import type { DatabaseOptions } from './postgres.js'
import { onFreePort, runServer, type RunningServer } from './running-server.js'

/** For servers that are thrown away: nothing waits for the disk. The rest is what a source of ours has: a row binlog, utf8mb4. */
export const MYSQL_SETTINGS = [
  ...['--bind-address=127.0.0.1', '--max-connections=200', '--max-allowed-packet=256M', '--local-infile=1'],
  ...['--character-set-server=utf8mb4', '--innodb-buffer-pool-size=512M', '--innodb-flush-log-at-trx-commit=2'],
  ...['--sync-binlog=0', '--server-id=1', '--binlog-format=ROW'],
]

/** Initialises (once) and starts the MySQL or MariaDB of this machine; account `root`, no password. */
export async function startMysql(options: DatabaseOptions): Promise<RunningServer> {
  const binaries = await mysqlBinaries(thisMachine(options.report, options.signal))
  const home = serverHome(options.folder)
  const folder = ownedFolder(home, 'mysql')
  const data = join(folder, 'data')
  if (!existsSync(data)) await initialise(binaries, folder, home, options)
  const logFile = join(folder, 'server.log')
  return await step(options.report, `${binaries.version}: start`, async (note) => {
    const server = await onFreePort(options.port, logFile, (port) => run(binaries, folder, home, port, options))
    note(`127.0.0.1:${server.port}${home.remark}`)
    return server
  })
}

/** Made beside its place and moved there when whole, since no file tells a half made one. */
async function initialise(
  binaries: MysqlBinaries,
  folder: string,
  home: ServerHome,
  { report, signal }: DatabaseOptions,
): Promise<void> {
  await step(report, `${binaries.version}: make its data folder`, async () => {
    const making = join(folder, 'making')
    rmSync(making, { recursive: true, force: true })
    const mariadb = [
      ...['--no-defaults', `--datadir=${making}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
      // Without it the program refuses to work where the machine's own name has no address.
      '--force',
    ]
    await runObtaining({
      command: binaries.installer ?? binaries.server,
      args: binaries.installer ? mariadb : ['--no-defaults', '--initialize-insecure', `--datadir=${making}`],
      env: process.env,
      cwd: '/',
      account: home.account,
      signal,
      deadlineMs: 120_000,
    })
    renameSync(making, join(folder, 'data'))
  })
}

async function run(
  binaries: MysqlBinaries,
  folder: string,
  home: ServerHome,
  port: number,
  options: DatabaseOptions,
): Promise<RunningServer> {
  const data = join(folder, 'data')
  const url = `mysql://root@127.0.0.1:${port}`
  const log = join(data, binaries.installer ? 'mariadb-bin' : 'mysql-bin')
  const own = binaries.installer ? ['--skip-innodb-doublewrite'] : ['--mysqlx=OFF', '--skip-innodb-doublewrite']
  return await runServer({
    folder,
    version: binaries.version,
    port,
    url,
    signal: options.signal,
    answers: () => answers(port, data),
    child: () => ({
      name: binaries.version,
      command: binaries.server,
      args: [
        ...['--no-defaults', `--datadir=${data}`, `--port=${port}`, `--socket=${socketPath(folder, port)}`],
        ...[`--pid-file=${join(folder, 'server.pid')}`, `--log-bin=${log}`, `--secure-file-priv=`],
        // Its own: a server that starts removes every temporary table it finds there, also another server's.
        `--tmpdir=${ownedFolder(home, 'mysql/tmp')}`,
        ...[...MYSQL_SETTINGS, ...own, ...(options.settings ?? [])],
      ],
      cwd: '/',
      logFile: join(folder, 'server.log'),
      account: home.account,
      graceMs: 20_000,
    }),
  })
}

/** The system allows a socket's path 107 bytes. */
function socketPath(folder: string, port: number): string {
  const inside = join(folder, 'mysql.sock')
  return inside.length < 100 ? inside : join(tmpdir(), `nightferry-mysql-${port}.sock`)
}

/** Our server, not another one that has the port by now. */
async function answers(port: number, data: string): Promise<boolean> {
  try {
    const connection = await mysql.createConnection({ host: '127.0.0.1', port, user: 'root', connectTimeout: 1_000 })
    try {
      const [rows] = await connection.query('select @@datadir as place')
      return (rows as { place: string }[])[0]?.place.replace(/\/$/, '') === data
    } finally {
      connection.destroy()
    }
  } catch {
    return false
  }
}
