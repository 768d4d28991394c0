import type { ZeroDatePolicy } from '../../../core/cast.js'
import type { Output } from './output.js'
import { ZeroDates } from './zero-dates.js'

const ZERO = 0x30
const POINT = 0x2e
const DATE_LENGTH = 10
const DAYS = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** `2024-02-29` as it is. */
export class DateEncoder {
  readonly zero: ZeroDates
  constructor(onZero: ZeroDatePolicy) {
    this.zero = new ZeroDates(onZero)
  }
  readonly encode = (out: Output, bytes: Buffer, from: number, to: number): void => {
    if (isDate(bytes, from)) out.bytesAsTheyAre(bytes, from, to)
    else this.zero.replace(out, bytes, from, to)
  }
}

/** `2024-02-29 12:00:00.5`: no trailing zeros in the fraction, `+00` where there is a zone (both sessions are in UTC). */
export class TimestampEncoder {
  readonly zero: ZeroDates
  constructor(
    private readonly zone: boolean,
    onZero: ZeroDatePolicy,
  ) {
    this.zero = new ZeroDates(onZero)
  }
  readonly encode = (out: Output, bytes: Buffer, from: number, to: number): void => {
    if (!isDate(bytes, from)) return this.zero.replace(out, bytes, from, to)
    if (to - from === DATE_LENGTH) {
      out.bytesAsTheyAre(bytes, from, to)
      out.ascii(' 00:00:00')
    } else out.bytesAsTheyAre(bytes, from, withoutFractionZeros(bytes, from, to))
    if (this.zone) out.ascii('+00')
  }
}

/** The end of a time's text without the zeros (and the point) that end its fraction. */
export function withoutFractionZeros(bytes: Buffer, from: number, to: number): number {
  let end = to
  const point = bytes.subarray(from, to).indexOf(POINT)
  if (point < 0) return end
  while (bytes[end - 1] === ZERO) end--
  return bytes[end - 1] === POINT ? end - 1 : end
}

/** Whether the ten characters at `from` are a day that PostgreSQL knows: year 0001 to 9999, Gregorian throughout. */
function isDate(bytes: Buffer, from: number): boolean {
  const year = two(bytes, from) * 100 + two(bytes, from + 2)
  const month = two(bytes, from + 5)
  const day = two(bytes, from + 8)
  if (year === 0 || month === 0 || day === 0 || day > (DAYS[month] ?? 0)) return false
  return month !== 2 || day < 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0))
}

const two = (bytes: Buffer, at: number): number =>
  ((bytes[at] as number) - ZERO) * 10 + (bytes[at + 1] as number) - ZERO
