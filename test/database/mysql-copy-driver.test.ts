import type { Connection } from 'mysql2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WHOLE } from '../../core/key-range.js'
import { copyRange } from '../../databases/mysql/copy.js'
import type { DriverInternals, DriverQuery } from '../../databases/mysql/copy-packets.js'
import { Collector, plannedTable, withCopySession } from '../support/mysql-copy.js'
import { mysqlUrl, onMysql, uniqueName } from '../support/servers.js'

const name = uniqueName('copy_driver')
const url = mysqlUrl(name)
const SQL = 'select id, v from t order by id'

beforeAll(async () => {
  await onMysql(
    mysqlUrl(),
    `create database ${name}; create table ${name}.t (id int primary key, v text);
    insert into ${name}.t values (1, 'a'), (2, null), (3, repeat('b', 300))`,
  )
})
afterAll(async () => {
  await onMysql(mysqlUrl(), `drop database ${name}`)
})

const internals = (raw: Connection): DriverInternals => raw as unknown as DriverInternals

/** Runs the query with a parser of ours in between, as the copy does, and tells what was seen. */
async function watched(raw: Connection, change: (query: DriverQuery) => void): Promise<Buffer> {
  const connection = internals(raw)
  const driver = connection.packetParser
  const chunks: Buffer[] = []
  connection.packetParser = {
    execute: (chunk) => {
      chunks.push(Buffer.from(chunk))
      driver.execute(chunk)
    },
  }
  try {
    await new Promise<void>((resolve, reject) => {
      change(connection.query({ sql: SQL }, (error) => (error === null ? resolve() : reject(error))))
    })
    return Buffer.concat(chunks)
  } finally {
    connection.packetParser = driver
  }
}

function packets(bytes: Buffer): Buffer[] {
  const found = []
  for (let at = 0; at < bytes.length;) {
    const end = at + 4 + bytes.readUIntLE(at, 3)
    found.push(bytes.subarray(at, end))
    at = end
  }
  return found
}

describe('what the copy takes for granted of mysql2', () => {
  test('every chunk of the socket goes to packetParser.execute, looked up anew', async () => {
    await withCopySession(url, async ({ raw }) => {
      expect((await watched(raw, () => {})).length).toBeGreaterThan(300)
    })
  })

  test('the answer is a header, the definitions, an EOF, the rows and an EOF of five bytes, numbered from 1', async () => {
    await withCopySession(url, async ({ raw }) => {
      const all = packets(await watched(raw, () => {}))
      expect(all.map((packet) => packet[3])).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
      expect([all[3], all[7]].map((packet) => [packet?.length, packet?.[4]])).toEqual([
        [9, 0xfe],
        [9, 0xfe],
      ])
      expect(all[4]?.subarray(4)).toEqual(Buffer.from([1, 0x31, 1, 0x61]))
      expect(all[5]?.subarray(4)).toEqual(Buffer.from([1, 0x32, 0xfb]))
      expect(all[6]?.subarray(4, 9)).toEqual(Buffer.from([1, 0x33, 0xfc, 300 & 255, 300 >> 8]))
    })
  })

  test('own steps for definitions and rows are taken, and a row step of ours becomes `next` behind the definitions', async () => {
    await withCopySession(url, async ({ raw }) => {
      const seen: string[] = []
      await watched(raw, (query) => {
        let definitions = 0
        query.readField = function step(this: DriverQuery) {
          seen.push('definition')
          return ++definitions === 2 ? this.fieldsEOF : step
        }
        const last = query.row
        const row = function (this: DriverQuery, packet: unknown, connection: unknown): unknown {
          seen.push(this.next === row ? 'row' : 'other')
          const { buffer, offset } = packet as { buffer: Buffer; offset: number }
          return buffer[offset] === 0xfe ? last.call(this, packet, connection) : row
        }
        query.row = row
      })
      expect(seen).toEqual(['definition', 'definition', 'row', 'row', 'row', 'row'])
    })
  })

  test('the number of the next packet is `sequenceId`', async () => {
    await withCopySession(url, async ({ raw }) => {
      const numbers: number[] = []
      await watched(raw, (query) => {
        const last = query.row
        query.row = function step(packet, connection) {
          numbers.push(internals(raw).sequenceId)
          const { buffer, offset } = packet as { buffer: Buffer; offset: number }
          return buffer[offset] === 0xfe ? last.call(this, packet, connection) : step
        }
      })
      expect(numbers).toEqual([6, 7, 8, 9])
    })
  })

  test('the connection and its parser are the same after a copy, without a word on stderr', async () => {
    await withCopySession(url, async ({ raw }) => {
      const before = internals(raw).packetParser
      const warnings: unknown[] = []
      raw.on('warn', (warning: unknown) => warnings.push(warning))
      const table = plannedTable('t', { id: { as: 'integer' }, v: { as: 'text', charset: 'utf8mb4' } })
      const sink = new Collector()
      await copyRange(raw, table, WHOLE, sink, { signal: new AbortController().signal })
      expect(sink.text.toString()).toBe(`1\ta\n2\t\\N\n3\t${'b'.repeat(300)}\n`)
      expect(internals(raw).packetParser).toBe(before)
      const [rows] = await raw.promise().query("select 'one' as v")
      expect(rows).toEqual([{ v: 'one' }])
      expect(warnings).toEqual([])
    })
  })

  test('a destroyed stream stops a connection that is paused in the middle of its rows', async () => {
    await withCopySession(url, async ({ raw, threadId }) => {
      internals(raw).stream.pause()
      raw.destroy()
      internals(raw).stream.destroy()
      const sessions = `select id from information_schema.processlist where id = ${threadId}`
      await expect.poll(async () => await onMysql(mysqlUrl(), sessions), { timeout: 10_000 }).toEqual([])
    })
  })
})
