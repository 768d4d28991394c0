import { describe, expect, it } from 'vitest'
import type { SourceCatalog } from '../../core/catalog.js'
import { changedSincePlan } from '../../core/plan/drift.js'
import { keepInMemory } from '../../activities/kept.js'
import { column, planOf, table } from '../support/target.js'

const plan = planOf([table('orders', [column('id', 'int(11)'), column('note', 'text')])])

/** As much of a catalog as the comparison reads. */
const catalog = (columns: Record<string, string>, name = 'orders', generated: readonly string[] = []): SourceCatalog =>
  ({
    tables: [
      {
        name,
        columns: Object.entries(columns).map(([column, declared]) => ({
          name: column,
          type: { declared },
          generated: generated.includes(column) ? { expression: '1', stored: false } : null,
        })),
      },
    ],
  }) as unknown as SourceCatalog

describe('a source since its plan', () => {
  const cases: [string, SourceCatalog, string | null][] = [
    ['the same', catalog({ id: 'int(11)', note: 'text' }), null],
    ['the same in another order', catalog({ note: 'text', id: 'int(11)' }), null],
    ['a generated column more', catalog({ id: 'int(11)', note: 'text', g: 'int(11)' }, 'orders', ['g']), null],
    [
      'a column of another type',
      catalog({ id: 'bigint(20)', note: 'text' }),
      'column orders.id is bigint(20), was int(11)',
    ],
    ['a column less', catalog({ id: 'int(11)' }), 'column orders.note is not there'],
    ['a column more', catalog({ id: 'int(11)', note: 'text', x: 'int(11)' }), 'column orders.x is new'],
    ['no such table', catalog({}, 'other'), 'table orders is not there'],
  ]
  it.each(cases)('%s', (_, now, what) => {
    expect(changedSincePlan(plan, now)).toEqual(what === null ? [] : [{ ordinal: 0, what }])
  })

  it('may lack a column that the plan says it does not carry', () => {
    const notCarried = [{ kind: 'generated', name: 'x', table: 'orders', reason: 'r', original: 'o' }]
    expect(changedSincePlan({ ...plan, notCarried }, catalog({ id: 'int(11)', note: 'text', x: 'int(11)' }))).toEqual(
      [],
    )
  })
})

describe('documents that the worker keeps', () => {
  it('are there for an hour, and thirty at most', () => {
    let now = 0
    let ref = 0
    const kept = keepInMemory(
      () => `r${ref++}`,
      () => now,
    )
    const document = { what: 'plan' } as never
    expect(kept.get(kept.keep(document))).toBe(document)
    now = 3_600_000
    expect(kept.get('r0')).toBeNull()
    for (let n = 0; n < 40; n++) kept.keep(document)
    expect(Array.from({ length: 41 }, (_, n) => kept.get(`r${n}`)).filter(Boolean)).toHaveLength(30)
    expect(kept.get('r40')).toBe(document)
  })
})
