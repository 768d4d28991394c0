const COUNT_DIGITS = 16
const SUM_DIGITS = 32
const BUCKET_DIGITS = COUNT_DIGITS + SUM_DIGITS
const MODULUS = 1n << 128n

/** Adds digests of the buckets form: what the parts of a table come to. Null where there are none. */
export function sumOfBuckets(values: readonly string[]): string | null {
  const [first, ...rest] = values
  if (first === undefined) return null
  if (rest.length === 0) return first
  const buckets = bucketsOf(first)
  for (const value of rest) {
    if (value.length !== first.length) throw new RangeError('digests of other buckets')
    for (const [i, bucket] of bucketsOf(value).entries()) {
      const total = buckets[i] as Bucket
      total.count += bucket.count
      total.sum = (total.sum + bucket.sum) % MODULUS
    }
  }
  return buckets.map(({ count, sum }) => hex(count, COUNT_DIGITS) + hex(sum, SUM_DIGITS)).join('')
}

/** What is left of a digest when the rows of another one are taken from it. */
export function minusBuckets(value: string, less: string): string {
  if (value.length !== less.length) throw new RangeError('digests of other buckets')
  const other = bucketsOf(less)
  return bucketsOf(value)
    .map(({ count, sum }, i) => {
      const gone = other[i] as Bucket
      return hex(count - gone.count, COUNT_DIGITS) + hex((sum - gone.sum + MODULUS) % MODULUS, SUM_DIGITS)
    })
    .join('')
}

/** A digest of one bucket that holds what all of them do: enough where nothing is looked for. */
export function oneBucket(value: string): string {
  const whole: Bucket = { count: 0n, sum: 0n }
  for (const { count, sum } of bucketsOf(value)) {
    whole.count += count
    whole.sum = (whole.sum + sum) % MODULUS
  }
  return hex(whole.count, COUNT_DIGITS) + hex(whole.sum, SUM_DIGITS)
}

interface Bucket {
  count: bigint
  sum: bigint
}

export function bucketsOf(value: string): Bucket[] {
  if (value.length % BUCKET_DIGITS !== 0) throw new RangeError('no digest of buckets')
  const buckets: Bucket[] = []
  for (let at = 0; at < value.length; at += BUCKET_DIGITS)
    buckets.push({
      count: BigInt(`0x${value.slice(at, at + COUNT_DIGITS)}`),
      sum: BigInt(`0x${value.slice(at + COUNT_DIGITS, at + BUCKET_DIGITS)}`),
    })
  return buckets
}

const hex = (value: bigint, digits: number): string => value.toString(16).padStart(digits, '0')
