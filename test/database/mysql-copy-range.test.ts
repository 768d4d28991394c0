import { describe, expect, test } from 'vitest'
import { type Key, rangesBetween } from '../../core/key-range.js'
import type { ChunkKey, ChunkKeyColumn } from '../../core/plan/types.js'
import { keySelectList, orderBy, rangeWhere } from '../../databases/mysql/range.js'
import { copied, firstColumns, plannedTable } from '../support/mysql-copy.js'
import { mysqlUrl, onMysql, withMysqlDatabase } from '../support/servers.js'

interface KeyCase {
  readonly name: string
  /** Column definitions behind `n int`, the row's number. */
  readonly columns: string
  readonly key: string
  /** SQL over `seq`, 1 to 3000, for each column. */
  readonly values: string
  readonly chunkKey: readonly Partial<ChunkKeyColumn>[]
  readonly unique?: boolean
  readonly index?: string
  readonly only?: 'mariadb'
}

const text = (column: string, charset: string): Partial<ChunkKeyColumn> => ({ column, type: 'varchar', charset })

const CASES: readonly KeyCase[] = [
  {
    name: 'bigint unsigned',
    columns: 'a bigint unsigned',
    key: 'primary key (a)',
    values: '18446744073709551615 - seq * 7',
    chunkKey: [{ column: 'a', type: 'bigint' }],
  },
  {
    name: 'zerofill',
    columns: 'a int unsigned zerofill',
    key: 'primary key (a)',
    values: 'seq',
    chunkKey: [{ column: 'a', type: 'int' }],
  },
  {
    name: 'decimal',
    columns: 'a decimal(20,5)',
    key: 'primary key (a)',
    values: '(seq - 1500) / 7',
    chunkKey: [{ column: 'a', type: 'decimal' }],
  },
  {
    name: 'datetime with zeros',
    columns: 'a datetime(3)',
    key: 'primary key (a)',
    values: "if(seq = 1, '0000-00-00', '2024-01-01' + interval seq * 1001 * 1000 microsecond)",
    chunkKey: [{ column: 'a', type: 'datetime' }],
  },
  {
    name: 'timestamp',
    columns: 'a timestamp(3)',
    key: 'primary key (a)',
    values: "'2024-03-31' + interval seq * 1001 * 1000 microsecond",
    chunkKey: [{ column: 'a', type: 'timestamp' }],
  },
  {
    name: 'date and time',
    columns: 'a date, b time',
    key: 'primary key (a, b)',
    values: "'2024-01-01' + interval seq div 100 day, sec_to_time((seq - 1500) * 1000)",
    chunkKey: [
      { column: 'a', type: 'date' },
      { column: 'b', type: 'time' },
    ],
  },
  {
    name: 'year and small integers',
    columns: 'a year, b tinyint, c smallint',
    key: 'primary key (a, b, c)',
    values: 'if(seq % 3 = 0, 0, 1990 + seq % 30), seq % 7 - 3, seq',
    chunkKey: [
      { column: 'a', type: 'year' },
      { column: 'b', type: 'tinyint' },
      { column: 'c', type: 'smallint' },
    ],
  },
  {
    name: 'text under a collation that does not tell cases apart',
    columns: 'a varchar(40) character set utf8mb4 collate utf8mb4_unicode_ci',
    key: 'primary key (a)',
    values: "concat(elt(1 + seq % 6, 'é', 'E', 'z', 'Å', ' ', '\\\\'), seq)",
    chunkKey: [text('a', 'utf8mb4')],
  },
  {
    name: 'latin1 text',
    columns: 'a varchar(40) character set latin1',
    key: 'primary key (a)',
    values: "concat(elt(1 + seq % 4, 'é', 'e', 'ß', 'Z'), seq)",
    chunkKey: [text('a', 'latin1')],
  },
  {
    name: 'sjis and ucs2 text',
    columns: 'a varchar(20) character set sjis, b varchar(20) character set ucs2',
    key: 'primary key (a, b)',
    values: "elt(1 + seq % 3, '東', '京', 'a'), concat('é', seq)",
    chunkKey: [text('a', 'sjis'), text('b', 'ucs2')],
  },
  {
    name: 'binary',
    columns: 'a binary(8), b varbinary(20)',
    key: 'primary key (a, b)',
    values: "unhex(lpad(hex(seq % 5 * 99999999), 16, '0')), concat(char(seq % 256), seq)",
    chunkKey: [
      { column: 'a', type: 'binary' },
      { column: 'b', type: 'varbinary' },
    ],
  },
  {
    name: 'a prefix of the key',
    columns: 'a int, b int',
    key: 'primary key (a, b)',
    values: 'seq div 10, seq',
    chunkKey: [{ column: 'a', type: 'int' }],
    unique: false,
  },
  {
    name: 'a unique key that is not the primary key',
    columns: 'a int not null, b int not null',
    key: 'primary key (n), unique `odd ``name` (b, a)',
    values: 'seq, (seq * 7919) % 50',
    chunkKey: [
      { column: 'b', type: 'int' },
      { column: 'a', type: 'int' },
    ],
    index: 'odd `name',
  },
  {
    name: 'columns that descend',
    columns: 'a int, b varchar(10), c int',
    key: 'primary key (a desc, b, c desc)',
    values: "seq % 10, concat('k', seq % 7), seq",
    chunkKey: [
      { column: 'a', type: 'int', descending: true },
      text('b', 'utf8mb4'),
      { column: 'c', type: 'int', descending: true },
    ],
  },
  {
    name: 'uuid',
    columns: 'a uuid',
    key: 'primary key (a)',
    values: 'uuid()',
    chunkKey: [{ column: 'a', type: 'uuid' }],
    only: 'mariadb',
  },
  {
    name: 'addresses',
    columns: 'a inet6, b inet4',
    key: 'primary key (a, b)',
    values: "concat('fe80::', hex(seq % 10)), inet_ntoa(seq * 65537)",
    chunkKey: [
      { column: 'a', type: 'inet6' },
      { column: 'b', type: 'inet4' },
    ],
    only: 'mariadb',
  },
]

const version = String((await onMysql(mysqlUrl(), 'select version() as version'))[0]?.['version'])
const EXPLAIN = version.includes('MariaDB') ? 'explain' : 'explain format=traditional'
const cases = CASES.filter(({ only }) => only === undefined || version.includes('MariaDB'))

const chunkKey = ({ chunkKey: columns, unique = true, index = 'PRIMARY' }: KeyCase): ChunkKey => ({
  index,
  unique,
  columns: columns.map((c) => ({ column: '', type: '', charset: null, collation: null, descending: false, ...c })),
})

async function fill(url: string, { columns, key, values }: KeyCase): Promise<void> {
  const digits =
    '(select 0 as d union all select 1 union all select 2 union all select 3 union all select 4 union all select 5 union all select 6 union all select 7 union all select 8 union all select 9)'
  await onMysql(
    url,
    `set sql_mode = ''; set time_zone = '+00:00'; create table numbers (seq int primary key);
    insert into numbers select a.d * 1000 + b.d * 100 + c.d * 10 + d.d + 1 from ${digits} a, ${digits} b, ${digits} c, ${digits} d where a.d < 3;
    create table v (n int, ${columns}, ${key});
    insert into v select seq, ${values} from numbers order by seq`,
  )
}

/** Every `step`-th key in order, as the boundaries of a table are found. */
async function boundaries(url: string, key: ChunkKey, step: number): Promise<Key[]> {
  const rows = await onMysql(
    url,
    `set time_zone = '+00:00'; select ${keySelectList(key)} from v force index (\`${key.index.replaceAll('`', '``')}\`) order by ${orderBy(key)}`,
  )
  const keys = rows.map((row) => Object.values(row).map(String))
  return keys.filter((k, i) => i > 0 && i % step === 0 && JSON.stringify(k) !== JSON.stringify(keys[i - step]))
}

describe('ranges between any boundaries hold every row once, in the order of the key, and are read by its index', () => {
  test.each(cases)('$name', async (keyCase) => {
    await withMysqlDatabase(async (_, url) => {
      await fill(url, keyCase)
      const key = chunkKey(keyCase)
      const table = plannedTable('v', { n: { as: 'integer' } }, key)
      const whole = await copied(url, table)
      expect(whole.counts.rows).toBe(3000)

      const found = await boundaries(url, key, 211)
      expect(found.length).toBeGreaterThan(8)
      const ranges = rangesBetween(null, found, true)
      const parts = []
      for (const range of ranges) parts.push((await copied(url, table, range)).text)
      expect(firstColumns(Buffer.concat(parts))).toEqual(firstColumns(whole.text))

      // Without it the server may still think that the table is empty.
      await onMysql(url, 'analyze table v')
      const explain = `set time_zone = '+00:00'; ${EXPLAIN} select n from v force index (\`${key.index.replaceAll('`', '``')}\`) where ${rangeWhere(key, ranges[4] as never)} order by ${orderBy(key)}`
      const [plan] = await onMysql(url, explain)
      expect(plan).toMatchObject({ type: 'range', key: key.index })
      expect(String(plan?.['Extra'])).not.toContain('filesort')
      expect(Number(plan?.['rows'])).toBeLessThan(2000)
    }, 'copy_range')
  })
})
