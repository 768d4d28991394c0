import { createHash } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WHOLE } from '../../core/key-range.js'
import type { Encoding } from '../../core/cast.js'
import type { RowSink } from '../../core/ports.js'
import { copyRange } from '../../databases/mysql/copy.js'
import { copied, plannedTable, withCopySession } from '../support/mysql-copy.js'
import { quoted } from '../support/mysql-values.js'
import { mysqlUrl, onMysql, uniqueName } from '../support/servers.js'

const MB = 1024 * 1024
const text = { as: 'text', charset: 'utf8mb4' } as const
const name = uniqueName('copy_large')
const url = mysqlUrl(name)
const options = { signal: new AbortController().signal }

beforeAll(async () => {
  await onMysql(mysqlUrl(), `create database ${name}`)
})
afterAll(async () => {
  await onMysql(mysqlUrl(), `drop database ${name}`)
})

describe('the widest row is never held whole', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void

  /** Copies a row with one large value between small ones; the digest of its text, and the most memory that was live outside the heap. */
  async function copyLarge(
    column: string,
    value: string,
    encoding: Encoding,
    second = 'x',
  ): Promise<{ digest: string; peak: number }> {
    const table = uniqueName('large')
    await onMysql(
      url,
      `create table ${table} (id int primary key, a varchar(9), v ${column}, z varchar(9));
      insert into ${table} values (1, 'a', ${value}, 'z'), (2, 'b', '${second}', 'y')`,
    )
    return await withCopySession(url, async ({ raw }) => {
      collect()
      const before = process.memoryUsage().external
      let [peak, count] = [0, 0]
      const hash = createHash('sha256')
      const sink: RowSink = {
        failed: new Promise<never>(() => {}),
        write(block) {
          hash.update(block)
          if (count++ % 40 === 0) collect()
          peak = Math.max(peak, process.memoryUsage().external - before)
          return false
        },
        drained: () => new Promise((resolve) => setImmediate(resolve)),
      }
      const planned = plannedTable(table, { id: { as: 'integer' }, a: text, v: encoding, z: text })
      const counts = await copyRange(raw, planned, WHOLE, sink, options)
      expect(counts.rows).toBe(2)
      await onMysql(url, `drop table ${table}`)
      return { digest: hash.digest('hex'), peak }
    })
  }

  const digest = (piece: string, times: number, last: string, prefix = ''): string => {
    const hash = createHash('sha256').update(`1\ta\t${prefix}`)
    const thousand = piece.repeat(1000)
    for (let i = 0; i < Math.floor(times / 1000); i++) hash.update(thousand)
    return hash.update(`${piece.repeat(times % 1000)}\tz\n2\tb\t${prefix}${last}\ty\n`).digest('hex')
  }

  test('60 MB of bytes', async () => {
    const times = 15 * MB
    const copy = await copyLarge('longblob', `repeat(X'00ff5c0a', ${times})`, { as: 'bytes' })
    expect(copy.digest).toBe(digest('00ff5c0a', times, '78', '\\\\x'))
    expect(copy.peak).toBeLessThan(30 * MB)
  }, 120_000)

  test('60 MB of text', async () => {
    const times = 2 * MB
    const copy = await copyLarge('longtext', `repeat(${quoted('lines\nand a plain tail: 東京\\')}, ${times})`, text)
    expect(copy.digest).toBe(digest('lines\\nand a plain tail: 東京\\\\', times, 'x'))
    expect(copy.peak).toBeLessThan(30 * MB)
  }, 120_000)

  test.each(['ucs2', 'sjis', 'utf16'])('a long text in %s', async (charset) => {
    const times = 300_000
    const copy = await copyLarge(`longtext character set ${charset}`, `repeat('東京 a', ${times})`, {
      as: 'text',
      charset,
    })
    expect(copy.digest).toBe(digest('東京 a', times, 'x'))
  })

  test('a long JSON document', async () => {
    const times = 100_000
    const value = `concat('[', repeat(${quoted('{"b":[1e2],"a":"\\u00e9"},')}, ${times}), '1]')`
    const copy = await copyLarge('longtext', value, { as: 'json', charset: 'utf8mb4' }, '[ ]')
    const hash = createHash('sha256').update('1\ta\t[')
    for (let i = 0; i < times; i++) hash.update('{"a": "é", "b": [100]}, ')
    expect(copy.digest).toBe(hash.update('1]\tz\n2\tb\t[]\ty\n').digest('hex'))
  })

  test.each([0xffffff - 1, 0xffffff, 0xffffff + 1, 2 * 0xffffff])('a row of exactly %d bytes', async (size) => {
    // Two bytes each for id, a and z; the value's own length takes four or nine.
    const length = size - 6 - (size - 10 <= 0xffffff ? 4 : 9)
    const copy = await copyLarge('longblob', `repeat('a', ${length})`, text)
    expect(copy.digest).toBe(digest('a', length, 'x'))
  })
})

test('a table of 400 columns, a long text in each, is read like any other', async () => {
  const names = Array.from({ length: 400 }, (_, i) => `c${i}`)
  await onMysql(
    url,
    `create table digits (d int); insert into digits values (0),(1),(2),(3),(4),(5),(6),(7),(8),(9);
    create table wide (id int primary key, ${names.map((c) => `${c} text`).join(', ')}) engine = MyISAM;
    insert into wide select d, ${names.map((_, i) => `repeat('${i % 10}', d * 150)`).join(', ')} from digits`,
  )
  const columns = Object.fromEntries(names.map((c) => [c, text]))
  const { text: copy, counts } = await copied(url, plannedTable('wide', { id: { as: 'integer' }, ...columns }))
  expect(counts.rows).toBe(10)
  const lines = copy.toString().split('\n')
  for (let d = 0; d < 10; d++) {
    expect(lines[d]).toBe([d, ...names.map((_, i) => String(i % 10).repeat(d * 150))].join('\t'))
  }
})
