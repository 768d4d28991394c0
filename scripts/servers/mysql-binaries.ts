import { execFileSync } from 'node:child_process'
import { findOnPath } from '../../client/embedded/temporal-cache.js'
import type { Report } from '../../client/embedded/steps.js'
import { aptInstall, canAptInstall } from './apt.js'

export interface MysqlBinaries {
  readonly server: string
  /** MariaDB's program that makes the system tables; null for MySQL, whose server does it. */
  readonly installer: string | null
  /** `MariaDB 10.11.14`, `MySQL 8.4.3` */
  readonly version: string
}

/** Finds programs; injected so that each way can be tried without changing the machine. */
export interface Machine {
  readonly which: (program: string) => string | null
  readonly versionOf: (server: string) => string
  readonly canInstall: () => boolean
  readonly install: (packages: readonly string[]) => Promise<void>
}

export const thisMachine = (report: Report, signal = new AbortController().signal): Machine => ({
  // Debian keeps servers in folders that an ordinary account's PATH does not name.
  which: (program) => findOnPath(program, { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin` }),
  versionOf: (server) => execFileSync(server, ['--no-defaults', '--version'], { encoding: 'utf8' }),
  canInstall: canAptInstall,
  install: (packages) => aptInstall(packages, report, signal),
})

/** `mariadbd` or `mysqld` on PATH; else, as root on Debian or Ubuntu, MariaDB by apt. Throws with what to do. */
export async function mysqlBinaries(machine: Machine): Promise<MysqlBinaries> {
  const found = installed(machine)
  if (found !== null) return found
  if (machine.canInstall()) {
    await machine.install(['mariadb-server'])
    const fresh = installed(machine)
    if (fresh !== null) return fresh
  }
  throw new Error(
    'There is no MySQL or MariaDB server here: install one, start the one of the repository with `docker compose up mysql`, ' +
      'or name yours with TEST_MYSQL_URL.',
  )
}

function installed(machine: Machine): MysqlBinaries | null {
  const server = machine.which('mariadbd') ?? machine.which('mysqld')
  if (server === null) return null
  const told = machine.versionOf(server)
  const number = /Ver (\d+\.\d+\.\d+)/.exec(told)?.[1] ?? 'of unknown version'
  if (!told.includes('MariaDB')) return { server, installer: null, version: `MySQL ${number}` }
  const installer = machine.which('mariadb-install-db') ?? machine.which('mysql_install_db')
  if (installer === null) throw new Error(`${server} is there, but not mariadb-install-db beside it`)
  return { server, installer, version: `MariaDB ${number}` }
}
