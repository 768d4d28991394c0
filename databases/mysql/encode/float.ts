import { realDigits } from './float-digits.js'
import type { Output } from './output.js'

const ZERO = 0x30
const NINE = 0x39
const POINT = 0x2e
const MINUS = 0x2d
/** From 10 to this power on PostgreSQL writes an exponent. */
const REAL_DIGITS = 6
const DOUBLE_DIGITS = 15
/** MySQL prints a double's shortest text, as PostgreSQL does. */
const DOUBLE_SHORTEST = 17

/** A float4 read as the double of the same value, printed as PostgreSQL prints a float4. */
export function encodeReal(out: Output, bytes: Buffer, from: number, to: number): void {
  if (isPlain(bytes, from, to, REAL_DIGITS, REAL_DIGITS)) out.bytesAsTheyAre(bytes, from, to)
  else out.ascii(realText(Number(bytes.toString('latin1', from, to))))
}

/** A float8 from its shortest decimal text, in whatever form, printed as PostgreSQL prints a float8. */
export function encodeDouble(out: Output, bytes: Buffer, from: number, to: number): void {
  if (isPlain(bytes, from, to, DOUBLE_DIGITS, DOUBLE_SHORTEST)) out.bytesAsTheyAre(bytes, from, to)
  else out.ascii(doubleText(Number(bytes.toString('latin1', from, to))))
}

/**
 * Whether the text is already what PostgreSQL would print: no exponent on either side, no superfluous zeros, and no
 * more digits in all than are known to be the shortest.
 */
function isPlain(bytes: Buffer, from: number, to: number, wholeDigits: number, digits: number): boolean {
  let i = bytes[from] === MINUS ? from + 1 : from
  const start = i
  while (i < to && (bytes[i] as number) >= ZERO && (bytes[i] as number) <= NINE) i++
  const whole = i - start
  if (whole > wholeDigits || whole === 0) return false
  if (i === to) return whole === 1 || bytes[start] !== ZERO
  if (bytes[i] !== POINT || bytes[to - 1] === ZERO) return false
  const point = i
  for (i = point + 1; i < to; i++) if ((bytes[i] as number) < ZERO || (bytes[i] as number) > NINE) return false
  if (bytes[start] !== ZERO) return to - start - 1 <= digits
  // 0.0001 is the smallest that PostgreSQL writes without an exponent.
  let zeros = point + 1
  while (bytes[zeros] === ZERO) zeros++
  return whole === 1 && zeros - point <= 4 && to - zeros <= digits
}

/** `x` must be a float4's value. */
export function realText(x: number): string {
  if (!Number.isFinite(x) || x === 0) return special(x)
  const { digits, exponent } = realDigits(Math.abs(x))
  return layout(x < 0, digits, exponent, REAL_DIGITS)
}

export function doubleText(x: number): string {
  if (!Number.isFinite(x) || x === 0) return special(x)
  const [mantissa, exponent] = doubleDigits(Math.abs(x)).split('e') as [string, string]
  return layout(x < 0, mantissa.replace('.', ''), Number(exponent), DOUBLE_DIGITS)
}

function special(x: number): string {
  if (x === 0) return Object.is(x, -0) ? '-0' : '0'
  return Number.isNaN(x) ? 'NaN' : x > 0 ? 'Infinity' : '-Infinity'
}

/** `d.ddd` times ten to the exponent: as it is between 0.0001 and 10^limit, else with an exponent of two digits or more. */
function layout(negative: boolean, digits: string, exponent: number, limit: number): string {
  const sign = negative ? '-' : ''
  if (exponent < -4 || exponent >= limit) {
    const power = String(Math.abs(exponent)).padStart(2, '0')
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${power}`
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = exponent + 1
  if (digits.length <= whole) return sign + digits.padEnd(whole, '0')
  return `${sign}${digits.slice(0, whole)}.${digits.slice(whole)}`
}

/**
 * The shortest digits that read back as `x`, as `d.ddde+x`. JavaScript and PostgreSQL agree but for one case: a text
 * exactly between two doubles, which only JavaScript takes (1e23 is 9.999999999999999e+22 in PostgreSQL). That is an odd
 * number of 54 bits times a power of two and at most 17 digits times a power of ten, so it lies below 10^41.
 */
function doubleDigits(x: number): string {
  const text = x.toExponential()
  if (x < 2 ** 53 || x > 1e41 || !isTie(x, text)) return text
  for (let digits = 1; ; digits++) {
    const longer = x.toExponential(digits)
    if (Number(longer) === x && !isTie(x, longer)) return longer
  }
}

function isTie(x: number, text: string): boolean {
  const [mantissa, exponent] = text.split('e') as [string, string]
  const fraction = mantissa.split('.')[1] ?? ''
  const power = Number(exponent) - fraction.length
  if (power < 0) return false
  const value = BigInt(mantissa.replace('.', '')) * 10n ** BigInt(power)
  const difference = value - BigInt(x)
  const gap = BigInt(x) - BigInt(below(x))
  const above = nextUp(x)
  const gapUp = above === Infinity ? gap : BigInt(above) - BigInt(x)
  return difference * 2n === gapUp || difference * -2n === gap
}

const number = new Float64Array(1)
const bits = new BigUint64Array(number.buffer)

function nextUp(x: number): number {
  number[0] = x
  bits[0] = (bits[0] as bigint) + 1n
  return number[0]
}

function below(x: number): number {
  number[0] = x
  bits[0] = (bits[0] as bigint) - 1n
  return number[0]
}
