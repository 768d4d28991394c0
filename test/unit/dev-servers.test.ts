import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { stepLine, type Step } from '../../client/embedded/steps.js'
import { isOpenToOthers } from '../../scripts/servers/account.js'
import { mysqlBinaries, type Machine } from '../../scripts/servers/mysql-binaries.js'
import { sharedFolder } from '../../scripts/servers/shared-servers.js'
import { serverVariables } from '../../scripts/servers/start-servers.js'
import { counted } from '../../scripts/servers/vitest-run.js'

const MARIADB = 'mariadbd  Ver 10.11.14-MariaDB-0+deb12u2 for debian-linux-gnu on x86_64 (Debian 12)'
const MYSQL = '/usr/sbin/mysqld  Ver 8.4.3 for Linux on x86_64 (MySQL Community Server - GPL)'

/** A machine with these programs; `install` adds more. */
function machine(programs: string[], version: string, installs: string[] | null = null) {
  const asked: string[][] = []
  const made: Machine = {
    which: (program) => (programs.includes(program) ? `/usr/sbin/${program}` : null),
    versionOf: () => version,
    canInstall: () => installs !== null,
    install: async (packages) => {
      asked.push([...packages])
      programs.push(...(installs ?? []))
      await Promise.resolve()
    },
  }
  return { made, asked }
}

describe('a MySQL or MariaDB for tests', () => {
  test('is the one that is installed, MariaDB first', async () => {
    const both = machine(['mysqld', 'mariadbd', 'mariadb-install-db'], MARIADB, [])
    expect(await mysqlBinaries(both.made)).toEqual({
      server: '/usr/sbin/mariadbd',
      installer: '/usr/sbin/mariadb-install-db',
      version: 'MariaDB 10.11.14',
    })
    expect(both.asked).toEqual([])
    expect(await mysqlBinaries(machine(['mysqld'], MYSQL).made)).toEqual({
      server: '/usr/sbin/mysqld',
      installer: null,
      version: 'MySQL 8.4.3',
    })
  })

  test('comes from apt where there is none and root may install it', async () => {
    const bare = machine([], MARIADB, ['mariadbd', 'mariadb-install-db'])
    expect(await mysqlBinaries(bare.made)).toMatchObject({ version: 'MariaDB 10.11.14' })
    expect(bare.asked).toEqual([['mariadb-server']])
  })

  test('that cannot be had is one sentence that names docker compose up', async () => {
    const sentence = /docker compose up mysql.*TEST_MYSQL_URL/
    await expect(mysqlBinaries(machine([], '').made)).rejects.toThrow(sentence)
    await expect(mysqlBinaries(machine([], '', []).made), 'apt that brought nothing').rejects.toThrow(sentence)
  })
})

describe('a folder', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nightferry-open-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test('is open to the servers account only if every folder above it is', () => {
    const inner = join(folder, 'inner')
    mkdirSync(inner, { mode: 0o755 })
    chmodSync(folder, 0o700)
    expect(isOpenToOthers(inner)).toBe(false)
    chmodSync(folder, 0o711)
    expect(isOpenToOthers(inner)).toBe(true)
  })
})

describe('the closing line of a tier', () => {
  test.each([
    ['12 passed, 0 failed', 0, { passed: 12, failed: 0 }],
    ['12 passed, 3 failed', 1, { passed: 12, failed: 3 }],
    ['12 passed, 0 failed', 1, { passed: 12, failed: 1 }],
    ['0 passed, 0 failed', 0, { passed: 0, failed: 1 }],
    ['Segmentation fault', 139, { passed: 0, failed: 1 }],
    ['', null, { passed: 0, failed: 1 }],
  ])('%j with exit code %j counts as %j', (line, code, counts) => {
    expect(counted(line, code)).toEqual(counts)
  })
})

describe('a step', () => {
  const step = (state: Step['state'], note: string | null): Step => ({
    step: 'Redis: start',
    state,
    seconds: 1.26,
    note,
  })

  test.each([
    [step('started', null), null],
    [step('working', '3 MB'), '  ... Redis: start (1.3 s): 3 MB'],
    [step('done', null), '  Redis: start (1.3 s)'],
    [step('failed', 'no disk'), '  Redis: start: failed after 1.3 s: no disk'],
  ])('%j is told as %j', (told, line) => {
    expect(stepLine(told)).toBe(line)
  })
})

test('servers that were not started are variables that are not set', () => {
  const urls = {
    temporal: '127.0.0.1:7233',
    temporalUi: null,
    mysql: null,
    postgres: { 15: 'postgresql://a', 18: null },
  }
  expect(serverVariables(urls)).toEqual({ TEMPORAL_ADDRESS: '127.0.0.1:7233', TEST_POSTGRES_URL: 'postgresql://a' })
})

test('a missing ../shared is a sentence with what to do', () => {
  expect(() => sharedFolder({ NIGHTFERRY_SHARED: '/nowhere' })).toThrow(/^\/nowhere .* NIGHTFERRY_SHARED\.$/)
})
