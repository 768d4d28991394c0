import { expect } from 'vitest'
import { onMysql, onPostgres } from './servers.js'

export const ROWS = 200_000

/** `s (n)` from 1 to ROWS. */
const NUMBERS = `with recursive d (n) as (select 0 union all select n + 1 from d where n < 99),
  s (n) as (select 10000 * c.n + 100 * a.n + b.n + 1 from d a, d b, d c where c.n < ${ROWS / 10_000})`

/** One table, whose columns after those of the key are `n` and `note`. */
interface KeyKind {
  readonly table: string
  /** Columns of the key in the table's order, with their types. */
  readonly columns: string
  readonly primaryKey: string
  /** The key's names in its order. */
  readonly key: readonly string[]
  /** Columns of the key for the row `n`, in the source's SQL. */
  readonly value: string
  readonly form: 'buckets' | 'ordered'
  /** What is done to keys in the target: one row each. */
  readonly faults: readonly string[]
  /** A key that the source does not have, for each `g`, in the target's SQL. */
  readonly extra: string
}

/** A letter beyond ASCII, an emoji, a combining mark, spaces and tabs at the ends: what a collation folds, trims or takes for the same. */
const TEXT = `concat(elt(1 + n % 6, 'Größe ', 'naïve ', '🚢', 'plain ', ' İı', 'e\u0301 '), n,
  elt(1 + n % 5, '', ' ', '  ', 'É', '\\t'))`

const TEXT_FAULTS: readonly string[] = [
  `code = lower(code) where n = 600`,
  `code = code || ' ' where n = 5`,
  `code = rtrim(code) where n = 42`,
  `code = rtrim(code, E'\\t') where n = 104`,
  `code = replace(code, 'ö', 'o') where n = 1206`,
  `code = replace(code, '🚢', '🚀') where n = 2`,
  `code = normalize(code, nfc) where n = 17`,
]

const text = (table: string, collation: string): KeyKind => ({
  ...{ table, columns: `code varchar(60) collate ${collation} not null`, primaryKey: 'code', key: ['code'] },
  ...{ value: TEXT, form: 'buckets', faults: TEXT_FAULTS, extra: `'größe ' || g` },
})

const HASH = 'sha2(n, 256)'

/** Versions 1, 4 and 7, which MariaDB orders by different parts. */
const UUID: KeyKind = {
  ...{ table: 'by_uuid', columns: 'id uuid not null', primaryKey: 'id', key: ['id'], form: 'buckets' },
  value: `concat(left(${HASH}, 8), '-', mid(${HASH}, 9, 4), '-', elt(1 + n % 3, '1', '4', '7'), mid(${HASH}, 13, 3),
    '-8', mid(${HASH}, 16, 3), '-', mid(${HASH}, 19, 12))`,
  faults: [`id = '00000000-0000-1000-8000-000000000000' where n = 5`],
  extra: `('a0000000-0000-4000-8000-' || lpad(g::text, 12, '0'))::uuid`,
}

const MIXED: KeyKind = {
  table: 'by_mixed',
  columns: 'a int not null, b bigint not null, c varbinary(8) not null',
  ...{ primaryKey: 'a, b desc, c', key: ['a', 'b', 'c'], form: 'ordered' },
  value: `n % 40 - 20, (n % 7 - 3) * 1000000000000, unhex(lpad(hex(n), 6, '0'))`,
  faults: ['b = -b where n = 5', 'a = -a where n = 7', `c = c || '\\x00' where n = 9`],
  extra: `g - 6, 10 - g, decode(lpad(to_hex(g), 4, '0'), 'hex')`,
}

const MIXED_TEXT: KeyKind = {
  table: 'by_mixed_text',
  columns: 'code varchar(60) collate utf8mb4_general_ci not null, b int not null',
  ...{ primaryKey: 'b desc, code', key: ['b', 'code'], form: 'buckets' },
  value: `${TEXT}, n % 1000`,
  faults: [...TEXT_FAULTS, 'b = -b where n = 7'],
  extra: `'größe ' || g, g`,
}

const keyKinds = (isMariaDb: boolean): readonly KeyKind[] => [
  text('by_general', 'utf8mb4_general_ci'),
  text('by_unicode', 'utf8mb4_unicode_ci'),
  isMariaDb ? UUID : text('by_0900', 'utf8mb4_0900_ai_ci'),
  ...[MIXED, MIXED_TEXT],
]

const sourceSql = (kinds: readonly KeyKind[]): string =>
  kinds
    .map(
      ({ table, columns, primaryKey, value }) => `
      create table ${table} (${columns}, n int not null, note varchar(40), primary key (${primaryKey}));
      insert into ${table} ${NUMBERS} select ${value}, n, concat('note ', n) from s`,
    )
    .join(';')

/** Rows that are to be found missing, extra and changed in a table behind `faultsSql`. */
const expectedCounts = ({ faults }: KeyKind) => ({
  ...{ missing: 16 + faults.length, extra: 12 + faults.length, changed: 21 },
})

/** Of each table: rows that change, vanish, and are in the target alone, and keys that become nearly the same ones. */
const faultsSql = (kinds: readonly KeyKind[]): string =>
  kinds
    .flatMap(({ table, faults, extra }) => [
      ...faults.map((fault) => `update ${table} set ${fault}`),
      `update ${table} set note = case n % 3 when 0 then null when 1 then note || n else upper(note) end where n % 9973 = 4`,
      `delete from ${table} where n % 13331 = 1`,
      `insert into ${table} select ${extra}, -g, 'new' from generate_series(1, 12) g`,
    ])
    .join(';')

type Value = string | number | null
type Row = Readonly<Record<string, Value>>

/** What differs by what SQL says of both sides: nothing of the product has a part in it. */
async function onPaper(kinds: readonly KeyKind[], mysqlUrl: string, postgresUrl: string): Promise<string[]> {
  const found: string[] = []
  for (const { table, key } of kinds) {
    const select = (bytes: string): string =>
      `select ${key.map((one) => (one === 'c' ? `${bytes} as c` : one)).join(', ')}, note from ${table}`
    const ours = (await onMysql(mysqlUrl, select(`concat('\\\\x', lower(hex(c)))`))) as Row[]
    const theirs = (await onPostgres(postgresUrl, select(`'\\x' || encode(c, 'hex')`))) as Row[]
    const name = (row: Row): string => key.map((one) => `${one}=${String(row[one])}`).join(', ')
    const target = new Map(theirs.map((row) => [name(row), row]))
    expect([new Set(ours.map(name)).size, target.size], 'no key twice').toEqual([ours.length, theirs.length])
    for (const row of ours) {
      const other = target.get(name(row))
      target.delete(name(row))
      if (other === undefined) found.push(`missing ${table} ${name(row)}`)
      else if (row['note'] !== other['note'])
        found.push(`changed ${table} ${name(row)}: note ${shown(row['note'])} -> ${shown(other['note'])}`)
    }
    found.push(...[...target.keys()].map((one) => `extra ${table} ${one}`))
  }
  return found.toSorted()
}

const shown = (value: Value | undefined): string => String(value ?? 'NULL')

interface Said {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

interface Verified {
  readonly verdict: string
  readonly tables: readonly { readonly table: string; readonly form: string }[]
  readonly differences: readonly {
    readonly table: string
    readonly kind: string
    readonly key: string
    readonly columns: readonly {
      readonly column: string
      readonly source: string | null
      readonly target: string | null
    }[]
  }[]
}

const told = ({ differences }: Verified): string[] =>
  differences
    .map(({ table, kind, key, columns }) => {
      const values = columns.map(({ column, source, target }) => `${column} ${shown(source)} -> ${shown(target)}`)
      return `${kind} ${table} ${key}${kind === 'changed' ? `: ${values.join(', ')}` : ''}`
    })
    .toSorted()

interface Site {
  readonly mysqlUrl: string
  readonly postgresUrl: string
  readonly name: string
  /** A command of the product's. */
  nightferry(...args: string[]): Promise<Said>
}

/**
 * Runs, spoils, verifies, repairs and verifies again, as people do, and compares with what SQL says at each step. Returns
 * how many rows differed, and were mended, in how many tables.
 */
export async function proveKeys(
  { mysqlUrl, postgresUrl, name, nightferry }: Site,
  config: string,
): Promise<{ tables: number; differences: number }> {
  const [{ v }] = (await onMysql(mysqlUrl, 'select version() as v')) as [{ v: string }]
  const kinds = keyKinds(v.includes('MariaDB'))
  await onMysql(mysqlUrl, sourceSql(kinds))
  const ran = await nightferry('run', config)
  expect(ran.code, ran.stderr).toBe(0)
  expect(await onPaper(kinds, mysqlUrl, postgresUrl)).toEqual([])

  await onPostgres(postgresUrl, faultsSql(kinds))
  const expected = await onPaper(kinds, mysqlUrl, postgresUrl)
  for (const kind of kinds)
    for (const [what, count] of Object.entries(expectedCounts(kind)))
      expect([kind.table, what, expected.filter((one) => one.startsWith(`${what} ${kind.table} `)).length]).toEqual([
        ...[kind.table, what, count],
      ])
  const found = await nightferry('verify', name, '--json', '--show-values')
  expect(found.code, found.stderr).toBe(6)
  const document = JSON.parse(found.stdout) as Verified
  expect(told(document)).toEqual(expected)
  expect(Object.fromEntries(document.tables.map(({ table, form }) => [table, form]))).toEqual(
    Object.fromEntries(kinds.map(({ table, form }) => [table, form])),
  )

  const repaired = await nightferry('repair', name, '--execute')
  expect(repaired.code, repaired.stdout + repaired.stderr).toBe(0)
  const again = await nightferry('verify', name, '--source', '--json')
  expect(again.code, again.stderr).toBe(0)
  expect(JSON.parse(again.stdout)).toMatchObject({ verdict: 'equal', differences: [] })
  expect(await onPaper(kinds, mysqlUrl, postgresUrl)).toEqual([])
  return { tables: kinds.length, differences: expected.length }
}
