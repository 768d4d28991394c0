import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** How `mariadb` and `psql` are told where a server is: never with a password in their arguments. */
export interface Client {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

export function mariadbClient(url: string): Client {
  const { hostname, port, username, password, pathname } = new URL(url)
  const args = [
    `--host=${hostname}`,
    `--port=${port || '3306'}`,
    `--user=${decodeURIComponent(username)}`,
    '--protocol=tcp',
    '--default-character-set=utf8mb4',
    `--init-command=set time_zone = '+00:00'`,
    ...(pathname.length > 1 ? [pathname.slice(1)] : []),
  ]
  return { args, env: { MYSQL_PWD: decodeURIComponent(password) } }
}

/** Debian's `psql` is a Perl script that looks for the right one: a tenth of a second that is not the copy's. */
export const PSQL = realPsql()

function realPsql(): string {
  const versions = '/usr/lib/postgresql'
  const found = (existsSync(versions) ? readdirSync(versions) : [])
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(versions, version, 'bin', 'psql'))
  return found.find((program) => existsSync(program)) ?? 'psql'
}

export function psqlClient(url: string): Client {
  const open = new URL(url)
  const password = decodeURIComponent(open.password)
  open.password = ''
  const args = ['--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', `--dbname=${open.href}`]
  return { args, env: { PGTZ: 'UTC', PGCLIENTENCODING: 'UTF8', ...(password && { PGPASSWORD: password }) } }
}

/** One word of a shell. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

export const shellWords = (words: readonly string[]): string => words.map(quoted).join(' ')
