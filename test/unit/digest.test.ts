import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { digesterOf } from '../../activities/digest/digester.js'
import { digestSink, teeSink } from '../../activities/digest/sinks.js'
import { bucketsOf, sumOfBuckets } from '../../core/digest-sum.js'
import type { DigestForm } from '../../core/proof.js'

const ORDERED: DigestForm = { form: 'ordered' }
const BUCKETS: DigestForm = { form: 'buckets', buckets: 16, because: 'no key' }

const digest = (form: DigestForm, text: Buffer, cuts: readonly number[] = []): string => {
  const digester = digesterOf(form)
  const ends = [...cuts, text.length].toSorted((a, b) => a - b)
  let from = 0
  for (const end of ends) {
    digester.write(text.subarray(from, end))
    from = end
  }
  return digester.value()
}

const lines = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}\tvalue ${i % 7}\t\\N`)
const textOf = (rows: readonly string[]): Buffer => Buffer.from(rows.map((row) => `${row}\n`).join(''))

/** Straight from the definition, in big numbers. */
function naive(rows: readonly string[], buckets: number): string {
  const sums = Array.from({ length: buckets }, () => ({ count: 0n, sum: 0n }))
  for (const row of rows) {
    const hash = createHash('sha256').update(row).digest('hex')
    const bucket = sums[Number(BigInt(`0x${hash.slice(-8)}`) % BigInt(buckets))]!
    bucket.count++
    bucket.sum = (bucket.sum + BigInt(`0x${hash.slice(0, 32)}`)) % (1n << 128n)
  }
  return sums
    .map(({ count, sum }) => count.toString(16).padStart(16, '0') + sum.toString(16).padStart(32, '0'))
    .join('')
}

describe('an ordered digest', () => {
  test('is the SHA-256 of the lines as they come', () => {
    const text = textOf(lines(1000))
    expect(digest(ORDERED, text)).toBe(createHash('sha256').update(text).digest('hex'))
    expect(digest(ORDERED, Buffer.alloc(0))).toBe(createHash('sha256').digest('hex'))
  })
})

describe('a digest in buckets', () => {
  test('is what its definition says', () => {
    expect(digest(BUCKETS, textOf(lines(3000)))).toBe(naive(lines(3000), 16))
    expect(digest(BUCKETS, Buffer.alloc(0))).toBe('0'.repeat(16 * 48))
  })

  test('does not depend on the order of lines nor on where blocks end', () => {
    const rows = lines(500)
    const expected = naive(rows, 16)
    expect(digest(BUCKETS, textOf(rows.toReversed()))).toBe(expected)
    const text = textOf(rows)
    for (const cuts of [[1], [10, 11, 12], Array.from({ length: 300 }, (_, i) => i * 13), [text.length - 1]])
      expect(digest(BUCKETS, text, cuts)).toBe(expected)
  })

  test('sees a duplicate where another line vanished', () => {
    const rows = lines(100)
    expect(digest(BUCKETS, textOf([...rows.slice(1), rows[50]!]))).not.toBe(naive(rows, 16))
  })

  test('of parts add up to that of the whole, beyond 128 bits', () => {
    const rows = lines(2000)
    const parts = [rows.slice(0, 3), rows.slice(3, 1500), rows.slice(1500)].map((part) => digest(BUCKETS, textOf(part)))
    expect(sumOfBuckets(parts)).toBe(naive(rows, 16))
    expect(sumOfBuckets([])).toBeNull()
    const full = 'f'.repeat(48)
    const one = `${'0'.repeat(15)}1${'0'.repeat(31)}2`
    expect(bucketsOf(sumOfBuckets([`${'0'.repeat(16)}${full.slice(16)}`, one])!)).toEqual([{ count: 1n, sum: 1n }])
    expect(() => sumOfBuckets([one, one + one])).toThrow(RangeError)
  })

  test('refuses a last line without an end', () => {
    const digester = digesterOf(BUCKETS)
    digester.write(Buffer.from('1\t2'))
    expect(() => digester.value()).toThrow(/did not end/)
  })
})

test('a tee gives every block to both, and its sink’s answer', async () => {
  const seen: string[] = []
  const digester = digesterOf(ORDERED)
  const sink = teeSink(
    {
      write: (block) => seen.push(Buffer.from(block).toString()) < 2,
      drained: async () => {},
      failed: new Promise(() => {}),
    },
    digester,
  )
  expect([sink.write(Buffer.from('1\n')), sink.write(Buffer.from('2\n'))]).toEqual([true, false])
  await sink.drained()
  expect(seen).toEqual(['1\n', '2\n'])
  expect(digester.value()).toBe(digest(ORDERED, Buffer.from('1\n2\n')))
  const alone = digesterOf(ORDERED)
  expect(digestSink(alone).write(Buffer.from('1\n'))).toBe(true)
  expect(alone.value()).toBe(digest(ORDERED, Buffer.from('1\n')))
})

test.each([BUCKETS, ORDERED])('a line that comes many times is digested as if each had come: $form', (form) => {
  const [once, often] = [digesterOf(form), digesterOf(form)]
  for (const digester of [once, often]) digester.write(textOf(lines(40)))
  for (let n = 0; n < 3000; n++) once.write(Buffer.from('17\tthe same\n'))
  often.lines(Buffer.from('17\tthe same'), 2999)
  often.lines(Buffer.from('17\tthe same'), 1)
  expect(often.value()).toBe(once.value())
})
