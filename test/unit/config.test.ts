import { describe, expect, test } from 'vitest'
import { formatBytes, parseBytes } from '../../core/config/bytes.js'
import { consistencyOf, witnessOf } from '../../core/config/consistency.js'
import { formatDuration, parseDuration } from '../../core/config/durations.js'
import { formatShare, parseShare } from '../../core/config/shares.js'
import { LATER_KEYS } from '../../core/config/later.js'
import { parseConfig, type ConfigIssue } from '../../core/config/parse.js'
import { issueSentence } from '../../core/config/sentence.js'
import { connectionVariable } from '../../core/config/words.js'

const MINIMAL = { migration: 'shop', source: { connection: 'shop-mysql' }, target: { connection: 'shop-pg' } }

function issuesOf(value: unknown): readonly ConfigIssue[] {
  const parsed = parseConfig(value)
  return parsed.ok ? [] : parsed.issues
}

const sentences = (value: unknown): string[] => issuesOf(value).map(issueSentence)

test('everything but migration, source and target has a default', () => {
  expect(parseConfig(MINIMAL)).toEqual({
    ok: true,
    config: {
      migration: 'shop',
      source: { connection: 'shop-mysql' },
      target: { connection: 'shop-pg', database: null, schema: 'public' },
      tables: { include: ['*'], exclude: [] },
      casts: [],
      consistency: { read: null, lockTimeoutMs: 1000, holdMs: 600_000, onLost: 'best-effort', uncovered: 'lock' },
      verify: { witness: 0.01 },
      limits: { parallelism: 4, chunkBytes: 64 * 1024 * 1024 },
      publish: { mode: null, keep: 1, create: { owner: null, locale: null, grants: [] } },
    },
  })
})

test('what is written is what comes out, in our spelling', () => {
  const parsed = parseConfig({
    ...MINIMAL,
    target: { connection: 'shop-pg', database: 'shop', schema: 'app' },
    tables: { include: ['orders', '/^o/i'], exclude: ['/^tmp_/'] },
    casts: [
      { type: 'tinyint(1)', to: 'smallint' },
      { column: 'orders.flags', to: 'bigint', on_zero_date: 'refuse' },
      { type: 'datetime', on_zero_date: null },
      { type: 'date', on_zero_date: '1970-01-01' },
      { type: 'timestamp', on_zero_date: '-infinity' },
    ],
    consistency: { read: 'snapshot', lock_timeout: '500ms', hold: 0, on_lost: 'restart', uncovered: 'label' },
    verify: { witness: '2.5%' },
    limits: { parallelism: 1, chunk_bytes: '1B' },
  })
  expect(parsed.ok && parsed.config).toMatchObject({
    target: { database: 'shop', schema: 'app' },
    tables: { include: ['orders', '/^o/i'], exclude: ['/^tmp_/'] },
    casts: [
      { type: 'tinyint(1)', to: 'smallint' },
      { column: 'orders.flags', to: 'bigint', onZeroDate: { do: 'refuse' } },
      { type: 'datetime', onZeroDate: { do: 'null' } },
      { type: 'date', onZeroDate: { do: 'literal', value: '1970-01-01' } },
      { type: 'timestamp', onZeroDate: { do: 'literal', value: '-infinity' } },
    ],
    consistency: { read: 'snapshot', lockTimeoutMs: 500, holdMs: 0, onLost: 'restart', uncovered: 'label' },
    verify: { witness: 0.025 },
    limits: { parallelism: 1, chunkBytes: 1 },
  })
})

const BEST_EFFORT = { ...MINIMAL, consistency: { read: 'best-effort' } }

test('a pace and a window are there where they are written', () => {
  const limits = { rows_per_second: 20_000, window: '22:00-05:00 Europe/Paris' }
  const parsed = parseConfig({ ...BEST_EFFORT, limits })
  expect(parsed.ok && parsed.config.limits).toMatchObject({
    rowsPerSecond: 20_000,
    window: '22:00-05:00 Europe/Paris',
  })
})

test.each([
  ['snapshot', { read: 'snapshot' }],
  ['nothing, which is a snapshot where that is possible', {}],
])('a window is refused where consistency.read says %s, with the reason', (_, consistency) => {
  const issues = sentences({ ...MINIMAL, consistency, limits: { window: '22:00-05:00 UTC' } })
  expect(issues).toHaveLength(1)
  expect(issues[0]).toContain('limits.window ("22:00-05:00 UTC") needs consistency.read: best-effort: a snapshot')
})

test.each([
  ['22:00-05:00', 'limits.window ("22:00-05:00") must be hours of a place, such as 22:00-05:00 Europe/Paris'],
  ['22:00-05:00 Europe/Pariss', 'no time zone is called Europe/Pariss'],
])('a window %s is refused with what is wrong', (window, expected) => {
  expect(sentences({ ...BEST_EFFORT, limits: { window } }).join()).toContain(expected)
})

test('a pace below nothing is refused', () => {
  expect(sentences({ ...MINIMAL, limits: { rows_per_second: -1 } })).toEqual([
    'limits.rows_per_second (-1) must be a whole number of rows, or 0 for no limit',
  ])
})

test.each<[string, Record<string, unknown>, string]>([
  ['a name with capitals', { migration: 'Shop' }, 'migration ("Shop") must be a name such as shop'],
  ['a name that is a number', { migration: 5 }, 'migration (5) must be a name such as shop'],
  ['no name', { migration: undefined }, 'migration is missing: it must be a name such as shop'],
  ['no source', { source: undefined }, 'source is missing: it must be there, with connection'],
  ['a source that is a word', { source: 'shop-mysql' }, 'source ("shop-mysql") must be a group of keys: connection'],
  ['an empty group', { tables: null }, 'tables (empty) must be a group of keys: include and exclude'],
  ['a connection with blanks', { source: { connection: 'my shop' } }, 'source.connection ("my shop") must be the name'],
  ['our own schema', { target: { connection: 'a', schema: 'nightferry' } }, 'target.schema ("nightferry") is where'],
  [
    "PostgreSQL's schema",
    { target: { connection: 'a', schema: 'pg_catalog' } },
    'target.schema ("pg_catalog") belongs',
  ],
  [
    'a long schema',
    { target: { connection: 'a', schema: 'é'.repeat(32) } },
    'must be the name of a schema, of 1 to 63',
  ],
  ['an empty database', { target: { connection: 'a', database: '' } }, 'target.database ("") must be the name'],
  ['one table for a list', { tables: { include: 'orders' } }, 'tables.include ("orders") must be a list of names'],
  ['a star in a name', { tables: { exclude: ['tmp_*'] } }, 'tables.exclude[0] ("tmp_*") has a star'],
  ['half a pattern', { tables: { exclude: ['/^tmp_'] } }, 'tables.exclude[0] ("/^tmp_") begins like a pattern'],
  ['a broken pattern', { tables: { exclude: ['/(/'] } }, 'tables.exclude[0] ("/(/") is no regular expression'],
  ['casts as a group', { casts: { type: 'int' } }, 'casts (a group of keys) must be a list of rules'],
  ['a rule that is a word', { casts: ['int'] }, 'casts[0] ("int") must be a rule such as'],
  ['a rule about nothing', { casts: [{ to: 'text' }] }, 'casts[0] (a group of keys) must have either type or column'],
  ['a rule about both', { casts: [{ type: 'int', column: 'a.b', to: 'text' }] }, 'must have either type or column'],
  ['a rule that does nothing', { casts: [{ type: 'int' }] }, 'casts[0] (a group of keys) must have to or on_zero_date'],
  [
    'a column without its table',
    { casts: [{ column: 'flags', to: 'text' }] },
    'casts[0].column ("flags") must be a column',
  ],
  [
    'a day that is none',
    { casts: [{ type: 'date', on_zero_date: '2021-02-29' }] },
    'casts[0].on_zero_date ("2021-02-29") must be refuse',
  ],
  ['no session', { limits: { parallelism: 0 } }, 'limits.parallelism (0) must be a whole number from 1 to 64'],
  ['a half session', { limits: { parallelism: 1.5 } }, 'limits.parallelism (1.5) must be a whole number'],
  ['too many sessions', { limits: { parallelism: 65 } }, 'limits.parallelism (65) must be a whole number'],
  ['no bytes', { limits: { chunk_bytes: 0 } }, 'limits.chunk_bytes (0) must be a size of at least 1B'],
  ['an unknown unit', { limits: { chunk_bytes: '64 miles' } }, 'limits.chunk_bytes ("64 miles") must be a size'],
  ['a reading of later', { consistency: { read: 'follow' } }, 'consistency.read ("follow") must be snapshot or best'],
  ['no unit', { consistency: { lock_timeout: 5 } }, 'consistency.lock_timeout (5) must be a time from 100ms to 1m'],
  ['no waiting at all', { consistency: { lock_timeout: '1ms' } }, 'lock_timeout ("1ms") must be a time from 100ms'],
  ['a word for a time', { consistency: { hold: 'long' } }, 'consistency.hold ("long") must be a time from 0 to 24h'],
  ['a loss of later', { consistency: { on_lost: 'stop' } }, 'consistency.on_lost ("stop") must be best-effort or'],
  ['half a lock', { consistency: { uncovered: true } }, 'consistency.uncovered (true) must be lock or label'],
  ['more than all', { verify: { witness: '101%' } }, 'verify.witness ("101%") must be a share of the rows'],
  ['a bare share', { verify: { witness: 1 } }, 'verify.witness (1) must be a share of the rows from 0% to 100%'],
])('%s is refused, with what would be right', (_what, part, sentence) => {
  const found = sentences({ ...MINIMAL, ...part })
  expect(found).toHaveLength(1)
  expect(found[0]).toContain(sentence)
})

describe('keys that nobody knows', () => {
  test.each([
    [{ ...MINIMAL, limit: {} }, 'limit is no key: did you mean limits?'],
    [{ ...MINIMAL, limits: { chunk_byts: 1 } }, 'limits.chunk_byts is no key of limits: did you mean chunk_bytes?'],
    [
      { ...MINIMAL, target: { connection: 'b', databse: 'x' } },
      'target.databse is no key of target: did you mean database?',
    ],
    [{ ...MINIMAL, casts: [{ typ: 'int', to: 'text' }] }, 'casts[0].typ is no key of a cast rule: did you mean type?'],
    // Near a key of later work: whoever corrects it learns the rest.
    [{ ...MINIMAL, rejcts: {} }, 'rejcts is no key: did you mean rejects?'],
    [{ ...MINIMAL, source: { connection: 'a', zzzzzz: 1 } }, 'source.zzzzzz is no key of source: there is connection'],
  ])('%j', (value, sentence) => expect(sentences(value)).toEqual([sentence]))

  test('their values are not repeated, because they may be passwords', () => {
    const value = { ...MINIMAL, source: { connection: 'a', password: 'hunter2' } }
    expect(JSON.stringify(issuesOf(value))).not.toContain('hunter2')
  })
})

test('every key of later work says that it is not there yet', () => {
  const places: Record<string, (key: string) => unknown> = {
    '': (key) => ({ ...MINIMAL, [key]: {} }),
    target: (key) => ({ ...MINIMAL, target: { connection: 'b', [key]: 'x' } }),
    tables: (key) => ({ ...MINIMAL, tables: { [key]: {} } }),
    'casts[]': (key) => ({ ...MINIMAL, casts: [{ type: 'int', to: 'text', [key]: 'strip' }] }),
    limits: (key) => ({ ...MINIMAL, limits: { [key]: 0 } }),
  }
  let seen = 0
  for (const [place, keys] of Object.entries(LATER_KEYS)) {
    for (const key of keys) {
      const found = sentences(places[place]!(key))
      expect(found).toHaveLength(1)
      expect(found[0]).toMatch(new RegExp(`${key} is not there yet`))
      seen++
    }
  }
  expect(seen).toBe(9)
})

describe('a URL in place of a name', () => {
  test.each(['mysql://app:s3cret@db1/shop', 'app:s3cret@db1', 'postgresql:///shop', '/run/mysqld.sock'])(
    '%s',
    (url) => {
      const found = issuesOf({ ...MINIMAL, source: { connection: url } })
      expect(found).toHaveLength(1)
      expect(found[0]!.message).toContain('holds only names of connections')
      expect(found[0]!.message).toContain('NIGHTFERRY_CONNECTION_SHOP_MYSQL')
      expect(JSON.stringify(found)).not.toContain('s3cret')
    },
  )
  test('the variable of a name is its capitals', () => {
    expect(connectionVariable('shop-mysql_2')).toBe('NIGHTFERRY_CONNECTION_SHOP_MYSQL_2')
  })
})

test('a migration onto its own source is refused', () => {
  expect(sentences({ ...MINIMAL, target: { connection: 'shop-mysql' } })).toEqual([
    'target.connection ("shop-mysql") is the source as well: a migration needs two connections',
  ])
})

test('everything that is wrong is said at once', () => {
  const found = sentences({
    migration: 'X',
    source: {},
    target: { connection: 'b', x: 1 },
    limits: { parallelism: 'many' },
  })
  expect(found).toHaveLength(4)
})

test('a version that was stored before there were such keys reads by the defaults', () => {
  const parsed = parseConfig(MINIMAL)
  expect(parsed.ok && parsed.config).toMatchObject({
    consistency: consistencyOf({}),
    verify: { witness: witnessOf({}) },
  })
})

test.each<[string, number | null]>([
  ['1s', 1000],
  ['500ms', 500],
  ['1.5h', 5_400_000],
  ['10 m', 600_000],
  ['0', 0],
  ['10', null],
  ['-1s', null],
  ['1d', null],
])('the time %s', (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds))

test.each<[string, number | null]>([
  ['1%', 0.01],
  ['100%', 1],
  ['all', 1],
  ['none', 0],
  ['101%', null],
  ['1', null],
])('the share %s', (text, share) => expect(parseShare(text)).toBe(share))

test('times and shares read back as they are written', () => {
  for (const milliseconds of [0, 1, 1500, 60_000, 90_000, 5_400_000])
    expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds)
  for (const share of [0, 0.001, 0.01, 0.07, 0.29, 1 / 3, 1])
    expect(parseShare(formatShare(share))).toBeCloseTo(share, 12)
})

describe('sizes', () => {
  test.each<[string, number | null]>([
    ['64MB', 64 * 1024 ** 2],
    ['64mb', 64 * 1024 ** 2],
    ['1.5 KB', 1536],
    ['500kB', 500 * 1024],
    ['1B', 1],
    ['7', 7],
    ['2GB', 2 * 1024 ** 3],
    ['1TB', 1024 ** 4],
    ['0', null],
    ['0.5B', null],
    ['-1', null],
    ['MB', null],
    ['1e3', null],
    ['99999999TB', null],
  ])('%s', (text, bytes) => expect(parseBytes(text)).toBe(bytes))

  test.each([1, 1000, 1024, 1536, 64 * 1024 ** 2, 5 * 1024 ** 3, 2 ** 40 + 1])('%d reads back as itself', (bytes) => {
    expect(parseBytes(formatBytes(bytes))).toBe(bytes)
  })
  test('the shortest spelling is taken', () => expect(formatBytes(64 * 1024 ** 2)).toBe('64MB'))
})
