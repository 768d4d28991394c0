const NUMBER = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/
/** What PostgreSQL's numeric holds before and behind its point. */
const WHOLE_DIGITS = 131072
const FRACTION_DIGITS = 16383

/**
 * A JSON number as numeric prints it: no exponent, no sign before zero, all digits behind the point kept.
 * Null if it is not a JSON number or numeric cannot hold it.
 */
export function numericText(text: string): string | null {
  const match = NUMBER.exec(text)
  if (match === null) return null
  const [, sign, whole, fraction = '', power] = match as unknown as [string, string, string, string?, string?]
  if (power === undefined && whole.length <= WHOLE_DIGITS && fraction.length <= FRACTION_DIGITS) {
    return sign === '-' && /[1-9]/.test(text) ? text : text.replace('-', '')
  }
  const digits = (whole + fraction).replace(/^0+/, '')
  // The number is `digits` with the point this many places from its end.
  const scale = fraction.length - Number(power ?? 0)
  if (!Number.isSafeInteger(scale) || scale > FRACTION_DIGITS) return null
  if (digits === '') return scale > 0 ? `0.${'0'.repeat(scale)}` : '0'
  if (digits.length - scale > WHOLE_DIGITS) return null
  if (scale <= 0) return sign + digits + '0'.repeat(-scale)
  const padded = digits.padStart(scale + 1, '0')
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`
}
