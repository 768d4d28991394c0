import { describe, expect, test } from 'vitest'
import { castColumn } from '../../core/casts/cast-column.js'
import { canonicalMoment, parseZeroDatePolicy } from '../../core/casts/zero-date.js'
import type { CastRule } from '../../core/config/types.js'
import { column, NO_FEATURES } from '../support/catalog.js'

describe('zero dates', () => {
  test.each([
    ['refuse', { do: 'refuse' }],
    ['null', { do: 'null' }],
    ['1970-01-01', { do: 'literal', value: '1970-01-01' }],
    ['1970-01-01 00:00:00.5', { do: 'literal', value: '1970-01-01 00:00:00.5' }],
    ['-infinity', { do: 'literal', value: '-infinity' }],
    ['0000-01-01', null],
    ['2023-02-29', null],
    ['1900-02-29', null],
    ['2023-13-01', null],
    ['2023-01-01 24:00:00', null],
    ['yesterday', null],
  ])('%s', (text, policy) => expect(parseZeroDatePolicy(text)).toEqual(policy))

  test.each<[string, 'date' | 'timestamp' | 'timestamptz', string | null]>([
    ['2024-02-29', 'date', '2024-02-29'],
    ['2024-02-29', 'timestamp', '2024-02-29 00:00:00'],
    ['2024-02-29', 'timestamptz', '2024-02-29 00:00:00+00'],
    ['2024-02-29 10:00:00.500', 'timestamptz', '2024-02-29 10:00:00.5+00'],
    ['2024-02-29 00:00:00', 'date', '2024-02-29'],
    ['2024-02-29 10:00:00', 'date', null],
    ['infinity', 'timestamptz', 'infinity'],
    ['0000-00-00', 'date', null],
  ])('%s as %s is what PostgreSQL prints', (text, as, printed) => expect(canonicalMoment(text, as)).toBe(printed))

  const withZero = (declared: string, rule: CastRule) => castColumn(column('c', declared), 't', [rule], [], NO_FEATURES)
  test.each([
    ['date', undefined, '1970-01-01'],
    ['datetime', undefined, '1970-01-01 00:00:00'],
    ['timestamp', undefined, '1970-01-01 00:00:00+00'],
    ['datetime', 'timestamptz', '1970-01-01 00:00:00+00'],
    ['timestamp', 'timestamp', '1970-01-01 00:00:00'],
  ])('a literal for a %s to %s is of the type that it becomes', (declared, to, value) => {
    const rule = { type: declared, onZeroDate: { do: 'literal', value: '1970-01-01' } as const, ...(to && { to }) }
    expect(withZero(declared, rule).cast.encoding).toMatchObject({ onZero: { do: 'literal', value } })
  })
  test('a date that becomes text keeps them, so a rule for them cannot be obeyed', () => {
    const { findings } = withZero('date', { type: 'date', to: 'text', onZeroDate: { do: 'null' } })
    expect(findings.map((f) => `${f.severity} ${f.name}`)).toEqual(['blocking zero-date-rule-impossible'])
  })
  test.each<[string, string]>([
    ['int', 'null'],
    ['time', '1970-01-01'],
    ['date', '1970-01-01 10:00:00'],
  ])('a %s cannot have %s for them', (declared, text) => {
    const rule = { type: declared, onZeroDate: parseZeroDatePolicy(text)! }
    expect(withZero(declared, rule).findings.map((f) => `${f.severity} ${f.name}`)).toContain(
      'blocking zero-date-rule-impossible',
    )
  })
})
