import { describe, expect, test } from 'vitest'
import type { SourceDefault } from '../../core/catalog.js'
import { castColumn } from '../../core/casts/cast-column.js'
import { convertDefault, type CarriedDefault } from '../../core/casts/defaults.js'
import type { Decision } from '../../core/plan/types.js'
import { column } from '../support/catalog.js'

const DECISIONS: Decision[] = (['boolean', 'fits-bigint', 'within-a-day'] as const).map((question) => ({
  table: 't',
  column: 'c',
  question,
  answer: true,
  because: '',
}))

/** The default of a column `c` in table `t`; what the data decides is decided with yes. */
function converted(declared: string, value: SourceDefault | null, to?: string): CarriedDefault {
  const source = column('c', declared, { default: value })
  const rules = to === undefined ? [] : [{ column: 't.c', to }]
  return convertDefault(source, castColumn(source, 't', rules, DECISIONS, { postgis: true, pgvector: true }).cast)
}

const constant = (text: string): SourceDefault => ({ is: 'constant', text })
const sqlOf = (result: CarriedDefault): string | null => (result.carried ? result.sql : '(not carried)')

test.each<[string, string, string | undefined, string]>([
  ['int(11)', '0', undefined, '0'],
  ['int(11)', '-5', undefined, '-5'],
  ['int(8) unsigned zerofill', '00000007', undefined, '7'],
  ['int(11)', '000', undefined, '0'],
  ['bigint unsigned', '18446744073709551615', 'numeric', '18446744073709551615'],
  ['int(11)', '7', 'text', "'7'"],
  ['year(4)', '1999', undefined, '1999'],
  ['decimal(10,2)', '1.50', undefined, '1.50'],
  ['decimal(10,2)', '-0.25', undefined, '-0.25'],
  ['double', '1.5e-7', undefined, '1.5e-7'],
  ['float', '1.5', undefined, '1.5'],
  ['tinyint(1)', '1', undefined, 'true'],
  ['tinyint(1)', '0', undefined, 'false'],
  ['tinyint(1)', '2', 'smallint', '2'],
  ['tinyint(1)', '2', undefined, '(not carried)'],
  ['bit(1)', '1', undefined, 'true'],
  ['bit(1)', "b'0'", undefined, 'false'],
  ['bit(8)', '101', undefined, "B'00000101'"],
  ['bit(8)', "b'101'", undefined, "B'00000101'"],
  ['bit(8)', '101', 'integer', '5'],
  ['bit(8)', '101', 'text', "'00000101'"],
  ['varchar(20)', '', undefined, "''"],
  ['varchar(20)', "it's", undefined, "'it''s'"],
  ['varchar(20)', 'a\\b', undefined, "E'a\\\\b'"],
  ['varchar(20)', 'current_timestamp', undefined, "'current_timestamp'"],
  ['varchar(20)', 'a\0b', undefined, '(not carried)'],
  ['varbinary(4)', '00FF', undefined, "decode('00ff', 'hex')"],
  ['binary(4)', '61', undefined, "decode('61000000', 'hex')"],
  ['blob', '', undefined, "decode('', 'hex')"],
  ['date', '2024-02-29', undefined, "'2024-02-29'"],
  ['date', '0000-00-00', undefined, '(not carried)'],
  ['date', '2024-00-10', undefined, '(not carried)'],
  ['datetime(3)', '2024-02-29 10:00:00.500', undefined, "'2024-02-29 10:00:00.5'"],
  ['datetime', '0000-00-00 00:00:00', undefined, '(not carried)'],
  ['timestamp', '1970-01-01 00:00:01', undefined, "'1970-01-01 00:00:01+00'"],
  ['datetime', '2024-02-29 10:00:00', 'timestamptz', "'2024-02-29 10:00:00+00'"],
  ['datetime', '2024-02-29 10:00:00', 'text', "'2024-02-29 10:00:00'"],
  ['time', '10:00:00', undefined, "'10:00:00'"],
  ['time', '-838:59:59', 'interval', "'-838:59:59'"],
  ["enum('a','it''s')", "it's", undefined, "'it''s'"],
  ["enum('a')", 'z', undefined, '(not carried)'],
  ["set('a','b c')", 'a,b c', undefined, "ARRAY['a', 'b c']::text[]"],
  ["set('a')", '', undefined, 'ARRAY[]::text[]'],
  ["set('a')", 'z', undefined, '(not carried)'],
  ["set('a','b')", 'a,b', 'text', "'a,b'"],
  ['json', '{"a": 1}', undefined, '\'{"a": 1}\''],
  ['json', 'nonsense', undefined, '(not carried)'],
  ['uuid', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', undefined, "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"],
  ['inet6', '::1', undefined, "'::1'"],
  ['point', 'whatever', undefined, '(not carried)'],
])('a %s default %s (to %s) is %s', (declared, text, to, sql) => {
  expect(sqlOf(converted(declared, constant(text), to))).toBe(sql)
})

describe('the moment of the insert', () => {
  test.each<[string, number, string | undefined, string]>([
    ['timestamp', 0, undefined, 'CURRENT_TIMESTAMP(0)'],
    ['timestamp(3)', 3, undefined, 'CURRENT_TIMESTAMP(3)'],
    ['datetime(6)', 6, undefined, 'LOCALTIMESTAMP(6)'],
    ['datetime', 0, 'timestamptz', 'CURRENT_TIMESTAMP(0)'],
    ['timestamp(3)', 3, 'timestamp', "(CURRENT_TIMESTAMP(3) AT TIME ZONE 'UTC')"],
    ['date', 0, undefined, 'CURRENT_DATE'],
    ['time(2)', 2, undefined, 'LOCALTIME(2)'],
    ['datetime', 0, 'text', '(not carried)'],
    ['varchar(30)', 0, undefined, '(not carried)'],
  ])('%s, %d digits, to %s: %s', (declared, precision, to, sql) => {
    expect(sqlOf(converted(declared, { is: 'now', precision }, to))).toBe(sql)
  })
})

test('an expression is not carried, and keeps its text', () => {
  expect(converted('char(36)', { is: 'expression', original: 'uuid()' })).toEqual({
    carried: false,
    reason: 'expressions of the source are not translated yet',
    original: 'uuid()',
  })
})

test('a zero date is told apart from other defaults that cannot be', () => {
  expect(converted('date', constant('0000-00-00'))).toMatchObject({ reason: 'PostgreSQL has no such date' })
  expect(converted('tinyint(1)', constant('2'))).toMatchObject({
    reason: 'it is no value of boolean that can be written down',
  })
})

test('no default, a counter and a generated column have none', () => {
  expect(sqlOf(converted('int', null))).toBeNull()
  const counter = column('c', 'int', { autoIncrement: true, default: constant('0') })
  const computed = column('c', 'int', { generated: { expression: '1', stored: true }, default: constant('0') })
  for (const source of [counter, computed]) {
    const { cast } = castColumn(source, 't', [], [], { postgis: false, pgvector: false })
    expect(sqlOf(convertDefault(source, cast))).toBeNull()
  }
})
