import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Problem } from '../../client/problem.js'
import { connectionFile, withoutPassword, writeConnection } from '../../client/quick/connections.js'
import { pgpassKey } from '../../client/quick/passwords.js'
import { lookInPgpass, passwordIn } from '../../client/quick/pgpass.js'
import { quickConfig, settle } from '../../client/quick/settings.js'
import { completed, readUrl, urlText } from '../../client/quick/url.js'
import type { Config } from '../../core/config/types.js'

let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'nightferry-quick-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const refused = (work: () => unknown): Problem => {
  try {
    work()
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('it was not refused')
}

describe('a typed URL', () => {
  test.each([
    'mysql://app:secret@db1/shop',
    'mysql://app:se@cr/et?@db1/shop',
    'mysql://app:@db1/shop',
    'postgresql://app:secret@db1/shop',
    'postgresql:///shop?password=secret',
  ])('with a password is refused with the way to pass it: %s', (text) => {
    const problem = refused(() => readUrl(text.startsWith('mysql') ? 'source' : 'target', text))
    expect(problem.exit).toBe(2)
    expect(problem.message).toContain('process list')
    expect(problem.remedy).toMatch(/NIGHTFERRY_(SOURCE|TARGET)_PASSWORD or (MYSQL_PWD|PGPASSWORD)/)
    expect(problem.message + problem.remedy).not.toMatch(/secret|se@cr/)
  })
  test.each([
    ['source', 'shop', 'mysql://'],
    ['source', 'postgresql:///shop', 'source first'],
    ['target', 'mysql://db1/shop', 'postgresql:///shop'],
    ['target', 'oracle://db1/shop', 'postgresql:///shop'],
  ] as const)('as %s, %s is refused with what would be right', (side, text, wanted) => {
    const problem = refused(() => readUrl(side, text))
    expect(problem.exit).toBe(2)
    expect(problem.remedy).toContain(wanted)
  })
  test.each([
    ['source', 'mysql://app@db1/shop', 'mysql://app@db1/shop'],
    ['source', 'mariadb://app@db1:3307/shop?ssl-mode=REQUIRED', 'mysql://app@db1:3307/shop?ssl-mode=REQUIRED'],
    ['source', 'mysql://r%40ot@[::1]:3307/my%20shop', 'mysql://r%40ot@[::1]:3307/my%20shop'],
    ['target', 'postgresql://app@/shop', 'postgresql://app@/shop'],
    ['target', 'postgres://app@db2/shop?host=/tmp', 'postgresql://app@db2/shop?host=/tmp'],
  ] as const)('%s %s is kept as it is', (side, text, wanted) => {
    const typed = readUrl(side, text)
    expect(urlText(completed(typed, {}, typed.database ?? ''), null)).toBe(wanted)
  })
  test('is completed from the environment that libpq reads', () => {
    const env = { PGHOST: '/run/pg', PGPORT: '5433', PGUSER: 'ci' }
    expect(urlText(completed(readUrl('target', 'postgresql:///'), env, 'shop'), 'p@ss/:')).toBe(
      'postgresql://ci:p%40ss%2F%3A@:5433/shop?host=/run/pg',
    )
    expect(urlText(completed(readUrl('target', 'postgresql://a@db/x'), { PGHOST: 'other' }, 'x'), null)).toBe(
      'postgresql://a@db/x',
    )
  })
})

describe('.pgpass', () => {
  const key = { host: 'db1', port: '5432', database: 'shop', user: 'app' }
  test.each([
    ['exact', 'db1:5432:shop:app:secret', 'secret'],
    ['the first that matches', 'db1:5432:shop:app:first\n*:*:*:*:second', 'first'],
    ['stars', '*:*:*:app:secret', 'secret'],
    ['another user', '*:*:*:other:secret', null],
    ['a comment', '#db1:5432:shop:app:secret', null],
    ['an escaped colon and backslash', 'db1:5432:shop:app:a\\:b\\\\c', 'a:b\\c'],
    ['plain colons in the password', 'db1:5432:shop:app:a:b', 'a:b'],
    ['an escaped star is a character', '\\*:5432:shop:app:secret', null],
    ['Windows line ends', 'db1:5432:shop:app:secret\r\n', 'secret'],
    ['too few fields', 'db1:5432:shop:app', null],
  ])('%s', (_, content, wanted) => expect(passwordIn(content, key)).toBe(wanted))

  test('a file that others may read is not read, and that is said', () => {
    const file = join(folder, 'pass')
    writeFileSync(file, '*:*:*:*:secret\n')
    chmodSync(file, 0o644)
    expect(lookInPgpass({ PGPASSFILE: file }, key)).toEqual({ found: false, warning: expect.stringContaining('0600') })
    chmodSync(file, 0o600)
    expect(lookInPgpass({ PGPASSFILE: file }, key)).toEqual({ found: true, password: 'secret' })
    expect(lookInPgpass({ PGPASSFILE: join(folder, 'none') }, key)).toEqual({ found: false, warning: null })
  })
  test('a socket is looked up as localhost', () => {
    const of = (text: string) => pgpassKey(completed(readUrl('target', text), {}, 'shop'))
    expect(of('postgresql://app@/shop')).toMatchObject({ host: 'localhost', port: '5432' })
    expect(of('postgresql://app@/shop?host=/srv/pg&port=6000')).toMatchObject({ host: '/srv/pg', port: '6000' })
    expect(of('postgresql://app@[::1]:6000/shop')).toMatchObject({ host: '::1', port: '6000' })
  })
})

describe('a connection', () => {
  const connection = (password: string, host = 'db1') => ({
    name: 'shop-mysql',
    url: `mysql://app:${password}@${host}/shop`,
    shown: `mysql://app@${host}/shop`,
  })
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8')

  test('is written for its owner only, in a folder that ignores itself', () => {
    writeConnection(folder, connection('a'), {})
    expect(read(connectionFile('shop-mysql'))).toBe('mysql://app:a@db1/shop\n')
    expect(statSync(join(folder, connectionFile('shop-mysql'))).mode & 0o777).toBe(0o600)
    expect(read('.nightferry/.gitignore')).toBe('*\n')
  })
  test('is replaced by a new password and never by another place', () => {
    writeConnection(folder, connection('a'), {})
    const putBack = writeConnection(folder, connection('b'), {})
    expect(read(connectionFile('shop-mysql'))).toContain(':b@')
    putBack()
    expect(read(connectionFile('shop-mysql'))).toContain(':a@')
    const problem = refused(() => writeConnection(folder, connection('b', 'db2'), {}))
    expect(problem.exit).toBe(1)
    expect(problem.message).toContain('mysql://app@db1/shop')
    expect(problem.message).not.toContain(':b@')
    expect(read(connectionFile('shop-mysql'))).toContain('db1')
  })
  test('that the environment would shadow is refused', () => {
    const env = { NIGHTFERRY_CONNECTION_SHOP_MYSQL: 'mysql://app@db9/shop' }
    expect(refused(() => writeConnection(folder, connection('a'), env)).message).toContain(
      'NIGHTFERRY_CONNECTION_SHOP_MYSQL',
    )
  })
  test('is shown without its password', () => {
    expect(withoutPassword('mysql://app:s%40x@db1/shop')).toBe('mysql://app@db1/shop')
    expect(withoutPassword('postgresql://db1/shop')).toBe('postgresql://db1/shop')
  })
})

describe('the YAML that is there already', () => {
  const wanted = (): Config => quickConfig('shop', 'shop')

  test('is kept as it is, and taken back only by who wrote it', () => {
    const first = settle(folder, wanted())
    expect(settle(folder, wanted())).toMatchObject({ file: 'shop.yaml', theirs: false })
    settle(folder, wanted()).takeBack()
    expect(readFileSync(join(folder, 'shop.yaml'), 'utf8')).toContain('migration: shop')
    first.takeBack()
    expect(existsSync(join(folder, 'shop.yaml'))).toBe(false)
  })
  test('with a mistake is refused by its line, and not as one of other databases', () => {
    writeFileSync(join(folder, 'shop.yaml'), 'migration: shop\nsorce: {connection: shop-mysql}\n')
    const problem = refused(() => settle(folder, wanted()))
    expect(problem.exit).toBe(2)
    expect(problem.message).toMatch(/^shop\.yaml:2: sorce .*source/m)
  })
  test('of another target is refused with the way to run it', () => {
    settle(folder, quickConfig('shop', 'other'))
    expect(refused(() => settle(folder, wanted())).remedy).toContain('nightferry run shop.yaml')
  })
})
