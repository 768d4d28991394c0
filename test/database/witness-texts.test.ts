import { expect, test } from 'vitest'
import { mysqlUrl, onMysql } from '../support/servers.js'
import { makeTables, planTables, type TypedTable } from '../support/witness-tables.js'
import { inSource, inTarget, withCopied } from '../support/witnessed.js'

const CHARSETS = (
  await onMysql(
    mysqlUrl(),
    `select character_set_name as name from information_schema.character_sets
     where character_set_name not in ('binary', 'filename') order by 1`,
  )
).map((row) => String(Object.values(row)[0]))

const SAMPLES = [
  ...[
    'plain text',
    '0|~|\\N',
    'Zürich ÅÄÖ ñß',
    'ąęłżźć',
    'Ελληνικά',
    'Привет',
    'ґєії',
    'שלום',
    'مرحبا',
    'สวัสดี',
    'հայերեն',
  ],
  ...['東京都', 'こんにちは カタカナ', '한국어', '简体中文', '繁體中文', '‘’“”–—…', '¥‾~\\', '①Ⅳ㈱', '😀𠮷', '€™œ'],
]

const sample = (charset: string, text: string): string =>
  `convert(_utf8mb4 X'${Buffer.from(text).toString('hex')}' using ${charset})`

const TEXTS: TypedTable[] = CHARSETS.map((charset) => ({
  from: `varchar(100) character set ${charset}`,
  // Where the charset lacks a character the server stores a question mark: that is then the value.
  values: SAMPLES.map((text) => sample(charset, text)),
  rules: [null],
}))

/** Every byte of latin1, and those of 0x80 to 0x9f together. */
const LATIN1: TypedTable = {
  from: 'varchar(100) character set latin1',
  values: [
    ...Array.from({ length: 255 }, (_, i) => `_latin1 X'${(i + 1).toString(16).padStart(2, '0')}'`),
    `_latin1 X'${Array.from({ length: 32 }, (_, i) => (0x80 + i).toString(16)).join('')}'`,
  ],
  rules: [null, { to: 'text' }],
}

test('the witness agrees about text in every charset that the server has, and about every byte of latin1', async () => {
  const tables = [LATIN1, ...TEXTS]
  expect(tables.length).toBeGreaterThan(30)
  await withCopied(
    makeTables(tables),
    (source) => planTables(source, tables),
    async (copied) => {
      for (const table of copied.plan.tables) {
        const right = await inSource(copied, table)
        expect(right.rows, table.columns[1]?.cast.from).toBeGreaterThan(20)
        expect(await inTarget(copied, table), table.columns[1]?.cast.from).toEqual(right)
      }
      const [latin1] = copied.plan.tables
      await copied.postgres(`update t0 set v0 = U&'\\0080' where id = 127`)
      expect(await inTarget(copied, latin1!), '0x80').not.toEqual(await inSource(copied, latin1!))
    },
  )
})

const NEIGHBOURS: TypedTable = {
  from: 'varchar(20)',
  values: ["'ab'"],
  rules: [null, { to: 'text' }, null],
}

test('what moves from one column to its neighbour is seen: a character, a NULL, an empty text, a separator', async () => {
  await withCopied(
    makeTables([NEIGHBOURS]),
    (source) => planTables(source, [NEIGHBOURS]),
    async (copied) => {
      const table = copied.plan.tables[0]!
      const rows = [
        ...["'ab', 'c', ''", "'a', 'bc', ''", "'', 'abc', ''", "null, 'abc', ''", "'abc', null, ''", "'abc', '', null"],
        ...[
          "'~', null, null",
          "null, '~', null",
          "null, null, '~'",
          'null, null, null',
          "'~|~', null, ''",
          "'', '', ''",
        ],
        ...["'1|a', 'b', 'c'", "'1', 'a|b', 'c'", "'1|a|b', '', 'c'", "'|', '', ''", "'', '|', ''", "'0|', '', '0'"],
      ]
      const sums = new Set<string>()
      for (const row of rows) {
        await copied.postgres(`update t0 set (v0, v1, v2) = (${row}) where id = 0`)
        await copied.mysql(`replace into t0 values (0, ${row})`)
        const { sum } = await inTarget(copied, table)
        expect(sum, row).toBe((await inSource(copied, table)).sum)
        sums.add(sum)
      }
      expect(sums.size).toBe(rows.length)
    },
  )
})

test('a duplicate in the place of another row, and values that changed rows, change the sum', async () => {
  const numbers: TypedTable = { from: 'int', values: ['1', '2', '3', '3'], rules: [null, null] }
  await withCopied(
    makeTables([numbers]),
    (source) => planTables(source, [numbers]),
    async (copied) => {
      const table = copied.plan.tables[0]!
      const right = await inSource(copied, table)
      const faults = [
        'update t0 set v0 = 2 where id = 2; update t0 set v0 = 3 where id = 1',
        'delete from t0 where id = 3; insert into t0 select 5, v0, v1 from t0 where id = 2',
        'update t0 set v0 = v1 + 1, v1 = v0 - 1 where id = 0',
      ]
      await copied.postgres('create table kept as select * from t0')
      for (const fault of faults) {
        await copied.postgres(fault)
        const found = await inTarget(copied, table)
        expect(found.rows, fault).toBe(right.rows)
        expect(found.sum, fault).not.toBe(right.sum)
        await copied.postgres('delete from t0; insert into t0 select * from kept')
      }
      expect(await inTarget(copied, table)).toEqual(right)
    },
  )
})

/** A function of PostgreSQL takes 100 arguments. */
const MANY: TypedTable = { from: 'varchar(9)', values: ["''", "'x'"], rules: Array.from({ length: 200 }, () => null) }

test('a table of many columns is witnessed as any other, up to the last column', async () => {
  await withCopied(
    makeTables([MANY]),
    (source) => planTables(source, [MANY]),
    async (copied) => {
      const table = copied.plan.tables[0]!
      const right = await inSource(copied, table)
      expect(await inTarget(copied, table)).toEqual(right)
      for (const column of ['v0', 'v28', 'v29', 'v30', 'v199']) {
        await copied.postgres(`update t0 set ${column} = null where id = 0`)
        expect(await inTarget(copied, table), column).not.toEqual(right)
        await copied.postgres(`update t0 set ${column} = '' where id = 0`)
      }
      expect(await inTarget(copied, table)).toEqual(right)
    },
  )
})
