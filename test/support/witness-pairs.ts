/** A source type, target types that a rule may ask for (`house`: none asked), and at least two values that differ. */
export interface WitnessPair {
  readonly from: string
  readonly to: readonly string[]
  readonly values: readonly string[]
  readonly only?: 'mariadb' | 'vector'
}

const pair = (
  from: string,
  to: readonly string[],
  values: readonly string[],
  only?: WitnessPair['only'],
): WitnessPair => ({
  ...{ from, to, values },
  ...(only && { only }),
})

const LONG = [`repeat('é', 511)`, `repeat('é', 512)`, `concat('x', repeat('é', 512))`, `repeat('é', 3000)`]

export const WITNESS_PAIRS: readonly WitnessPair[] = [
  pair('tinyint(1)', ['boolean', 'smallint', 'text', 'numeric', 'varchar(4)'], ['0', '1']),
  pair(
    'int',
    ['house', 'bigint', 'numeric', 'numeric(10,0)', 'text', 'varchar'],
    ['0', '-2147483648', '2147483647', '1000000'],
  ),
  pair('int(8) unsigned zerofill', ['house', 'integer', 'text', 'numeric'], ['0', '7', '10000000']),
  pair('bigint unsigned', ['house', 'numeric', 'text', 'varchar(21)'], ['0', '18446744073709551615']),
  pair('year', ['house', 'integer', 'numeric(4)', 'text', 'varchar(4)'], ['1999', '2155', '0']),
  pair(
    'decimal(10,2)',
    ['house', 'numeric', 'numeric(12,2)', 'text', 'varchar(13)'],
    ['0', '-0.05', '12345678.90', '1'],
  ),
  pair('decimal(20,0)', ['bigint', 'numeric', 'text'], ['0', '-5', '9000000000000000000']),
  pair('bit(1)', ['house', 'bit(1)', 'smallint', 'text'], ["b'0'", "b'1'"]),
  pair(
    'bit(10)',
    ['house', 'varbit', 'smallint', 'bigint', 'numeric', 'text', 'varchar(10)'],
    ["b'0'", "b'1'", "b'1111111111'"],
  ),
  pair('bit(64)', ['numeric', 'bit(64)', 'text'], ["b'0'", '~0', '1']),
  pair('char(36)', ['house', 'uuid'], ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "'A0EEBC999C0B4EF8BB6D6BB9BD380A12'"]),
  pair('binary(16)', ['house', 'uuid'], ["X'a0eebc999c0b4ef8bb6d6bb9bd380a11'", "X'00000000000000000000000000000000'"]),
  pair('varchar(45)', ['house', 'inet'], ["'10.0.0.1'", "'2001:db8:0:0:0:0:0:1'", "'::ffff:1.2.3.4'", "'::1'", "'::'"]),
  pair('varchar(3000)', ['house', 'varchar(3000)', 'text'], ["''", "'a  '", "'~'", "'NULL'", "'tab\\there|'", ...LONG]),
  pair('varchar(200)', ['house', 'varchar', 'text'], ["''", "'a  '", "'~'", "'|0|'"]),
  pair('text', ['json', 'text'], ['\'{"b": 1,  "a": [1.0, null]}\'', "'[]'"]),
  pair('longtext', ['house'], [...LONG, `repeat('abc\\n', 200000)`]),
  pair('json', ['text', 'varchar', 'json'], ['\'{"bb": 1, "a": [1.5, null, {"x": "y\\\\n"}]}\'', "'[]'"]),
  pair('blob', ['house', 'text'], ["'plain é'", "''", ...LONG]),
  pair('varbinary(600)', ['house'], ["''", "X'00ff'", "repeat('é', 300)", "repeat('é', 299)"]),
  pair('date', ['house', 'text', 'varchar(10)'], ["'2024-02-29'", "'1000-01-01'", "'9999-12-31'", "'0001-01-01'"]),
  pair(
    'datetime(3)',
    ['house', 'timestamp(6)', 'timestamptz', 'timestamptz(3)', 'text', 'varchar(23)'],
    ["'2024-02-29 10:00:00.500'", "'1000-01-01 00:00:00'", "'1969-12-31 23:59:59.999'"],
  ),
  pair(
    'timestamp(6) null',
    ['house', 'timestamp', 'text', 'varchar(26)'],
    ["'2024-02-29 10:00:00.000001'", "'1970-01-02 00:00:01'", "'2024-03-31 02:30:00'"],
  ),
  pair(
    'time(2)',
    ['house', 'time', 'interval', 'text', 'varchar(13)'],
    ["'00:00:00'", "'23:59:59.99'", "'01:02:03.5'"],
  ),
  pair('time', ['interval', 'text'], ["'-838:59:59'", "'838:59:59'", "'-00:00:01'", "'24:00:01'"]),
  pair("enum('a','it''s','')", ['house', 'text', 'varchar(4)'], ["'a'", "'it''s'", "''"]),
  pair(`enum('${'é'.repeat(40)}','b')`, ['house'], ["'b'", '1']),
  pair("set('a','b c','d')", ['house', 'text', 'varchar(7)'], ["''", "'a'", "'a,b c,d'"]),
  pair('float', ['house'], ['0.1', '-3.4e38', '16777217', '1e-45']),
  pair('double', ['house'], ['0.1', '1e300', '-5e-324', '1.7976931348623157e308']),
  pair('point', ['house'], ['point(1, -2.5)', 'point(1e300, 0)']),
  pair('geometry', ['bytea'], ["ST_GeomFromText('LINESTRING(0 0,1 1,2 2)')", 'point(1, 2)']),
  pair(
    'uuid',
    ['house', 'text', 'varchar(36)'],
    ["'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "'00000000-0000-0000-0000-000000000000'"],
    'mariadb',
  ),
  pair('inet4', ['house', 'text'], ["'10.0.0.1'", "'0.0.0.0'"], 'mariadb'),
  pair('inet6', ['house', 'text', 'varchar(45)'], ["'2001:db8::1'", "'::'", "'::ffff:1.2.3.4'"], 'mariadb'),
  pair('vector(3)', ['house', 'bytea'], ["X'0000803f0000004000004040'", "X'000000800000000001000000'"], 'vector'),
]

const DATES = [
  "'0000-00-00'",
  "'2023-02-30'",
  "'2024-00-10'",
  "'2024-01-00'",
  "'0000-05-05'",
  "'2024-02-29'",
  "'0001-01-01'",
]
const moments = (time: string): string[] => DATES.map((day) => `'${day.slice(1, -1)} ${time}'`)
const STAMPS = ["'0000-00-00 00:00:00'", "'1970-01-01 00:00:01'", "'2038-01-19 03:14:07'"]

/** Dates that no calendar has, and what rules make of them: `null`, or a literal. */
export const ZERO_DATE_PAIRS: readonly {
  from: string
  to: readonly string[]
  zero: readonly string[]
  values: readonly string[]
}[] = [
  { from: 'date', to: ['date'], zero: ['null', '1970-01-01', '0001-01-01', 'infinity', '-infinity'], values: DATES },
  {
    from: 'datetime(3)',
    to: ['timestamp(3)', 'timestamptz(3)'],
    zero: ['null', '1970-01-01', '2000-01-01 12:00:00.5', 'infinity', '-infinity'],
    values: moments('23:59:59.125'),
  },
  {
    from: 'timestamp(0) null',
    to: ['timestamptz(0)', 'timestamp(0)'],
    zero: ['null', '1999-12-31 23:59:59', '-infinity'],
    values: STAMPS,
  },
]
