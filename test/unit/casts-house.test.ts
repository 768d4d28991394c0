import { describe, expect, test } from 'vitest'
import type { Encoding } from '../../core/cast.js'
import type { SourceColumn } from '../../core/catalog.js'
import { castColumn, type ColumnCast } from '../../core/casts/cast-column.js'
import { SOURCE_FAMILIES, familyOf } from '../../core/casts/family.js'
import type { Decision } from '../../core/plan/types.js'
import { column, NO_FEATURES } from '../support/catalog.js'

const REFUSE = { do: 'refuse' } as const

const decided = (question: Decision['question'], answer: boolean): Decision[] => [
  { table: 't', column: 'c', question, answer, because: '' },
]

const house = (
  declared: string,
  decisions: Decision[] = [],
  about: Partial<SourceColumn> & { json?: boolean } = {},
): ColumnCast => castColumn(column('c', declared, about), 't', [], decisions, NO_FEATURES)

const text: Encoding = { as: 'text', charset: 'utf8mb4' }

/** Every line of the table of house casts, in all the spellings that servers print. */
const CASES: readonly [string, string, Encoding][] = [
  ['tinyint(4)', 'smallint', { as: 'integer' }],
  ['tinyint', 'smallint', { as: 'integer' }],
  ['tinyint(3) unsigned', 'smallint', { as: 'integer' }],
  ['tinyint(1)', 'smallint', { as: 'integer' }],
  ['smallint(6)', 'smallint', { as: 'integer' }],
  ['smallint(5) unsigned', 'integer', { as: 'integer' }],
  ['mediumint(9)', 'integer', { as: 'integer' }],
  ['mediumint unsigned', 'integer', { as: 'integer' }],
  ['int(11)', 'integer', { as: 'integer' }],
  ['int', 'integer', { as: 'integer' }],
  ['int(10) unsigned', 'bigint', { as: 'integer' }],
  ['int(10) unsigned zerofill', 'bigint', { as: 'integer' }],
  ['bigint(20)', 'bigint', { as: 'integer' }],
  ['bigint unsigned', 'numeric(20,0)', { as: 'integer' }],
  ['decimal(10,2)', 'numeric(10,2)', { as: 'decimal' }],
  ['decimal(65,30) unsigned', 'numeric(65,30)', { as: 'decimal' }],
  ['decimal(20,0)', 'numeric(20,0)', { as: 'decimal' }],
  ['float', 'real', { as: 'real' }],
  ['float(7,3) unsigned', 'real', { as: 'real' }],
  ['double', 'double precision', { as: 'double' }],
  ['double(22,9)', 'double precision', { as: 'double' }],
  ['char(3)', 'varchar(3)', text],
  ['char(0)', 'text', text],
  ['varchar(255)', 'varchar(255)', text],
  ['varchar(0)', 'text', text],
  ['tinytext', 'text', text],
  ['text', 'text', text],
  ['mediumtext', 'text', text],
  ['longtext', 'text', text],
  ['binary(16)', 'bytea', { as: 'bytes' }],
  ['varbinary(64)', 'bytea', { as: 'bytes' }],
  ['tinyblob', 'bytea', { as: 'bytes' }],
  ['blob', 'bytea', { as: 'bytes' }],
  ['mediumblob', 'bytea', { as: 'bytes' }],
  ['longblob', 'bytea', { as: 'bytes' }],
  ['bit(1)', 'boolean', { as: 'bit-boolean' }],
  ['bit(8)', 'bit(8)', { as: 'bits', width: 8 }],
  ['bit(64)', 'bit(64)', { as: 'bits', width: 64 }],
  ['date', 'date', { as: 'date', onZero: REFUSE }],
  ['datetime', 'timestamp(0)', { as: 'timestamp', zone: false, onZero: REFUSE }],
  ['datetime(6)', 'timestamp(6)', { as: 'timestamp', zone: false, onZero: REFUSE }],
  ['timestamp', 'timestamptz(0)', { as: 'timestamp', zone: true, onZero: REFUSE }],
  ['timestamp(3)', 'timestamptz(3)', { as: 'timestamp', zone: true, onZero: REFUSE }],
  ['time', 'interval', { as: 'interval' }],
  ['year(4)', 'smallint', { as: 'integer' }],
  ['year', 'smallint', { as: 'integer' }],
  ["enum('a','b')", 'enum', { as: 'enum', labels: ['a', 'b'], charset: 'utf8mb4' }],
  ["set('a','it''s')", 'text[]', { as: 'set', labels: ['a', "it's"], charset: 'utf8mb4' }],
  ['json', 'jsonb', { as: 'json', charset: 'utf8mb4' }],
  ['uuid', 'uuid', { as: 'uuid' }],
  ['inet4', 'inet', { as: 'inet' }],
  ['inet6', 'inet', { as: 'inet' }],
  ['vector(3)', 'real[]', { as: 'vector' }],
  ['geometry', 'bytea', { as: 'wkb' }],
  ['point', 'bytea', { as: 'wkb' }],
  ['geomcollection', 'bytea', { as: 'wkb' }],
]

test.each(CASES)('%s becomes %s', (declared, to, encoding) => {
  expect(house(declared).cast).toEqual({ rule: 'house', from: declared, to, encoding })
})

test('the table has a case for every family of types', () => {
  const seen = new Set(CASES.map(([declared]) => familyOf(column('c', declared).type)))
  expect(seen).toEqual(new Set(SOURCE_FAMILIES))
})

describe('what the data decides', () => {
  test.each<[string, Decision['question'], boolean, string, Encoding['as'], string[]]>([
    ['tinyint(1)', 'boolean', true, 'boolean', 'boolean', []],
    ['tinyint(1)', 'boolean', false, 'smallint', 'integer', ['info not-boolean']],
    ['bigint(20) unsigned', 'fits-bigint', true, 'bigint', 'integer', []],
    ['bigint(20) unsigned', 'fits-bigint', false, 'numeric(20,0)', 'integer', ['warning beyond-bigint']],
    ['time', 'within-a-day', true, 'time(0)', 'time', []],
    ['time(6)', 'within-a-day', true, 'time(6)', 'time', []],
    ['time(6)', 'within-a-day', false, 'interval', 'interval', ['info time-beyond-a-day']],
  ])('%s, %s: %s', (declared, question, answer, to, as, findings) => {
    const { cast, findings: said } = house(declared, decided(question, answer))
    expect([cast.to, cast.encoding.as]).toEqual([to, as])
    expect(said.map((f) => `${f.severity} ${f.name}`)).toEqual(findings)
  })
})

test("MariaDB's json is a longtext with a check, and jsonb", () => {
  expect(house('longtext', [], { json: true }).cast).toMatchObject({
    from: 'longtext',
    to: 'jsonb',
    encoding: { as: 'json' },
  })
})

test('texts keep the character set that they are read in', () => {
  const sjis = column('c', 'varchar(10)')
  const cast = castColumn({ ...sjis, type: { ...sjis.type, charset: 'sjis' } }, 't', [], [], NO_FEATURES)
  expect(cast.cast.encoding).toEqual({ as: 'text', charset: 'sjis' })
})

describe('enums', () => {
  test('63 bytes are a label of a type, the empty text too', () => {
    expect(house(`enum('${'x'.repeat(63)}','')`)).toMatchObject({ labels: 'type', cast: { to: 'enum' } })
  })
  test('a label of 64 bytes makes it text with a check', () => {
    const long = house(`enum('a','${'é'.repeat(32)}')`)
    expect(long).toMatchObject({ labels: 'text-check', cast: { to: 'text', encoding: { as: 'enum' } } })
    expect(long.findings.map((f) => f.name)).toEqual(['enum-as-text'])
  })
  test('a set is checked against its labels', () => expect(house("set('a')").labels).toBe('array-check'))
})

describe('geometry', () => {
  const withPostgis = (declared: string, srid: number | null): string => {
    const plain = column('c', declared)
    const typed = { ...plain, type: { ...plain.type, srid } }
    return castColumn(typed, 't', [], [], { postgis: true, pgvector: false }).cast.to
  }
  test.each<[string, number | null, string]>([
    ['geometry', null, 'geometry'],
    ['geometry', 0, 'geometry'],
    ['geometry', 4326, 'geometry(Geometry,4326)'],
    ['point', null, 'geometry(Point)'],
    ['point', 4326, 'geometry(Point,4326)'],
    ['linestring', null, 'geometry(LineString)'],
    ['polygon', null, 'geometry(Polygon)'],
    ['multipoint', null, 'geometry(MultiPoint)'],
    ['multilinestring', null, 'geometry(MultiLineString)'],
    ['multipolygon', null, 'geometry(MultiPolygon)'],
    ['geometrycollection', null, 'geometry(GeometryCollection)'],
    ['geomcollection', null, 'geometry(GeometryCollection)'],
  ])('%s with srid %s', (declared, srid, to) => expect(withPostgis(declared, srid)).toBe(to))
  test('without PostGIS it is said that bytes are what is left', () => {
    expect(house('point').findings.map((f) => `${f.severity} ${f.name}`)).toEqual(['warning geometry-as-bytes'])
  })
})

test('leading zeros of zerofill are said to stay behind', () => {
  expect(house('int(8) unsigned zerofill').findings.map((f) => f.name)).toEqual(['zerofill-not-carried'])
})

test.each([
  ['int(5) unsigned zerofill', 5],
  ['decimal(10,2) unsigned zerofill', 11],
])('what shows the zeros of %s again cuts no number', (declared, width) => {
  const [finding] = house(declared).findings
  expect(finding?.remedy).toContain(`lpad(x::text, greatest(${width}, length(x::text)), '0')`)
})

test('a label that no text of PostgreSQL can hold blocks before any DDL, and text without labels is the way out', () => {
  for (const declared of ["enum('a','b\\0')", "set('a','b\\0')"]) {
    expect(house(declared).findings.map((f) => `${f.severity} ${f.name}`)).toEqual(['blocking label-with-nul'])
    const asText = castColumn(column('c', declared), 't', [{ column: 't.c', to: 'text' }], [], NO_FEATURES)
    expect(asText.findings).toEqual([])
  }
})

test('a type that we do not know blocks, and text is the way out', () => {
  const odd = column('c', 'xmltype')
  expect(castColumn(odd, 't', [], [], NO_FEATURES).findings.map((f) => `${f.severity} ${f.name}`)).toEqual([
    'blocking type-unknown',
  ])
  const asText = castColumn(odd, 't', [{ column: 't.c', to: 'text' }], [], NO_FEATURES)
  expect(asText.cast.to).toBe('text')
  expect(asText.findings.map((f) => `${f.severity} ${f.name}`)).toEqual(['warning type-unknown'])
})
