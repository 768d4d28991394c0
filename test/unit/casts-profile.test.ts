import { describe, expect, test } from 'vitest'
import { countersOf, decide, profileQuestions } from '../../core/casts/profile.js'
import type { ProfileQuestion } from '../../core/plan/types.js'
import { catalog, column, config, index, table } from '../support/catalog.js'

describe('questions are asked only where the answer matters', () => {
  const asked = (written: Record<string, unknown> = {}): string[] => {
    const source = catalog([
      table('t', [
        column('flag', 'tinyint(1)'),
        column('small', 'tinyint(4)'),
        column('big', 'bigint unsigned'),
        column('signed', 'bigint'),
        column('late', 'time(3)'),
        column('text', 'varchar(5)'),
      ]),
      table('odd', [column('flag', 'tinyint(1)')]),
    ])
    return profileQuestions(source, config(written)).map((q) => `${q.table}.${q.column} ${q.ask}`)
  }
  test('of every included table', () => {
    expect(asked()).toEqual(['odd.flag boolean', 't.flag boolean', 't.big fits-bigint', 't.late within-a-day'])
  })
  test('not of what is excluded', () => {
    expect(asked({ tables: { exclude: ['t'] } })).toEqual(['odd.flag boolean'])
  })
  test('not where a rule names the type', () => {
    const casts = [
      { type: 'tinyint(1)', to: 'smallint' },
      { column: 't.late', to: 'interval' },
    ]
    expect(asked({ casts })).toEqual(['t.big fits-bigint'])
  })
  test.each([
    ['a counter', column('c', 'tinyint(1)', { autoIncrement: true }), []],
    ['what starts as 2', column('c', 'tinyint(1)', { default: { is: 'constant', text: '2' } }), []],
    ['a key alone', column('c', 'tinyint(1)'), [index('PRIMARY', ['c'])]],
  ])('%s is no truth value', (_what, source, indexes) => {
    expect(profileQuestions(catalog([table('t', [source], { indexes })]), config())).toEqual([])
  })
  test('part of a key may be one', () => {
    const part = table('t', [column('c', 'tinyint(1)'), column('d', 'int')], {
      indexes: [index('PRIMARY', ['c', 'd'])],
    })
    expect(profileQuestions(catalog([part]), config())).toHaveLength(1)
  })
})

describe('decisions', () => {
  test.each<[ProfileQuestion['ask'], string | null, string | null, boolean, string]>([
    ['boolean', null, null, true, 'the column holds no value'],
    ['boolean', '0', '1', true, 'every value is 0, 1 or NULL (smallest 0, largest 1)'],
    ['boolean', '1', '1', true, 'every value is 0, 1 or NULL (smallest 1, largest 1)'],
    ['boolean', '0', '2', false, 'there are values other than 0, 1 and NULL (smallest 0, largest 2)'],
    ['boolean', '-1', '1', false, 'there are values other than 0, 1 and NULL (smallest -1, largest 1)'],
    ['boolean', 'x', '1', false, 'there are values other than 0, 1 and NULL (smallest x, largest 1)'],
    [
      'fits-bigint',
      '0',
      '9223372036854775807',
      true,
      'every value fits bigint (smallest 0, largest 9223372036854775807)',
    ],
    [
      'fits-bigint',
      '0',
      '9223372036854775808',
      false,
      'there are values that bigint cannot hold (smallest 0, largest 9223372036854775808)',
    ],
    [
      'within-a-day',
      '00:00:00',
      '23:59:59.999999',
      true,
      'every value lies within 24 hours (smallest 00:00:00, largest 23:59:59.999999)',
    ],
    [
      'within-a-day',
      '00:00:00',
      '24:00:00',
      true,
      'every value lies within 24 hours (smallest 00:00:00, largest 24:00:00)',
    ],
    [
      'within-a-day',
      '00:00:00',
      '24:00:00.000001',
      false,
      'there are values outside 24 hours (smallest 00:00:00, largest 24:00:00.000001)',
    ],
    [
      'within-a-day',
      '-00:00:01',
      '10:00:00',
      false,
      'there are values outside 24 hours (smallest -00:00:01, largest 10:00:00)',
    ],
    [
      'within-a-day',
      '00:00:00',
      '838:59:59',
      false,
      'there are values outside 24 hours (smallest 00:00:00, largest 838:59:59)',
    ],
  ])('%s of %s to %s: %s', (ask, smallest, largest, answer, because) => {
    expect(decide([{ table: 't', column: 'c', ask, smallest, largest }], [])).toEqual([
      { table: 't', column: 'c', question: ask, answer, because },
    ])
  })
  test.each([
    ['9223372036854775807', true],
    ['9223372036854775808', false],
  ])('a counter at %s fits: %s, whatever the rows', (next, fits) => {
    const [decision] = decide(
      [{ table: 't', column: 'id', ask: 'fits-bigint', smallest: '1', largest: '2' }],
      [{ table: 't', column: 'id', next }],
    )
    expect(decision!.answer).toBe(fits)
  })
  test("another column's counter does not matter", () => {
    const answer = { table: 't', column: 'n', ask: 'fits-bigint', smallest: '1', largest: '2' } as const
    expect(decide([answer], [{ table: 't', column: 'id', next: '9223372036854775808' }])[0]!.answer).toBe(true)
  })
  test('come in one order, whatever the order of the answers', () => {
    const answers = ['b', 'a', 'c'].map(
      (name) => ({ table: name, column: 'x', ask: 'boolean', smallest: null, largest: null }) as const,
    )
    expect(decide(answers, []).map((d) => d.table)).toEqual(['a', 'b', 'c'])
  })
  test('counters are those of AUTO_INCREMENT columns', () => {
    const source = catalog([
      table('a', [column('id', 'int', { autoIncrement: true })], { nextIdentity: '7' }),
      table('b', [column('id', 'int')]),
    ])
    expect(countersOf(source)).toEqual([{ table: 'a', column: 'id', next: '7' }])
  })
})
