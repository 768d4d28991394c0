import { FAST, type ColumnEncoder } from './column.js'
import type { Output } from './output.js'
import { hexInto } from './bytes.js'
import { escapeInto } from './text.js'

const TAB = 0x09
const NEWLINE = 0x0a
const BACKSLASH = 0x5c
const LETTER_N = 0x4e
const ZERO = 0x30
const POINT = 0x2e
const MINUS = 0x2d
/** `+00`, and a byte that is written over. */
const UTC = 0x30302b
/** Longer values go through their encoder, which works in pieces and with native copies. */
const SHORT = 4096
/** What the longest fast form adds to twice its value: zone, NULL, the tab. */
const SLACK = 8
/** `\\\\x`, a backslash escaped, and a byte that is written over. */
const BYTES_PREFIX = 0x785c5c
const LAST_DAYS = new Uint8Array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].concat(Array(200).fill(0)))

/**
 * The hot loop: a row packet of the text protocol (each value a length and its bytes) becomes a line of COPY text.
 * One monomorphic loop over small integer kinds. Four bytes at a time through DataViews, which the compiler turns into
 * plain unaligned loads and stores: two to four times as fast as byte by byte.
 */
export class RowEncoder {
  readonly #fast: Uint8Array
  /** The column that is being encoded: tells which one refused. */
  column = 0

  constructor(
    readonly columns: readonly ColumnEncoder[],
    readonly out: Output,
  ) {
    this.#fast = Uint8Array.from(columns, (c) => c.fast)
  }

  /** `view` is over `bytes`. The row's packet lies at `from`; its end is where its values end. */
  encodeRow(bytes: Buffer, view: DataView, from: number): void {
    const { out, columns } = this
    const kinds = this.#fast
    const count = kinds.length
    let { block, view: target, used } = out
    let room = block.length
    let i = from
    for (let c = 0; c < count; c++) {
      let length = bytes[i++] as number
      if (length > 250) {
        if (length === 0xfb) {
          if (used + SLACK > room) {
            out.used = used
            out.renew(SLACK)
            ;({ block, view: target, used } = out)
            room = block.length
          }
          block[used] = BACKSLASH
          block[used + 1] = LETTER_N
          block[used + 2] = c + 1 === count ? NEWLINE : TAB
          used += 3
          continue
        }
        if (length === 0xfc) {
          length = view.getUint16(i, true)
          i += 2
        } else if (length === 0xfd) {
          length = view.getUint16(i, true) + (bytes[i + 2] as number) * 65536
          i += 3
        } else {
          length = view.getUint32(i, true)
          i += 8
        }
      }
      const stop = i + length
      this.column = c
      let kind = kinds[c] as number
      if (length > SHORT) kind = FAST.none
      else if (used + 2 * length + SLACK > room) {
        out.used = used
        out.renew(2 * length + SLACK)
        ;({ block, view: target, used } = out)
        room = block.length
      }
      // A charset that agrees with UTF-8 on ASCII alone: anything else is decoded.
      if (kind === FAST.ascii) kind = isAscii(bytes, view, i, stop) ? FAST.text : FAST.none
      fast: {
        switch (kind) {
          case FAST.text:
            used = escapeInto(block, target, used, bytes, view, i, stop)
            break fast
          case FAST.bytes:
            target.setInt32(used, BYTES_PREFIX, true)
            used = hexInto(target, used + 3, bytes, i, stop)
            break fast
          case FAST.number: {
            const first = bytes[i]
            const second = bytes[i + 1]
            if (first === ZERO ? length > 1 && second !== POINT : first === MINUS && second === ZERO) break
            copyInto(block, target, used, bytes, view, i, stop)
            used += length
            break fast
          }
          case FAST.date:
          case FAST.timestamp:
          case FAST.timestamptz: {
            if (!isPlainDate(bytes, i)) break
            if (length > 19 ? bytes[stop - 1] === ZERO : length === 10 && kind !== FAST.date) break
            copyInto(block, target, used, bytes, view, i, stop)
            used += length
            if (kind !== FAST.timestamptz) break fast
            target.setInt32(used, UTC, true)
            used += 3
            break fast
          }
        }
        out.used = used
        ;(columns[c] as ColumnEncoder).encode(out, bytes, i, stop)
        out.reserve(1)
        ;({ block, view: target, used } = out)
        room = block.length
      }
      i = stop
      block[used++] = c + 1 === count ? NEWLINE : TAB
    }
    out.used = used
  }
}

function isAscii(bytes: Buffer, view: DataView, from: number, to: number): boolean {
  let i = from
  for (; i + 4 <= to; i += 4) if (view.getInt32(i, true) & 0x80808080) return false
  for (; i < to; i++) if ((bytes[i] as number) > 0x7f) return false
  return true
}

/** Not zero in any part, and no day behind the last of its month (29 February is left to the encoder). */
function isPlainDate(bytes: Buffer, at: number): boolean {
  const day = (bytes[at + 8] as number) * 10 + (bytes[at + 9] as number) - 528
  const month = (bytes[at + 5] as number) * 10 + (bytes[at + 6] as number) - 528
  if (day === 0 || day > (LAST_DAYS[month] as number)) return false
  return bytes[at] !== ZERO || bytes[at + 1] !== ZERO || bytes[at + 2] !== ZERO || bytes[at + 3] !== ZERO
}

/** Copies [from, to) by words; up to three bytes more are read where they exist, and written. */
function copyInto(
  block: Buffer,
  target: DataView,
  used: number,
  bytes: Buffer,
  view: DataView,
  from: number,
  to: number,
): void {
  const safe = bytes.length - 4
  let i = from
  let at = used
  while (i < to && i <= safe) {
    target.setInt32(at, view.getInt32(i, true), true)
    i += 4
    at += 4
  }
  while (i < to) block[at++] = bytes[i++] as number
}
