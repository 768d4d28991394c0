import { FAST, type ColumnEncoder } from './column.js'
import type { Output } from './output.js'
import { HEX } from './bytes.js'
import { ESCAPES, refuseNul } from './text.js'

const TAB = 0x09
const NEWLINE = 0x0a
const BACKSLASH = 0x5c
const LETTER_N = 0x4e
const ZERO = 0x30
const POINT = 0x2e
const MINUS = 0x2d
const PLUS = 0x2b
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
    /** The last place from which four bytes can be read. */
    const safe = bytes.length - 4
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
            while (i < stop) {
              // Four bytes at a time until one needs care; the last one to three are masked, the rest of the word
              // filled with spaces, so that what is read and written behind the value does not matter.
              while (i <= safe) {
                let word = view.getInt32(i, true)
                const left = stop - i
                if (left < 4) word = (word & ((1 << (left << 3)) - 1)) | (0x20202020 << (left << 3))
                const slash = word ^ 0x5c5c5c5c
                // Any byte below 0x20, or a backslash.
                if ((((word - 0x20202020) & ~word) | ((slash - 0x01010101) & ~slash)) & 0x80808080) break
                target.setInt32(used, word, true)
                if (left <= 4) {
                  used += left
                  i = stop
                  break fast
                }
                used += 4
                i += 4
              }
              for (const pause = i + 4 < stop ? i + 4 : stop; i < pause; i++) {
                const byte = bytes[i] as number
                const letter = ESCAPES[byte] as number
                if (letter === 0) block[used++] = byte
                else {
                  if (letter === 1) this.#refuseNul(c)
                  block[used] = BACKSLASH
                  block[used + 1] = letter
                  used += 2
                }
              }
            }
            break fast
          case FAST.bytes:
            target.setInt32(used, BYTES_PREFIX, true)
            for (used += 3; i < stop; i++, used += 2) target.setUint16(used, HEX[bytes[i] as number] as number, true)
            break fast
          case FAST.number: {
            const first = bytes[i]
            const second = bytes[i + 1]
            if (first === ZERO ? length > 1 && second !== POINT : first === MINUS && second === ZERO) break
            while (i < stop && i <= safe) {
              target.setInt32(used, view.getInt32(i, true), true)
              i += 4
              used += 4
            }
            if (i > stop) {
              used -= i - stop
              i = stop
            }
            while (i < stop) block[used++] = bytes[i++] as number
            break fast
          }
          case FAST.date:
          case FAST.timestamp:
          case FAST.timestamptz: {
            const day = (bytes[i + 8] as number) * 10 + (bytes[i + 9] as number) - 528
            const month = (bytes[i + 5] as number) * 10 + (bytes[i + 6] as number) - 528
            if (day === 0 || day > (LAST_DAYS[month] as number) || view.getInt32(i, true) === 0x30303030) break
            if (length > 19 ? bytes[stop - 1] === ZERO : length === 10 && kind !== FAST.date) break
            while (i < stop && i <= safe) {
              target.setInt32(used, view.getInt32(i, true), true)
              i += 4
              used += 4
            }
            if (i > stop) {
              used -= i - stop
              i = stop
            }
            while (i < stop) block[used++] = bytes[i++] as number
            if (kind === FAST.timestamptz) {
              block[used] = PLUS
              block[used + 1] = ZERO
              block[used + 2] = ZERO
              used += 3
            }
            break fast
          }
        }
        this.column = c
        out.used = used
        ;(columns[c] as ColumnEncoder).encode(out, bytes, i, stop)
        out.reserve(1)
        ;({ block, view: target, used } = out)
        room = block.length
        i = stop
      }
      block[used++] = c + 1 === count ? NEWLINE : TAB
    }
    out.used = used
  }

  #refuseNul(column: number): never {
    this.column = column
    return refuseNul()
  }
}

function isAscii(bytes: Buffer, view: DataView, from: number, to: number): boolean {
  let i = from
  for (; i + 4 <= to; i += 4) if (view.getInt32(i, true) & 0x80808080) return false
  for (; i < to; i++) if ((bytes[i] as number) > 0x7f) return false
  return true
}
