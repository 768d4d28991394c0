import { describe, expect, test } from 'vitest'
import { castColumn } from '../../core/casts/cast-column.js'
import { CONVERSIONS } from '../../core/casts/conversions.js'
import { SOURCE_FAMILIES } from '../../core/casts/family.js'
import { findRule, parseTypePattern, typeMatches } from '../../core/casts/rules.js'
import { parseTargetType, spellTarget, TARGET_NAMES } from '../../core/casts/target-type.js'
import type { CastRule } from '../../core/config/types.js'
import { column, NO_FEATURES } from '../support/catalog.js'

describe('a rule by type', () => {
  test.each<[string, string, boolean]>([
    ['tinyint(1)', 'tinyint(1)', true],
    ['TinyInt( 1 )', 'tinyint(1)', true],
    ['tinyint(1)', 'tinyint(4)', false],
    ['tinyint(1)', 'tinyint', false],
    ['tinyint', 'tinyint(1)', true],
    ['bool', 'tinyint(1)', true],
    ['boolean', 'tinyint(4)', false],
    ['int', 'int(11)', true],
    ['integer', 'int', true],
    ['int4', 'int(11)', true],
    ['int', 'int(10) unsigned', false],
    ['int unsigned', 'int(10) unsigned', true],
    ['int unsigned', 'int(10) unsigned zerofill', true],
    ['int zerofill', 'int(10) unsigned zerofill', true],
    ['int zerofill', 'int(10) unsigned', false],
    ['int unsigned', 'int', false],
    ['int signed', 'int', true],
    ['int(10) unsigned', 'int(10) unsigned', true],
    ['bigint', 'int', false],
    ['datetime', 'datetime(6)', true],
    ['datetime(6)', 'datetime(3)', false],
    ['datetime(3)', 'datetime(3)', true],
    ['varchar', 'varchar(36)', true],
    ['varchar(36)', 'varchar(36)', true],
    ['character varying(36)', 'varchar(36)', true],
    ['varchar(36)', 'varchar(37)', false],
    ['decimal(10, 2)', 'decimal(10,2)', true],
    ['decimal(10)', 'decimal(10,0)', true],
    ['numeric', 'decimal(10,2)', true],
    ['decimal(10,2)', 'decimal(10,3)', false],
    ['double precision', 'double', true],
    ['real', 'double', true],
    ['double precision unsigned', 'double unsigned', true],
    ['enum', "enum('a','b')", true],
    ["enum('a','b')", "enum('a','b')", true],
    ["enum('a')", "enum('a','b')", false],
    ['text', 'mediumtext', false],
    ['geometrycollection', 'geomcollection', true],
    ['nonsense!', 'int', false],
    ['', 'int', false],
  ])('%s speaks of %s: %s', (spelled, declared, yes) => {
    const pattern = parseTypePattern(spelled)
    expect(pattern !== null && typeMatches(pattern, column('c', declared).type)).toBe(yes)
  })
  test("json speaks of MariaDB's alias, longtext does not", () => {
    const alias = column('c', 'longtext', { json: true }).type
    expect(typeMatches(parseTypePattern('json')!, alias)).toBe(true)
    expect(typeMatches(parseTypePattern('longtext')!, alias)).toBe(false)
    expect(typeMatches(parseTypePattern('longtext')!, column('c', 'longtext').type)).toBe(true)
  })
})

describe('which rule speaks', () => {
  const rules: CastRule[] = [
    { type: 'tinyint(1)', to: 'smallint' },
    { column: 'Orders.FLAGS', to: 'bigint' },
    { type: 'int', to: 'bigint' },
    { column: 'orders.late', to: 'text' },
  ]
  test.each([
    ['flags', 'int', 1],
    ['late', 'int', 2],
    ['late', 'tinyint(1)', 0],
    ['late', 'date', 3],
    ['other', 'date', null],
  ])('orders.%s, an %s: the first, in either case', (name, declared, index) => {
    expect(findRule(rules, 'orders', column(name, declared))?.index ?? null).toBe(index)
  })
  test('a rule of zero dates alone leaves the type to the house', () => {
    const cast = castColumn(column('c', 'date'), 't', [{ type: 'date', onZeroDate: { do: 'null' } }], [], NO_FEATURES)
    expect(cast.cast).toEqual({
      rule: 'casts[0]',
      from: 'date',
      to: 'date',
      encoding: { as: 'date', onZero: { do: 'null' } },
    })
    expect(cast.explicit).toBe(false)
  })
})

const cast = (declared: string, to: string, features = NO_FEATURES) =>
  castColumn(column('c', declared), 't', [{ column: 't.c', to }], [], features)

describe('what may become what', () => {
  test.each<[string, string, string, string]>([
    ['tinyint(1)', 'smallint', 'smallint', 'integer'],
    ['tinyint(1)', 'INT', 'integer', 'integer'],
    ['tinyint(1)', 'bool', 'boolean', 'boolean'],
    ['tinyint(1)', 'text', 'text', 'integer'],
    ['int(11)', 'bigint', 'bigint', 'integer'],
    ['int(11)', 'numeric', 'numeric', 'integer'],
    ['int(11)', 'numeric(10,0)', 'numeric(10,0)', 'integer'],
    ['int(11)', 'varchar(11)', 'varchar(11)', 'integer'],
    ['int(10) unsigned', 'integer', 'integer', 'integer'],
    ['bigint unsigned', 'bigint', 'bigint', 'integer'],
    ['bigint unsigned', 'numeric(20)', 'numeric(20)', 'integer'],
    ['year', 'integer', 'integer', 'integer'],
    ['decimal(10,2)', 'numeric', 'numeric', 'decimal'],
    ['decimal(10,2)', 'numeric(12, 2)', 'numeric(12,2)', 'decimal'],
    ['decimal(20,0)', 'bigint', 'bigint', 'decimal'],
    ['decimal(10,2)', 'text', 'text', 'decimal'],
    ['float', 'float4', 'real', 'real'],
    ['double', 'float8', 'double precision', 'double'],
    ['bit(1)', 'bit(1)', 'bit(1)', 'bits'],
    ['bit(8)', 'varbit', 'varbit', 'bits'],
    ['bit(8)', 'smallint', 'smallint', 'bit-integer'],
    ['bit(64)', 'numeric', 'numeric', 'bit-integer'],
    ['char(36)', 'uuid', 'uuid', 'uuid'],
    ['binary(16)', 'uuid', 'uuid', 'uuid-bytes'],
    ['varchar(45)', 'inet', 'inet', 'inet'],
    ['varchar(10)', 'varchar(20)', 'varchar(20)', 'text'],
    ['varchar(10)', 'varchar', 'varchar', 'text'],
    ['varchar(10)', 'text', 'text', 'text'],
    ['text', 'jsonb', 'jsonb', 'json'],
    ['longtext', 'json', 'json', 'text'],
    ['blob', 'text', 'text', 'text'],
    ['blob', 'jsonb', 'jsonb', 'json'],
    ['date', 'text', 'text', 'text'],
    ['datetime', 'timestamptz', 'timestamptz', 'timestamp'],
    ['datetime(3)', 'timestamp(6)', 'timestamp(6)', 'timestamp'],
    ['datetime(3)', 'timestamp (3) with time zone', 'timestamptz(3)', 'timestamp'],
    ['timestamp', 'timestamp without time zone', 'timestamp', 'timestamp'],
    ['datetime', 'varchar(19)', 'varchar(19)', 'text'],
    ['time', 'time', 'time', 'time'],
    ['time', 'interval', 'interval', 'interval'],
    ["enum('a','bcd')", 'text', 'text', 'text'],
    ["enum('a','bcd')", 'varchar(3)', 'varchar(3)', 'text'],
    ["set('a','b')", 'text', 'text', 'text'],
    ["set('a','b')", 'text[]', 'text[]', 'set'],
    ['json', 'json', 'json', 'text'],
    ['json', 'text', 'text', 'text'],
    ['uuid', 'text', 'text', 'uuid'],
    ['inet6', 'text', 'text', 'text'],
    ['vector(3)', 'bytea', 'bytea', 'bytes'],
    ['point', 'bytea', 'bytea', 'wkb'],
  ])('%s to %s', (declared, to, spelled, as) => {
    const { cast: made, explicit, findings } = cast(declared, to)
    expect([made.rule, made.to, made.encoding.as, explicit]).toEqual(['casts[0]', spelled, as, true])
    expect(findings.filter((f) => f.severity !== 'info')).toEqual([])
  })

  test.each<[string, string, string]>([
    ['int(11)', 'date', 'can become boolean, smallint, integer, bigint, numeric, text or varchar'],
    ['int(11)', 'double precision', 'can become'],
    ['int(11)', 'numeric(10,2)', 'needs numeric, or numeric(10,0) or wider with the same scale'],
    ['int(11)', 'numeric(9)', 'needs numeric, or numeric(10,0)'],
    ['int(11)', 'varchar(5)', 'needs varchar(11) or longer'],
    ['int(11)', 'integr', 'can become'],
    ['int(11)', 'int(11)', 'can become'],
    ['decimal(10,2)', 'bigint', 'needs numeric: it has decimals'],
    ['decimal(10,2)', 'numeric(10,3)', 'needs numeric, or numeric(10,2)'],
    ['decimal(10,2)', 'numeric(9,2)', 'needs numeric, or numeric(10,2)'],
    ['float', 'numeric', 'can become real'],
    ['bit(8)', 'boolean', 'needs a type of more than one bit'],
    ['bit(16)', 'smallint', 'needs a type of more than 16 bits'],
    ['bit(8)', 'bit(9)', 'needs bit(8)'],
    ['bit(8)', 'varbit(7)', 'needs varbit(8)'],
    ['varchar(10)', 'varchar(9)', 'needs varchar(10) or longer'],
    ['text', 'varchar(100)', 'needs text, or varchar without a length'],
    ['varchar(10)', 'char(10)', 'can become'],
    ['varchar(10)', 'integer', 'can become'],
    ['char(16)', 'uuid', 'needs text of at least 32 characters'],
    ['binary(20)', 'uuid', 'needs exactly 16 bytes'],
    ['datetime(3)', 'timestamp(0)', 'needs timestamp(3) or more'],
    ['datetime', 'date', 'can become timestamp, timestamptz, text or varchar'],
    ['time(3)', 'time(2)', 'needs time(3) or more'],
    ["enum('abc')", 'varchar(2)', 'needs varchar(3) or longer'],
    ["enum('abc')", 'integer', 'can become'],
    ['json', 'varchar(100)', 'needs text, or varchar without a length'],
    ['vector(3)', 'vector(3)', 'can become real[] or bytea'],
    ['point', 'geometry', 'needs PostGIS in the target database'],
  ])('%s to %s blocks, and says what would do', (declared, to, remedy) => {
    const { findings, cast: made } = cast(declared, to)
    expect(findings.map((f) => `${f.severity} ${f.name} ${f.subject}`)).toContain('blocking cast-impossible t.c')
    expect(findings.find((f) => f.name === 'cast-impossible')!.remedy).toContain(remedy)
    expect(made.rule).toBe('house')
  })

  test('a type of the target that nobody writes is told with all that there are', () => {
    expect(cast('int', 'integr').findings[0]!.message).toContain(
      'which is no type that Nightferry writes (boolean, smallint',
    )
  })
  test('geometry goes into PostGIS where it is', () => {
    expect(cast('point', 'geometry(Point,4326)', { postgis: true, pgvector: false }).cast.encoding).toEqual({
      as: 'ewkb',
    })
  })
  test.each([
    ['int(10) unsigned', 'integer', true],
    ['int(11)', 'smallint', true],
    ['int(11)', 'integer', false],
    ['tinyint(1)', 'boolean', true],
    ['decimal(20,0)', 'bigint', true],
    ['decimal(18,0)', 'bigint', false],
    ['bigint', 'numeric', false],
  ])('%s to %s: said to be narrower: %s', (declared, to, narrower) => {
    expect(cast(declared, to).findings.some((f) => f.name === 'cast-narrower')).toBe(narrower)
  })
  test('every family of source types can become something, and only types that we can spell', () => {
    for (const family of SOURCE_FAMILIES) {
      const targets = Object.keys(CONVERSIONS[family])
      expect(targets.length).toBeGreaterThan(0)
      for (const target of targets) expect(TARGET_NAMES).toContain(target)
    }
  })
})

describe('types of the target', () => {
  test.each([
    ['Numeric( 10 , 2 )', 'numeric(10,2)'],
    ['decimal', 'numeric'],
    ['int8', 'bigint'],
    ['character varying(5)', 'varchar(5)'],
    ['timestamp(3) with time zone', 'timestamptz(3)'],
    ['TIMESTAMP', 'timestamp'],
    ['float4[]', 'real[]'],
    ['bit', 'bit'],
  ])('%s is %s', (text, spelled) => expect(spellTarget(parseTargetType(text)!)).toBe(spelled))
  test.each([
    'numeric(5,6)',
    'numeric(0)',
    'varchar(0)',
    'timestamp(7)',
    'integer(4)',
    'text; drop table x',
    'varchar(a)',
    '',
  ])('%s is none', (text) => expect(parseTargetType(text)).toBeNull())
})
