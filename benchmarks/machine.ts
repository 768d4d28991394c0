import { execFileSync } from 'node:child_process'
import { cpus, loadavg, totalmem } from 'node:os'
import mysql from 'mysql2/promise'
import { PSQL } from './clients.js'
import { onTarget } from './target.js'

const POSTGRES = [
  'fsync',
  'full_page_writes',
  'synchronous_commit',
  'shared_buffers',
  'max_wal_size',
  'maintenance_work_mem',
  'wal_level',
]
const MARIADB = [
  'innodb_buffer_pool_size',
  'innodb_flush_log_at_trx_commit',
  'sync_binlog',
  'log_bin',
  'max_allowed_packet',
]

/** Lines that say what the numbers were measured on. */
export async function describeMachine(urls: { readonly mysql: string; readonly postgres: string }): Promise<string[]> {
  const load = loadavg()[0] ?? 0
  return [
    `machine: ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${(totalmem() / 1e9).toFixed(1)} GB, load ${load.toFixed(2)} before the first run`,
    `node ${process.version}, ${version('pgloader', ['--version'])}, ${version(PSQL, ['--version'])}, ${version('mariadb', ['--version'])}`,
    await postgresSettings(urls.postgres),
    await mariadbSettings(urls.mysql),
  ]
}

async function postgresSettings(url: string): Promise<string> {
  const [told] = await onTarget(url, [
    `select current_setting('server_version') as version,
       string_agg(name || '=' || current_setting(name), ', ' order by name) as settings
     from pg_catalog.pg_settings where name in (${POSTGRES.map((name) => `'${name}'`).join(', ')})`,
  ])
  return `PostgreSQL ${String(told?.['version'])}: ${String(told?.['settings'])}`
}

async function mariadbSettings(url: string): Promise<string> {
  const connection = await mysql.createConnection({ uri: url })
  try {
    const [rows] = await connection.query('show global variables where variable_name in (?)', [[...MARIADB, 'version']])
    const values = new Map(
      (rows as { Variable_name: string; Value: string }[]).map((row) => [row.Variable_name, row.Value]),
    )
    return `MySQL or MariaDB ${values.get('version')}: ${MARIADB.map((name) => `${name}=${values.get(name)}`).join(', ')}`
  } finally {
    await connection.end()
  }
}

/** The first line of what a program says about itself. */
export function version(program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8' }).split('\n')[0]?.trim() ?? program
  } catch {
    return `no ${program}`
  }
}
