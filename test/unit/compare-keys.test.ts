import { describe, expect, it } from 'vitest'
import type { Encoding } from '../../core/cast.js'
import { keyOrder } from '../../core/compare/keys.js'
import { keyedTable } from '../support/lines.js'

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))

/** The pairs of a list, which is in the order that a server gives, that are taken for another order. */
function wrong(encoding: Encoding, ascending: readonly string[]): string[] {
  const [up, down] = [false, true].map((descending) => keyOrder(keyedTable([encoding], [descending])))
  return ascending.flatMap((a, i) =>
    ascending.flatMap((b, j) => {
      const [first, second] = [up!(bytes(a), bytes(b)), down!(bytes(a), bytes(b))].map(Math.sign)
      return first === Math.sign(i - j) && second === Math.sign(j - i) ? [] : [`${a} and ${b}`]
    }),
  )
}

const ORDERED: readonly {
  readonly what: string
  readonly encoding: Encoding
  readonly ascending: readonly string[]
}[] = [
  {
    what: 'integers of any size',
    encoding: { as: 'integer' },
    ascending: [
      ...['-18446744073709551615', '-9223372036854775808', '-10', '-9', '-1', '0', '1', '9', '10', '99', '100'],
      ...['9007199254740992', '9007199254740993', '9223372036854775807', '18446744073709551615'],
    ],
  },
  {
    what: 'decimals, and what only a numeric can hold',
    encoding: { as: 'decimal' },
    ascending: [
      ...['-Infinity', '-10.50', '-10.05', '-1.00', '-0.50', '-0.05', '0.00', '0.05', '0.49', '0.50', '1.00', '9.99'],
      ...['10.00', '99999999999999999999999999999.999', 'Infinity', 'NaN'],
    ],
  },
  {
    what: 'dates, beyond four digits too',
    encoding: { as: 'date', onZero: { do: 'refuse' } },
    ascending: ['-infinity', '0001-01-01', '1999-12-31', '2000-01-01', '10000-01-01', 'infinity'],
  },
  {
    what: 'moments',
    encoding: { as: 'timestamp', zone: false, onZero: { do: 'refuse' } },
    ascending: [
      ...['2000-01-01 00:00:00', '2000-01-01 00:00:00.000001', '2000-01-01 00:00:00.1', '2000-01-01 00:00:00.11'],
      ...['2000-01-01 00:00:01', '12024-01-01 00:00:00', 'infinity'],
    ],
  },
  {
    what: 'moments with their zone',
    encoding: { as: 'timestamp', zone: true, onZero: { do: 'refuse' } },
    ascending: ['2000-01-01 00:00:00+00', '2000-01-01 00:00:00.5+00', '2000-01-01 00:00:00.55+00'],
  },
  {
    what: 'times',
    encoding: { as: 'time' },
    ascending: ['00:00:00', '00:00:00.5', '09:59:59', '10:00:00', '24:00:00'],
  },
  {
    what: 'bytes',
    encoding: { as: 'bytes' },
    ascending: ['', '00', '0000', '01', '7f', '80', 'ff', 'ff00'].map((digits) => `\\\\x${digits}`),
  },
]

describe('keys are ordered as both servers order them', () => {
  it.each(ORDERED)('$what', ({ encoding, ascending }) => {
    expect(wrong(encoding, ascending)).toEqual([])
  })

  it('composite ones column by column, each in its own direction', () => {
    const order = keyOrder(keyedTable([{ as: 'integer' }, { as: 'date', onZero: { do: 'refuse' } }], [false, true]))
    const ascending = ['2\t2024-01-02\tz', '2\t2024-01-01\ta', '10\t2024-01-02\tb', '10\t2023-01-01\tc']
    for (const [i, a] of ascending.entries())
      for (const [j, b] of ascending.entries()) expect(Math.sign(order(bytes(a), bytes(b)))).toBe(Math.sign(i - j))
  })

  it('and a key of another kind is refused, not guessed', () => {
    expect(() => keyOrder(keyedTable([{ as: 'text', charset: 'utf8mb4' }], [false]))).toThrow(/text/)
    expect(() => keyOrder(keyedTable([{ as: 'integer' }], []))).toThrow(/no key/)
  })
})
