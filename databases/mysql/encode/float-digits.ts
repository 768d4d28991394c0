/** Shortest digits that read back as the same float4: `d.ddd` times ten to the exponent, no trailing zeros. */
export interface Digits {
  readonly digits: string
  readonly exponent: number
}

/** Powers of ten that a double holds exactly. */
const POWERS = Array.from({ length: 23 }, (_, k) => Number(`1e${k}`))
const double = new Float64Array(1)
const words = new Uint32Array(double.buffer)

/**
 * As PostgreSQL finds them: a text counts only if it lies strictly between the midpoints to the neighbours. Six digits
 * that read back are the shortest once their zeros are gone, so the search goes from 6 to 9. `x` is positive.
 */
export function realDigits(x: number): Digits {
  const exponent = exponentOf(x)
  if (!isPowerOfTwo(x)) {
    for (let digits = 6; digits <= 9; digits++) {
      const k = digits - 1 - exponent
      if (k > 22 || k < -22) break
      const scaled = k >= 0 ? x * (POWERS[k] as number) : x / (POWERS[-k] as number)
      // 24 bits times 5^12 fit a double, so up to there a half is a half; else too near to one is left to whole numbers.
      const n = roundHalfEven(scaled)
      if ((k < 0 || k > 12) && Math.abs(scaled - n) > 0.4999) break
      const back = k >= 0 ? n / (POWERS[k] as number) : n * (POWERS[-k] as number)
      if (isMidpoint(back)) break
      if (Math.fround(back) === x) return trimmed(String(n), exponent, digits)
    }
  }
  return exactly(x)
}

function roundHalfEven(x: number): number {
  const down = Math.floor(x)
  const rest = x - down
  return rest > 0.5 || (rest === 0.5 && down % 2 === 1) ? down + 1 : down
}

function exponentOf(x: number): number {
  const guess = Math.floor(Math.log10(x))
  const power = Number(`1e${guess}`)
  if (x < power) return guess - 1
  return x >= Number(`1e${guess + 1}`) ? guess + 1 : guess
}

/** `digits` rounded up to one more where all were nines. */
function trimmed(text: string, exponent: number, digits: number): Digits {
  return { digits: text.replace(/0+$/, ''), exponent: exponent + text.length - digits }
}

/** The gap below a power of two is half the one above it, so the nearest text need not be the one that reads back. */
function isPowerOfTwo(x: number): boolean {
  double[0] = x
  return words[0] === 0 && ((words[1] as number) & 0xfffff) === 0
}

/** Whether a double lies halfway between two floats, where rounding it no longer says what the decimal text rounds to. */
function isMidpoint(x: number): boolean {
  double[0] = x
  return ((words[0] as number) & 0x1fffffff) === 0x10000000
}

const SCALE = 1200n

/** The same by whole numbers: every float4 and midpoint is a multiple of 2^-150, and 2^-SCALE is one of any 10^k here. */
function exactly(x: number): Digits {
  const exact = toFixed(x)
  const low = (exact + toFixed(neighbour(x, -1))) / 2n
  const high = (exact + toFixed(neighbour(x, 1))) / 2n
  const top = exponentOf(x)
  for (let digits = 1; ; digits++) {
    const power = top - digits + 1
    const unit = power >= 0 ? (10n ** BigInt(power)) << SCALE : 0n
    const candidates = power >= 0 ? around(exact, unit) : aroundFraction(exact, -power)
    const inside = candidates.filter((c) => c.value > low && c.value < high)
    if (inside.length === 0) continue
    inside.sort((a, b) => compare(a.off, b.off) || Number((a.n % 2n) - (b.n % 2n)))
    return trimmed(String(inside[0]?.n), top, digits)
  }
}

interface Candidate {
  readonly n: bigint
  readonly value: bigint
  /** How far from the exact value, in a unit that both candidates share. */
  readonly off: bigint
}

const around = (exact: bigint, unit: bigint): Candidate[] =>
  [exact / unit, exact / unit + 1n].map((n) => ({ n, value: n * unit, off: distance(n * unit, exact) }))

/** Multiples of 10^-k, each cut to SCALE binary digits: less than 2^-1199 wrong, where neighbours are 2^-150 apart. */
const aroundFraction = (exact: bigint, k: number): Candidate[] => {
  const power = 10n ** BigInt(k)
  const n = (exact * power) >> SCALE
  return [n, n + 1n].map((m) => ({
    n: m,
    value: (m << SCALE) / power,
    off: distance(m << SCALE, exact * power),
  }))
}

const distance = (a: bigint, b: bigint): bigint => (a > b ? a - b : b - a)
const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)

const single = new Float32Array(1)
const singleBits = new Uint32Array(single.buffer)

/** The next float4 up or down; above the largest, as far again as below it. */
function neighbour(x: number, step: 1 | -1): number {
  single[0] = x
  singleBits[0] = (singleBits[0] as number) + step
  const next = single[0]
  return Number.isFinite(next) ? next : x + (x - neighbour(x, -1))
}

/** A float4 (or a sum of two) times 2^SCALE, exactly. */
function toFixed(x: number): bigint {
  if (x === 0) return 0n
  double[0] = x
  const exponent = ((words[1] as number) >>> 20) & 0x7ff
  const mantissa = (BigInt((words[1] as number) & 0xfffff) << 32n) | BigInt(words[0] as number) | (1n << 52n)
  const shift = SCALE + BigInt(exponent - 1075)
  return mantissa << shift
}
