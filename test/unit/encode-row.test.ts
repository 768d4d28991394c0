import { randomBytes, randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Encoding } from '../../core/cast.js'
import { columnEncoder } from '../../databases/mysql/encode/column.js'
import { latin1Decoder } from '../../databases/mysql/encode/decode.js'
import { Output } from '../../databases/mysql/encode/output.js'
import { RowEncoder } from '../../databases/mysql/encode/row.js'
import { encoded, encodedRows, packet } from '../support/encoded.js'
import { Collector } from '../support/mysql-copy.js'

const decoders = new Map([['latin1', latin1Decoder()]])
const onZero = { do: 'null' } as const
const pick = <T>(list: readonly T[]): T => list[randomInt(list.length)] as T
const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i))

const LENGTHS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 40, 249, 250, 251, 252, 255, 256, 4095, 4096, 4097, 9000]
/** Often nothing to escape, else anything but NUL. */
const randomText = (): Buffer => {
  const bytes = randomBytes(pick(LENGTHS))
  const low = pick([1, 0x20, 0x20, 0x5b])
  return bytes.map((byte) => (byte < low ? low + (byte % 0x20) : byte)) as Buffer
}
const digits = (n: number): string => many(n, () => randomInt(10)).join('')
const randomMoment = (): string =>
  pick([
    '0000-00-00 00:00:00',
    '2024-02-29 12:00:00',
    '2023-02-29 12:00:00',
    '2024-01-31 00:00:00.500',
    '2024-04-31 00:00:00.000000',
  ])

/** Each encoding with a maker of values; the row loop must do what the column's own encoder does. */
const COLUMNS: readonly (readonly [Encoding, () => string | Buffer])[] = [
  [{ as: 'integer' }, () => pick(['0', '-1', '007', '10', digits(19)])],
  [{ as: 'decimal' }, () => pick(['0.00', '-0.00', '-0.10', '0.5', '00012.50', `-${digits(20)}.${digits(5)}`])],
  [{ as: 'text', charset: 'utf8mb4' }, randomText],
  [{ as: 'text', charset: 'latin1' }, randomText],
  [{ as: 'bytes' }, () => randomBytes(pick(LENGTHS))],
  [{ as: 'date', onZero }, () => randomMoment().slice(0, 10)],
  [{ as: 'timestamp', zone: false, onZero }, randomMoment],
  [{ as: 'timestamp', zone: true, onZero }, randomMoment],
  [{ as: 'double' }, () => pick(['1.5', '0.1', '1e15', '-0', '0.00001', '123456789012345680'])],
]

test('the row loop writes what the encoders of its columns write, wherever a value lies and a block ends', () => {
  const encodings = many(12, () => pick(COLUMNS))
  const rows = many(400, () => encodings.map(([, make]) => (randomInt(8) === 0 ? null : Buffer.from(make() as string))))
  const columns = encodings.map(([encoding]) => columnEncoder(encoding, decoders))
  const lines = rows.map((row) =>
    row.map((v, i) => (v === null ? '\\N' : encoded(encodings[i]?.[0] as Encoding, v, decoders))).join('\t'),
  )
  expect(encodedRows(columns, rows).toString()).toBe(lines.map((line) => `${line}\n`).join(''))
})

test('the last bytes of a value are right whatever stands behind them', () => {
  const columns = many(3, () => columnEncoder({ as: 'text', charset: 'utf8mb4' }, decoders))
  for (let size = 0; size < 20; size++) {
    for (const behind of ['\\', '\n', '\0', 'x', 'é']) {
      const row = [Buffer.alloc(size, 'a'), Buffer.from('b'), Buffer.alloc(size, 'é')]
      const bytes = Buffer.concat([packet(row), Buffer.from(behind)])
      const sink = new Collector()
      const out = new Output(sink)
      new RowEncoder(columns, out).encodeRow(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0)
      out.flush()
      expect(
        sink.text.equals(Buffer.concat([row[0] as Buffer, Buffer.from('\tb\t'), row[2] as Buffer, Buffer.from('\n')])),
      ).toBe(true)
    }
  }
})

test('a NUL byte is found at every place of a text', () => {
  const columns = [columnEncoder({ as: 'text', charset: 'utf8mb4' }, decoders)]
  for (let size = 1; size < 20; size++) {
    for (let at = 0; at < size; at++) {
      const value = Buffer.alloc(size, 'a')
      value[at] = 0
      expect(() => encodedRows(columns, [[value]])).toThrow('NUL')
    }
  }
})

test('blocks hold every byte in order and are never touched again once the sink has them', () => {
  const columns = [columnEncoder({ as: 'text', charset: 'utf8mb4' }, decoders)]
  const sink = new Collector()
  const out = new Output(sink)
  const encoder = new RowEncoder(columns, out)
  const copies: Buffer[] = []
  const rows = many(3000, (i) => Buffer.from(`${i} ${'x'.repeat(i)}`))
  for (const value of rows) {
    const bytes = packet([value])
    encoder.encodeRow(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0)
    for (const block of sink.blocks.slice(copies.length)) copies.push(Buffer.from(block))
  }
  out.flush()
  expect(sink.blocks.length).toBeGreaterThan(10)
  expect(Buffer.concat(copies).equals(Buffer.concat(sink.blocks.slice(0, copies.length)))).toBe(true)
  expect(sink.text.toString()).toBe(rows.map((row) => `${row.toString()}\n`).join(''))
  expect(out.bytes).toBe(sink.text.length)
})
