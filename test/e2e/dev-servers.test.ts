import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { identify } from '../../client/embedded/process-identity.js'
import { serverHome } from '../../scripts/servers/account.js'
import { startMysql } from '../../scripts/servers/mysql.js'
import { startPostgres, type DatabaseOptions } from '../../scripts/servers/postgres.js'
import type { RunningServer } from '../../scripts/servers/running-server.js'
import { onMysql, onPostgres } from '../support/servers.js'

let folder: string
let running: RunningServer[]
beforeEach(() => {
  // Mode 0700, as a checkout may lie: as root, the servers' own account cannot enter it.
  folder = mkdtempSync(join(tmpdir(), 'nightferry-dev-servers-'))
  running = []
})
afterEach(async () => {
  await Promise.all(running.map((server) => server.stop()))
  rmSync(serverHome(folder).folder, { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
})

const options = (): DatabaseOptions => ({ folder, report: () => {} })

async function kept(starting: Promise<RunningServer>): Promise<RunningServer> {
  const server = await starting
  running.push(server)
  return server
}

/** Rows survive SIGKILL, and the server comes back where it was; after stop nothing of it runs. */
async function survives(
  server: RunningServer,
  on: (url: string, sql: string) => Promise<Record<string, unknown>[]>,
  database: string,
): Promise<void> {
  await on(server.url, `create database kept`)
  await on(database, 'create table t (a int); insert into t values (17)')
  await server.kill()
  await expect(on(database, 'select a from t')).rejects.toThrow(/ECONNREFUSED|connect/)
  await server.restart()
  expect(await on(database, 'select cast(a as char(2)) as a from t')).toEqual([{ a: '17' }])
  const pid = server.pid()
  await server.stop()
  expect(identify(pid)).toBeNull()
}

describe('a server for tests', () => {
  test.each([15, 18] as const)('of PostgreSQL %i works as any account, and survives SIGKILL', async (major) => {
    const server = await kept(startPostgres(major, options()))
    const [row] = await onPostgres(server.url, 'show server_version')
    expect(row).toEqual({ server_version: expect.stringMatching(new RegExp(`^${major}\\.`)) })
    await survives(server, onPostgres, `postgresql://postgres@127.0.0.1:${server.port}/kept`)
  })

  test('of MySQL or MariaDB has a row binlog and takes big packets, and survives SIGKILL', async () => {
    const server = await kept(startMysql(options()))
    const [row] = await onMysql(
      server.url,
      'select @@binlog_format as f, @@log_bin as l, @@max_allowed_packet as p, @@local_infile as i, @@character_set_server as c',
    )
    expect(row).toMatchObject({ f: 'ROW', l: '1', p: '268435456', i: '1', c: 'utf8mb4' })
    await survives(server, onMysql, `mysql://root@127.0.0.1:${server.port}/kept`)
  })

  test('takes over from one whose holder was killed, files and all', async () => {
    const first = await kept(startPostgres(18, options()))
    await onPostgres(first.url, 'create database remains')
    const second = await kept(startPostgres(18, options()))
    expect(identify(first.pid())).toBeNull()
    expect(await onPostgres(second.url, `select 1 as there from pg_database where datname = 'remains'`)).toHaveLength(1)
  })

  test('that is interrupted while it starts leaves no process and a folder that works', async () => {
    const interrupted = new AbortController()
    const starting = startPostgres(18, {
      ...options(),
      signal: interrupted.signal,
      report: ({ step, state }) => {
        if (state === 'started' && step.includes('make its data folder')) interrupted.abort(new Error('interrupted'))
      },
    })
    await expect(starting).rejects.toThrow('interrupted')
    const server = await kept(startPostgres(18, options()))
    expect(existsSync(join(serverHome(folder).folder, 'postgres-18', 'data', 'PG_VERSION'))).toBe(true)
    expect(await onPostgres(server.url, 'select 1 as one')).toEqual([{ one: 1 }])
  })
})
