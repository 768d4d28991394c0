import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { problemLine, readConfigText } from '../../client/config-file.js'
import { writeConfig } from '../../client/config-template.js'
import { configJsonSchema } from '../../core/config/json-schema.js'
import { config } from '../support/catalog.js'

function linesOf(text: string): string[] {
  const read = readConfigText(text)
  return read.ok ? [] : read.problems.map((problem) => problemLine('shop.yaml', problem))
}

const HEAD = 'migration: shop\nsource: {connection: shop-mysql}\ntarget:\n  connection: shop-pg\n'

describe('problems stand on their lines', () => {
  test.each<[string, string, string]>([
    ['a key in a group', `${HEAD}  databse: x\n`, 'shop.yaml:5: target.databse is no key of target'],
    ['a value in flow style', `${HEAD}limits: {\n  parallelism: many}\n`, 'shop.yaml:6: limits.parallelism ("many")'],
    [
      'an entry of a list',
      `${HEAD}tables:\n  exclude:\n    - a\n    - "b*"\n`,
      'shop.yaml:8: tables.exclude[1] ("b*")',
    ],
    [
      'a rule',
      `${HEAD}casts:\n  - {type: int, to: text}\n\n  # why\n  - type: int\n    two: text\n`,
      'shop.yaml:10: casts[1].two',
    ],
    [
      'a key that is missing: its group',
      'migration: shop\ntarget: {connection: b}\n\nsource: {}\n',
      'shop.yaml:4: source.connection is missing',
    ],
    [
      'a group that is missing: the file',
      'migration: shop\nsource: {connection: b}\n',
      'shop.yaml:1: target is missing',
    ],
    [
      'behind an alias: what it stands for',
      `${HEAD}x-limits: &l\n  parallelism: 0\nlimits: *l\n`,
      'shop.yaml:6: limits.parallelism (0)',
    ],
    ['an empty file', '', 'shop.yaml:1: the configuration (empty) must be a group of keys'],
    ['a list for a file', '- a\n', 'shop.yaml:1: the configuration (a list) must be a group of keys'],
    ['no YAML', `${HEAD}a: b: c\n`, 'shop.yaml:5: the file is no YAML that can be read'],
    ['a key that stands twice', `${HEAD}migration: other\n`, 'shop.yaml:5: the file is no YAML that can be read'],
    ['an alias to nowhere', `${HEAD}limits: *l\n`, 'shop.yaml:5: the file is no YAML that can be read'],
  ])('%s', (_what, text, line) => expect(linesOf(text).join('\n')).toContain(line))

  test('in the order of the file, whatever the order of the schema', () => {
    const found = linesOf(
      'limits: {parallelism: 0}\ncasts: 5\ntarget: {connection: b}\nsource: {connection: a}\nmigration: X\n',
    )
    expect(found.map((line) => line.split(':')[1])).toEqual(['1', '2', '5'])
  })
  test('a password in a broken file is not quoted', () => {
    expect(linesOf('source: {connection: "mysql://a:s3cret@h/d"\n').join()).not.toContain('s3cret')
  })
})

test('an unquoted null, a date and a number of bytes are read as they are meant', () => {
  const read = readConfigText(
    `${HEAD}casts:\n  - {type: date, on_zero_date: null}\n  - {type: datetime, on_zero_date: 1970-01-01}\nlimits: {chunk_bytes: 1024}\n`,
  )
  expect(read.ok && read.config.casts.map((rule) => rule.onZeroDate)).toEqual([
    { do: 'null' },
    { do: 'literal', value: '1970-01-01' },
  ])
  expect(read.ok && read.config.limits.chunkBytes).toBe(1024)
})

describe('the file that quick leaves behind', () => {
  test.each([
    config(),
    config({ target: { connection: 'shop-pg', database: 'it: #1', schema: 'öä "x"' } }),
    config({ tables: { include: ['a', "it's", '/^x"\\d/'], exclude: ['- b', 'null', '1'] } }),
    config({
      casts: [
        { column: 'a.b, c: d', to: 'numeric(10,2)' },
        { type: 'date', on_zero_date: 'null' },
      ],
    }),
    config({
      casts: [{ type: "enum('a','b')", to: 'text', on_zero_date: '-infinity' }],
      limits: { chunk_bytes: '1B' },
    }),
    config({
      consistency: { read: 'best-effort', lock_timeout: '1500ms', hold: 0, on_lost: 'restart', uncovered: 'label' },
      verify: { witness: '7%' },
    }),
    config({
      consistency: { read: 'best-effort' },
      limits: { rows_per_second: 20_000, window: '22:00-05:00, 12:00-13:00 Europe/Paris' },
    }),
    config({
      target: { connection: 'shop-pg', free_space: ['bin/free', '--of=it\'s "x"'] },
      schedule: { at: '4:00', time_zone: 'Europe/Paris', days: 'sat,mon-wed', jitter: '90s', catch_up: '1h' },
      publish: { keep: 0, create: { owner: 'it: #1', locale: 'C.UTF-8', grants: ['sql/a b.sql'] } },
      copies: { ci: { keep: 5 }, 'dev-2': {} },
      hooks: { before_run: { sql: 'a: b.sql' }, on_news: { http: 'chat' }, on_failure: { command: ['bin/x', '- y'] } },
    }),
    config({ schedule: { at: '23:59:30', deadline: '90m' }, publish: { mode: 'rebuild' } }),
    config({ publish: { mode: 'in-place' } }),
  ])('reads back as what was written (%#)', (written) => {
    expect(readConfigText(writeConfig(written))).toEqual({ ok: true, config: written })
  })
  test('tells the next step and where the URLs lie', () => {
    const text = writeConfig(config(), 'night.yaml')
    expect(text).toContain('nightferry run night.yaml')
    expect(text).toContain('NIGHTFERRY_CONNECTION_SHOP_MYSQL')
  })
})

test('the JSON schema for editors is that of the code: npm run schema', () => {
  const kept: unknown = JSON.parse(readFileSync('docs/nightferry.schema.json', 'utf8'))
  expect(kept).toEqual(JSON.parse(JSON.stringify(configJsonSchema())))
  expect(kept).toMatchObject({
    required: ['migration', 'source', 'target'],
    additionalProperties: false,
    properties: { limits: { properties: { parallelism: { default: 4 }, chunk_bytes: { default: '64MB' } } } },
  })
})
