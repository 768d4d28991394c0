/** Integers without the zeros of zerofill, everything else as the server printed it. */
export const readable = (text: string | null): string | null =>
  text !== null && /^-?\d+$/.test(text) ? BigInt(text).toString() : text

export const smaller = (a: string | null, b: string | null): string | null =>
  a === null || (b !== null && compare(b, a) < 0) ? b : a

export const larger = (a: string | null, b: string | null): string | null =>
  a === null || (b !== null && compare(b, a) > 0) ? b : a

/** Integers and times (`-838:59:59.000000`) by their size; a table's ranges print one column alike. */
function compare(a: string, b: string): number {
  const [x, y] = [size(a), size(b)]
  return x < y ? -1 : x > y ? 1 : 0
}

function size(text: string): bigint {
  const time = /^(-?)(\d+):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/.exec(text)
  if (!time) return BigInt(text)
  const [, sign, hours = '0', minutes = '0', seconds = '0', fraction = ''] = time
  const whole = (BigInt(hours) * 60n + BigInt(minutes)) * 60n + BigInt(seconds)
  const microseconds = whole * 1_000_000n + BigInt(fraction.padEnd(6, '0'))
  return sign === '-' ? -microseconds : microseconds
}
