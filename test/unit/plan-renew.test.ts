import { describe, expect, it } from 'vitest'
import type { SourceTable } from '../../core/catalog.js'
import { profileQuestions } from '../../core/casts/profile.js'
import { buildPlan, type PlanInput } from '../../core/plan/build-plan.js'
import { canonicalPlanJson } from '../../core/plan/canonical.js'
import { brokenFailure, renew, type Renewed } from '../../core/plan/renew.js'
import type { Plan, ProfileAnswer } from '../../core/plan/types.js'
import { catalog, column, config, foreignKey, index, NO_FEATURES, table } from '../support/catalog.js'

/** Largest values, by column; columns that are not named hold none. The smallest is 0. */
type Seen = Readonly<Record<string, string>>

function inputOf(tables: readonly SourceTable[], seen: Seen = {}, written: Record<string, unknown> = {}): PlanInput {
  const source = catalog(tables)
  const settings = config(written)
  const answers = profileQuestions(source, settings).map((question): ProfileAnswer => {
    const largest = seen[`${question.table}.${question.column}`] ?? null
    const zero = question.ask === 'within-a-day' ? '00:00:00' : '0'
    return { ...question, smallest: largest === null ? null : zero, largest }
  })
  return { catalog: source, config: settings, answers, features: NO_FEATURES }
}

interface Night {
  readonly applied: readonly SourceTable[]
  readonly then?: Seen
  readonly tonight?: readonly SourceTable[]
  readonly now?: Seen
  readonly written?: Record<string, unknown>
}

const night = ({ applied, then = {}, tonight = applied, now = then, written = {} }: Night): Renewed & { was: Plan } => {
  const was = buildPlan(inputOf(applied, then, written))
  return { was, ...renew(was, inputOf(tonight, now, written)) }
}

/** `orders.flag boolean`, of every column. */
const types = ({ plan }: Renewed): string[] =>
  plan.tables.flatMap((t) => t.columns.map((c) => `${t.source}.${c.source} ${c.cast.to}`))

const FLAGS = table('orders', [column('flag', 'tinyint(1)'), column('n', 'bigint unsigned'), column('t', 'time(3)')])
const NARROW = ['orders.flag boolean', 'orders.n bigint', 'orders.t time(3)']
const WIDE = ['orders.flag smallint', 'orders.n numeric(20,0)', 'orders.t interval']
const BIG = '9223372036854775808'

describe('a plan of the same source and the same answers', () => {
  it('is the same, and nothing is broken', () => {
    const renewed = night({ applied: [FLAGS], then: { 'orders.flag': '1', 'orders.n': '7' } })
    expect(canonicalPlanJson(renewed.plan)).toBe(canonicalPlanJson(renewed.was))
    expect([types(renewed), renewed.broken]).toEqual([NARROW, []])
  })
})

describe('a decision', () => {
  it.each<[string, string, string]>([
    [
      'flag',
      '2',
      'tinyint(1) became boolean, and holds values other than 0, 1 and NULL now: by them it would be smallint',
    ],
    [
      'n',
      BIG,
      'bigint unsigned became bigint, and holds values, or a counter, beyond bigint now: by them it would be numeric(20,0)',
    ],
    ['t', '30:00:00', 'time(3) became time(3), and holds values outside 24 hours now: by them it would be interval'],
  ])('about %s that tonight breaks keeps its cast, and is named', (name, value, what) => {
    const { was, ...renewed } = night({ applied: [FLAGS], now: { [`orders.${name}`]: value } })
    expect(types(renewed)).toEqual(NARROW)
    expect(renewed.broken).toEqual([{ ordinal: 0, column: name, what }])
    expect(canonicalPlanJson(renewed.plan)).toBe(canonicalPlanJson(was))
    expect(JSON.stringify(renewed.broken)).not.toContain(value)
  })

  it('that is wider than it need be by now stays wide', () => {
    const then = { 'orders.flag': '2', 'orders.n': BIG, 'orders.t': '30:00:00' }
    const renewed = night({
      applied: [FLAGS],
      then,
      now: { 'orders.flag': '1', 'orders.n': '1', 'orders.t': '01:00:00' },
    })
    expect([types(renewed), renewed.broken]).toEqual([WIDE, []])
    expect(canonicalPlanJson(renewed.plan)).toBe(canonicalPlanJson(renewed.was))
  })

  it('stays what it was for as many nights as it takes', () => {
    const first = buildPlan(inputOf([FLAGS]))
    const tonight = inputOf([FLAGS], { 'orders.flag': '2' })
    const second = renew(first, tonight)
    const third = renew(second.plan, tonight)
    expect(third).toEqual(second)
    expect(third.broken).toHaveLength(1)
  })

  it.each<[string, SourceTable, string]>([
    ['of another type', table('orders', [column('flag', 'tinyint(4)')]), 'orders.flag smallint'],
    ['that is unsigned now', table('orders', [column('flag', 'tinyint(1) unsigned')]), 'orders.flag smallint'],
  ])('is made anew for a column %s', (_what, changed, type) => {
    const renewed = night({ applied: [FLAGS], tonight: [changed], now: { 'orders.flag': '2' } })
    expect([types(renewed), renewed.broken]).toEqual([[type], []])
  })

  it("is made by tonight's data for what is new", () => {
    const more = table('orders', [...FLAGS.columns, column('late', 'tinyint(1)')])
    const fresh = table('basket', [column('flag', 'tinyint(1)')])
    const renewed = night({
      applied: [FLAGS],
      tonight: [fresh, more],
      now: { 'orders.late': '2', 'basket.flag': '3', 'orders.flag': '2' },
    })
    expect(types(renewed)).toEqual(['basket.flag smallint', ...NARROW, 'orders.late smallint'])
    // By its place in tonight's plan.
    expect(renewed.broken).toMatchObject([{ ordinal: 1, column: 'flag' }])
  })

  it('is not asked for where a rule names the type', () => {
    const written = { casts: [{ column: 'orders.flag', to: 'boolean' }] }
    const renewed = night({ applied: [FLAGS], now: { 'orders.flag': '2' }, written })
    expect([types(renewed)[0], renewed.broken]).toEqual(['orders.flag boolean', []])
  })

  it('about a counter breaks when that has passed bigint', () => {
    const ids = (nextIdentity: string): SourceTable =>
      table('orders', [column('id', 'bigint unsigned', { autoIncrement: true, nullable: false })], {
        indexes: [index('PRIMARY', ['id'])],
        nextIdentity,
      })
    const renewed = night({ applied: [ids('7')], tonight: [ids(BIG)], now: { 'orders.id': '6' } })
    expect(renewed.broken).toMatchObject([{ column: 'id', what: expect.stringContaining('or a counter') }])
  })

  it('that a foreign key made wider is not broken by what the wider type holds', () => {
    const kinds = table('kinds', [column('id', 'smallint', { nullable: false })], {
      indexes: [index('PRIMARY', ['id'])],
    })
    const orders = table('orders', [column('kind', 'tinyint(1)')], {
      foreignKeys: [foreignKey('k', 'kind', 'kinds.id')],
    })
    const renewed = night({ applied: [kinds, orders], now: { 'orders.kind': '2' } })
    expect(types(renewed)).toEqual(['kinds.id smallint', 'orders.kind smallint'])
    expect(renewed.broken).toEqual([])
  })

  it('that holds for one of two linked columns keeps both, and stops the other', () => {
    const a = table('a', [column('flag', 'tinyint(1)', { nullable: false }), column('x', 'int', { nullable: false })], {
      indexes: [index('PRIMARY', ['flag', 'x'])],
    })
    const b = table('b', [column('flag', 'tinyint(1)'), column('x', 'int')], {
      foreignKeys: [foreignKey('ab', 'flag,x', 'a.flag,a.x')],
    })
    const renewed = night({ applied: [a, b], now: { 'b.flag': '2', 'a.flag': '1' } })
    expect(types(renewed)).toEqual(['a.flag boolean', 'a.x integer', 'b.flag boolean', 'b.x integer'])
    expect(renewed.broken).toMatchObject([{ ordinal: 1, column: 'flag' }])
  })
})

describe('what came, went or changed', () => {
  it('is carried as the source has it now', () => {
    const applied = [
      table('gone', [column('id', 'int')]),
      table('orders', [column('id', 'int', { nullable: false }), column('old', 'int'), column('name', 'varchar(10)')]),
    ]
    const tonight = [
      table('items', [column('id', 'int')]),
      table(
        'orders',
        [column('id', 'int', { nullable: false }), column('name', 'varchar(20)'), column('new', 'date')],
        {
          indexes: [index('PRIMARY', ['id']), index('by_name', ['name'])],
        },
      ),
    ]
    const { plan, broken } = night({ applied, tonight })
    expect(types({ plan, broken })).toEqual([
      'items.id integer',
      'orders.id integer',
      'orders.name varchar(20)',
      'orders.new date',
    ])
    expect(plan.tables[1]?.indexes.map(({ source }) => source)).toEqual(['by_name'])
    expect(plan).toEqual(buildPlan(inputOf(tonight)))
    expect(broken).toEqual([])
  })
})

describe('a broken decision', () => {
  it('says what a person does about it, in both ways that there are', () => {
    const { plan, broken } = night({ applied: [FLAGS], now: { 'orders.flag': '2' } })
    const failure = brokenFailure(plan, broken[0]!)
    expect(failure).toMatchObject({ kind: 'decision-broken', policy: 'hold' })
    expect(failure.details).toMatchObject({ table: 'orders', column: 'flag' })
    expect(failure.details.remedy).toMatch(/nightferry apply FILE.*\{column: orders\.flag, to: \.\.\.\}/)
  })
})
