import { expect, test } from 'vitest'
import { castColumn } from '../../core/casts/cast-column.js'
import { CONVERSIONS } from '../../core/casts/conversions.js'
import { familyOf } from '../../core/casts/family.js'
import { column, NO_FEATURES } from '../support/catalog.js'
import { copied, plannedTable, throughPostgres } from '../support/mysql-copy.js'
import { mysqlUrl, onMysql, postgresUrl, withMysqlDatabase } from '../support/servers.js'

const isMariaDb = String((await onMysql(mysqlUrl(), 'select version() as v'))[0]?.['v']).includes('MariaDB')

/** Types of one server only. */
const MARIADB_ONLY = ['uuid', 'inet4', 'inet6']

/** Source type, target types that a rule may ask for, and values that show a difference if there is one. */
const PAIRS: readonly [declared: string, targets: readonly string[], values: readonly string[]][] = [
  ['tinyint(1)', ['boolean', 'smallint', 'text', 'numeric', 'varchar(4)'], ['0', '1']],
  [
    'int(11)',
    ['bigint', 'numeric', 'numeric(10,0)', 'numeric(12)', 'text', 'varchar'],
    ['0', '-2147483648', '2147483647', '1000000'],
  ],
  ['int(8) unsigned zerofill', ['integer', 'text', 'numeric'], ['0', '7', '10000000']],
  ['bigint unsigned', ['bigint', 'numeric', 'numeric(20,0)', 'text'], ['0', '9223372036854775807']],
  ['bigint unsigned', ['numeric', 'numeric(20)', 'text', 'varchar(21)'], ['18446744073709551615']],
  ['year', ['integer', 'bigint', 'numeric(4)', 'text', 'varchar(4)'], ['1999', '2155', '0']],
  ['decimal(10,2)', ['numeric', 'numeric(12,2)', 'text', 'varchar(13)'], ['0', '-0.05', '12345678.90', '1']],
  ['decimal(20,0)', ['bigint', 'numeric', 'text'], ['0', '-5', '9000000000000000000']],
  ['bit(1)', ['boolean', 'bit(1)', 'smallint', 'text'], ["b'0'", "b'1'"]],
  [
    'bit(10)',
    ['bit(10)', 'varbit', 'varbit(12)', 'smallint', 'integer', 'bigint', 'numeric', 'text'],
    ["b'0'", "b'1'", "b'1111111111'"],
  ],
  ['bit(64)', ['numeric', 'numeric(20)', 'bit(64)', 'text', 'varchar(64)'], ["b'0'", '~0', '1']],
  ['char(36)', ['uuid', 'text', 'varchar(36)'], ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"]],
  ['char(36)', ['uuid'], ["'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "'a0eebc999c0b4ef8bb6d6bb9bd380a11'"]],
  ['binary(16)', ['uuid', 'bytea'], ["X'a0eebc999c0b4ef8bb6d6bb9bd380a11'", "X'00000000000000000000000000000000'"]],
  ['varchar(45)', ['inet', 'text'], ["'10.0.0.1'", "'2001:db8:0:0:0:0:0:1'", "'::ffff:1.2.3.4'"]],
  ['varchar(20)', ['varchar(20)', 'varchar(30)', 'varchar', 'text'], ["''", "'a  '", "'tab\\there'", "'it''s \\\\ é'"]],
  ['text', ['json', 'text'], ['\'{"b": 1,  "a": [1.0, null]}\'', "'[]'"]],
  ['text', ['jsonb'], ['\'{"b": 1,  "a": [1.0, null], "b": 2}\'', "'[]'", '\'"x"\'']],
  ['json', ['jsonb', 'text', 'varchar', 'json'], ['\'{"bb": 1, "a": [1.5, null, {"x": "y\\\\n"}]}\'', "'[]'"]],
  ['blob', ['text', 'bytea'], ["'plain é'", "''"]],
  ['blob', ['jsonb'], ['\'{"b": 1, "a": 2}\'']],
  ['date', ['date', 'text', 'varchar(10)'], ["'2024-02-29'", "'1000-01-01'", "'9999-12-31'"]],
  [
    'datetime(3)',
    ['timestamp', 'timestamp(3)', 'timestamp(6)', 'timestamptz', 'timestamptz(3)', 'text', 'varchar(23)'],
    ["'2024-02-29 10:00:00.500'", "'1000-01-01 00:00:00'"],
  ],
  [
    'timestamp(6) null',
    ['timestamptz', 'timestamp', 'timestamp(6)', 'text', 'varchar(26)'],
    ["'2024-02-29 10:00:00.000001'", "'1970-01-02 00:00:01'"],
  ],
  ['time(2)', ['time', 'time(2)', 'interval', 'text', 'varchar(13)'], ["'00:00:00'", "'23:59:59.99'", "'01:02:03.5'"]],
  ['time', ['interval', 'text'], ["'-838:59:59'", "'838:59:59'", "'-00:00:01'", "'24:00:01'"]],
  ["enum('a','it''s','')", ['text', 'varchar(4)'], ["'a'", "'it''s'", "''"]],
  ["set('a','b c','d')", ['text[]', 'text', 'varchar(7)'], ["''", "'a'", "'a,b c,d'"]],
  ['float', ['real'], ['0.1', '-3.4e38', '16777217']],
  ['double', ['double precision'], ['0.1', '1e300', '-5e-324']],
  ['uuid', ['uuid', 'text', 'varchar(36)'], ["'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'"]],
  ['inet4', ['inet', 'text'], ["'10.0.0.1'"]],
  ['inet6', ['inet', 'text', 'varchar(45)'], ["'2001:db8::1'", "'::'"]],
  ['point', ['bytea'], ['point(1, -2.5)']],
]

const CASES = PAIRS.filter(([declared]) => isMariaDb || !MARIADB_ONLY.includes(declared)).flatMap(
  ([declared, targets, values]) => targets.map((to) => [declared, to, values] as const),
)

test.each(CASES)('a rule that casts %s to %s writes what PostgreSQL prints', async (declared, to, values) => {
  const { cast, findings } = castColumn(column('v', declared), 't', [{ column: 't.v', to }], [], NO_FEATURES)
  expect(findings.filter((finding) => finding.severity !== 'info')).toEqual([])
  await withMysqlDatabase(async (_name, url) => {
    const rows = [...values, 'NULL'].map((value, i) => `(${i}, ${value})`).join(', ')
    const nullable = declared.endsWith('null') ? '' : ' null'
    const create = `create table t (id int primary key, v ${declared}${nullable}) character set utf8mb4`
    await onMysql(url, `set time_zone = '+00:00', sql_mode = ''; ${create}; insert into t values ${rows}`)
    const { text } = await copied(url, plannedTable('t', { id: { as: 'integer' }, v: cast.encoding }))
    expect(text.toString().split('\n')).toHaveLength(values.length + 2)
    const printed = await throughPostgres(postgresUrl(), ['int', cast.to], text)
    expect(text.toString().split('\n')).toEqual(printed.toString().split('\n'))
  }, 'casts_canonical')
})

test('the pairs leave no way out of the table of conversions that these servers can show', () => {
  const possible = Object.entries(CONVERSIONS).flatMap(([family, row]) =>
    Object.keys(row).map((to) => `${family} ${to}`),
  )
  const shown = new Set(
    PAIRS.flatMap(([declared, targets]) =>
      targets.map((to) => `${familyOf(column('v', declared).type)} ${to.replace(/\(.*\)/, '')}`),
    ),
  )
  // No PostGIS and no vector type here; narrower integers differ from wider ones in nothing but their range.
  const notHere = /^(vector |geometry geometry$)|^\w+ (smallint|integer)$|^decimal \w+int$/
  expect(possible.filter((pair) => !shown.has(pair) && !notHere.test(pair))).toEqual([])
})
