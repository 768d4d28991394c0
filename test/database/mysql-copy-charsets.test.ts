import { randomInt } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Failure } from '../../core/failure.js'
import { copied, plannedTable } from '../support/mysql-copy.js'
import { mysqlUrl, onMysql, withMysqlDatabase } from '../support/servers.js'

const onServer = (await onMysql(mysqlUrl(), 'show character set')).map((row) => String(row['Charset']))
const UNICODE = ['utf8mb3', 'utf8mb4', 'utf8', 'ucs2', 'utf16', 'utf16le', 'utf32']
const MULTI_BYTE = ['big5', 'cp932', 'eucjpms', 'euckr', 'gb18030', 'gb2312', 'gbk', 'sjis', 'ujis'].filter((c) =>
  onServer.includes(c),
)
const SINGLE_BYTE = onServer.filter((c) => c !== 'binary' && !UNICODE.includes(c) && !MULTI_BYTE.includes(c))

const QUARTER = randomInt(4)
const hex = (...bytes: number[]): string => `(X'${Buffer.from(bytes).toString('hex')}')`
const from = (low: number, high: number): number[] => Array.from({ length: high - low }, (_, i) => low + i)

/** Every code that may be a character, shortest first. NUL is refused for another reason. */
function codesOf(charset: string): string[] {
  const codes = from(1, 256).map((byte) => hex(byte))
  if (SINGLE_BYTE.includes(charset)) return codes
  // A quarter of the lead bytes at a time: all of them take four times as long, and every run takes others.
  for (const lead of from(0x80, 256).filter((byte) => byte % 4 === QUARTER))
    codes.push(...from(0x30, 256).map((trail) => hex(lead, trail)))
  if (/ujis|euc.*ms/.test(charset))
    for (const b of from(0xa1, 255)) codes.push(...from(0xa1, 255).map((c) => hex(0x8f, b, c)))
  if (charset === 'gb18030')
    for (const b of from(0x30, 0x3a)) codes.push(...from(0x81, 255).map((c) => hex(0x90, b, c, 0x31)))
  return codes
}

/**
 * Table t: one stored character a row, `utf8` its conversion by the server, `mapped` whether that is a character (the
 * server writes a question mark or U+FFFD where there is none).
 */
async function storeCharacters(url: string, charset: string): Promise<void> {
  const codes = codesOf(charset)
  const inserts = from(0, Math.ceil(codes.length / 5000)).map(
    (i) => `insert into code values ${codes.slice(i * 5000, i * 5000 + 5000).join(',')}`,
  )
  await onMysql(
    url,
    `set sql_mode = '';
    create table code (x varbinary(4)); ${inserts.join('; ')};
    create table t (id int primary key auto_increment, v varchar(4) character set ${charset}, utf8 varbinary(8), mapped int);
    insert ignore into t (v, utf8) select v, u from (select x, convert(x using ${charset}) as v, convert(convert(x using ${charset}) using utf8mb4) as u from code) q
      where cast(v as binary) = x and char_length(v) = 1 order by x;
    delete from t where char_length(v) <> 1;
    update t set mapped = utf8 <> X'EFBFBD' and (utf8 <> '?' or cast(v as binary) = '?')`,
  )
}

const lines = (text: Buffer): string[] => text.toString('latin1').split('\n').slice(0, -1)

async function expectEveryCharacter(charset: string): Promise<void> {
  await withMysqlDatabase(async (_, url) => {
    await storeCharacters(url, charset)
    await onMysql(
      url,
      `create table good (id int primary key auto_increment, v text character set ${charset}, utf8 varbinary(8000));
      set session group_concat_max_len = 100000;
      insert into good (v, utf8) select v, utf8 from t where mapped;
      insert into good (v, utf8) select group_concat(v order by id separator ''), group_concat(utf8 order by id separator '') from t where mapped group by id div 100`,
    )
    const text = { as: 'text', charset } as const
    const stored = lines((await copied(url, plannedTable('good', { v: text }))).text)
    const converted = lines(
      (await copied(url, plannedTable('good', { utf8: { as: 'text', charset: 'utf8mb4' } }))).text,
    )
    expect(stored.length).toBeGreaterThan(100)
    expect(stored).toEqual(converted)

    const bad = await onMysql(url, 'select id from t where not mapped order by rand() limit 5')
    for (const row of bad) {
      const id = String(row['id'])
      const one = { from: [id], to: [String(Number(id) + 1)] }
      const refused = copied(url, plannedTable('t', { id: { as: 'integer' }, v: text }), one)
      await expect(refused).rejects.toMatchObject({ kind: 'row-refused', details: { private: { key: `id=${id}` } } })
    }
  }, `copy_${charset}`)
}

describe('text of every charset is what the server converts it to, and what has no character is refused', () => {
  test.each(SINGLE_BYTE)('%s', expectEveryCharacter)
  test.each(MULTI_BYTE)('%s', expectEveryCharacter, 120_000)
})

const POINTS = [1, 9, 10, 0x41, 0x5c, 0x7f, 0x80, 0xe9, 0x7ff, 0x800, 0x6771, 0xd7ff, 0xe000, 0xfffd, 0xffff]
const HIGH = [0x10000, 0x1f600, 0x10ffff]

describe('Unicode of every width is what the server converts it to', () => {
  test.each(['ucs2', 'utf16', 'utf16le', 'utf32'])('%s', async (charset) => {
    await withMysqlDatabase(async (_, url) => {
      const points = charset === 'ucs2' ? POINTS : [...POINTS, ...HIGH]
      const values = [...points.map((p) => String.fromCodePoint(p)), String.fromCodePoint(...points).repeat(30)]
      const rows = values.map(
        (v, i) => `(${i}, convert(_utf8mb4 X'${Buffer.from(v).toString('hex')}' using ${charset}))`,
      )
      await onMysql(
        url,
        `create table t (id int primary key, v text character set ${charset}); insert into t values ${rows.join(',')};
        create table u (id int primary key, v text character set utf8mb4); insert into u select id, convert(v using utf8mb4) from t`,
      )
      const stored = lines((await copied(url, plannedTable('t', { v: { as: 'text', charset } }))).text)
      expect(stored).toEqual(
        lines((await copied(url, plannedTable('u', { v: { as: 'text', charset: 'utf8mb4' } }))).text),
      )
      expect(stored).toHaveLength(values.length)
    }, `copy_${charset}`)
  })

  test('a lone surrogate is refused', async () => {
    await withMysqlDatabase(async (_, url) => {
      await onMysql(
        url,
        `create table t (id int primary key, v varchar(9) character set ucs2); insert into t values (7, _ucs2 X'0041D83D')`,
      )
      const failure = (await copied(
        url,
        plannedTable('t', { id: { as: 'integer' }, v: { as: 'text', charset: 'ucs2' } }),
      ).catch((error: unknown) => error)) as Failure
      expect(failure).toMatchObject({ kind: 'row-refused', details: { column: 'v', private: { key: 'id=7' } } })
    })
  })
})

test('enum, set and JSON of another charset are decoded first, columns of many charsets lie side by side', async () => {
  await withMysqlDatabase(async (_, url) => {
    await onMysql(
      url,
      `create table t (id int primary key, e enum('é','b') character set latin1, s set('ü','€') character set cp1250,
        j text character set latin1, k varchar(9) character set sjis, g varchar(9) character set gbk, u varchar(9) character set utf8mb4, n double, d datetime(3));
      insert into t values (1, 'é', 'ü,€', '{"ä":"é"}', '東京', '北京', '😀', 1.5, '2024-01-01 00:00:00.5')`,
    )
    const table = plannedTable('t', {
      id: { as: 'integer' },
      e: { as: 'enum', labels: ['é', 'b'], charset: 'latin1' },
      s: { as: 'set', labels: ['ü', '€'], charset: 'cp1250' },
      j: { as: 'json', charset: 'latin1' },
      k: { as: 'text', charset: 'sjis' },
      g: { as: 'text', charset: 'gbk' },
      u: { as: 'text', charset: 'utf8mb4' },
      n: { as: 'double' },
      d: { as: 'timestamp', zone: false, onZero: { do: 'refuse' } },
    })
    const { text } = await copied(url, table)
    expect(text.toString()).toBe('1\té\t{ü,€}\t{"ä": "é"}\t東京\t北京\t😀\t1.5\t2024-01-01 00:00:00.5\n')
  }, 'copy_mixed')
})
