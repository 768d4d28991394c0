import type { ColumnEncoder, Parts } from './encode/column.js'
import type { Output } from './encode/output.js'
import { encodeText } from './encode/text.js'
import type { LargePayload } from './copy-packets.js'

/** Values up to this size are put together before they are encoded. */
const SMALL = 64 * 1024

/** How a large row reports where it is, so that a refusal can be named. */
export interface LargeRowTrace {
  column(index: number): void
  small(index: number, bytes: Buffer): void
}

/**
 * Encodes a row that is too large to hold. Text and bytes go through in the pieces in which they arrive; other values
 * are put together once, in a buffer of exactly their size. `drain` waits while the sink is full.
 */
export async function encodeLargeRow(
  payload: LargePayload,
  columns: readonly ColumnEncoder[],
  out: Output,
  drain: () => Promise<void>,
  trace: LargeRowTrace,
): Promise<void> {
  for (const [index, column] of columns.entries()) {
    trace.column(index)
    const size = await valueSize(payload)
    if (size === null) out.ascii('\\N')
    else if (size <= SMALL) {
      const value = await payload.take(size)
      trace.small(index, value)
      column.encode(out, value, 0, size)
    } else if (column.parts !== undefined) await encodeParts(payload, size, column.parts, out, drain)
    else await encodeWhole(await payload.take(size), column, out, drain)
    if (out.full) await drain()
    out.ascii(index + 1 === columns.length ? '\n' : '\t')
  }
  await payload.end()
}

async function encodeParts(
  payload: LargePayload,
  size: number,
  parts: Parts,
  out: Output,
  drain: () => Promise<void>,
): Promise<void> {
  parts.begin?.(out)
  for (let left = size; left > 0;) {
    const part = parts.unit === 1 ? await payload.piece(left) : await payload.take(Math.min(left, SMALL))
    parts.encode(out, part, 0, part.length)
    left -= part.length
    if (out.full) await drain()
  }
  parts.end?.()
}

/** The sink gets the text in slices all the same, where there is a text to slice. */
async function encodeWhole(
  value: Buffer,
  column: ColumnEncoder,
  out: Output,
  drain: () => Promise<void>,
): Promise<void> {
  if (column.normal === undefined) return column.encode(out, value, 0, value.length)
  const text = column.normal(value, 0, value.length)
  for (let from = 0; from < text.length; from += SMALL) {
    encodeText(out, text, from, Math.min(from + SMALL, text.length))
    if (out.full) await drain()
  }
}

/** Null for NULL. */
async function valueSize(payload: LargePayload): Promise<number | null> {
  const first = (await payload.take(1))[0] as number
  switch (first) {
    case 0xfb:
      return null
    case 0xfc:
      return (await payload.take(2)).readUInt16LE(0)
    case 0xfd:
      return (await payload.take(3)).readUIntLE(0, 3)
    case 0xfe:
      return Number((await payload.take(8)).readBigUInt64LE(0))
    default:
      return first
  }
}
