import type { Encoding } from '../../core/cast.js'
import { type ColumnEncoder, columnEncoder } from '../../databases/mysql/encode/column.js'
import type { Decoder } from '../../databases/mysql/encode/decode.js'
import { Output } from '../../databases/mysql/encode/output.js'
import { RowEncoder } from '../../databases/mysql/encode/row.js'
import { Collector } from './mysql-copy.js'

/** A value by its column's encoder alone, as the slow path of the row loop calls it. */
export function encoded(
  encoding: Encoding,
  value: string | Buffer,
  decoders: ReadonlyMap<string, Decoder> = new Map(),
): string {
  const sink = new Collector()
  const out = new Output(sink)
  const bytes = Buffer.from(value as string)
  columnEncoder(encoding, decoders).encode(out, bytes, 0, bytes.length)
  out.flush()
  return sink.text.toString()
}

/** The text protocol's row packet, without its header. */
export function packet(values: readonly (Buffer | null)[]): Buffer {
  return Buffer.concat(
    values.flatMap((value) => (value === null ? [Buffer.from([0xfb])] : [length(value.length), value])),
  )
}

function length(size: number): Buffer {
  if (size < 251) return Buffer.from([size])
  const bytes = Buffer.alloc(size < 65536 ? 3 : size < 16777216 ? 4 : 9)
  bytes[0] = size < 65536 ? 0xfc : size < 16777216 ? 0xfd : 0xfe
  bytes.writeUIntLE(size, 1, Math.min(bytes.length - 1, 6))
  return bytes
}

/** Rows by the hot loop, each in a buffer of its own that ends where the row ends. */
export function encodedRows(columns: readonly ColumnEncoder[], rows: readonly (readonly (Buffer | null)[])[]): Buffer {
  const sink = new Collector()
  const out = new Output(sink)
  const encoder = new RowEncoder(columns, out)
  for (const row of rows) {
    const bytes = packet(row)
    // Nothing behind it, whatever lies in memory: a read past the end throws.
    const alone = Buffer.from(Uint8Array.from(bytes).buffer)
    encoder.encodeRow(alone, new DataView(alone.buffer), 0)
  }
  out.flush()
  return sink.text
}
