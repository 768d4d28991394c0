import { describe, expect, it, test } from 'vitest'
import { readExpiry } from '../../client/deadline.js'
import { noPaint } from '../../client/output.js'
import { renderFitness, renderFitnessPart, renderWaived, renderWaivers } from '../../client/render/fitness.js'
import { FITNESS_CHECKS, type Fitness, type FitnessCheck, type Waiver } from '../../core/fitness.js'
import { unheard, type Gathered } from '../../core/fitness/gathered.js'
import { judgeFitness } from '../../core/fitness/judge.js'
import { fitnessWords, isFit, judgeWaiver, waivedNow, withWaivers } from '../../core/fitness/waivers.js'
import { FIT } from '../support/fitness-facts.js'

const AT = '2026-11-20T03:00:00.000Z'
const waiver = (check: FitnessCheck, more: Partial<Waiver> = {}): Waiver => ({
  ...{ check, by: 'anna', why: 'comes in May', at: '2026-11-01T03:00:00.000Z', expires: '2026-11-21T03:00:00.000Z' },
  ...more,
})

const none = unheard('it is away', 'start it')
const AWAY: Gathered = {
  ...{ at: AT, server: none, database: none, source: none },
  ...{ application: none, backups: none, restore: none, space: none },
}

const fitness = (gathered: Gathered, waivers: readonly Waiver[]): Fitness => ({
  ...{ format: 1, migration: 'shop', at: AT, server: 'PostgreSQL 15.18' },
  checks: withWaivers(judgeFitness(gathered), waivers, AT),
})

describe('a waiver', () => {
  it.each(FITNESS_CHECKS)('of %s counts until its moment, and not from then on', (check) => {
    const others = FITNESS_CHECKS.filter((one) => one !== check).map((one) => waiver(one, { expires: '2027-01-01' }))
    const all = [...others, waiver(check)]
    expect(isFit(fitness(AWAY, all))).toBe(true)
    const found = fitness(AWAY, [])
    expect(isFit(waivedNow(found, all, '2026-11-21T02:59:59.999Z'))).toBe(true)
    const expired = waivedNow(found, all, '2026-11-21T03:00:00.000Z')
    expect(isFit(expired)).toBe(false)
    expect(expired.checks.filter((one) => one.waiver === null).map((one) => one.check)).toEqual([check])
  })

  it('stands beside a green check as well, which needs none', () => {
    const found = fitness(FIT, [waiver('standby')])
    expect(found.checks.find(({ check }) => check === 'standby')).toMatchObject({
      state: 'green',
      waiver: { by: 'anna' },
    })
    expect(fitnessWords(found)).toBe('17 of 17 fit')
  })

  it.each<[string, Partial<Omit<Waiver, 'check'> & { check: string }>, string, string]>([
    [
      'a check that is none',
      { check: 'stanby' },
      'There is no check stanby',
      'Did you mean standby? There are: wal-arch',
    ],
    ['no reason', { why: ' ' }, 'A waiver needs a reason', '--reason'],
    ['a moment that is none', { expires: 'soon' }, 'A waiver needs a moment', '--expires 30d'],
    ['a moment that is over', { expires: AT }, 'would have expired', '--expires 30d'],
    ['more than 90 days', { expires: '2027-02-18T04:00:00.001Z' }, 'lasts at most 90 days', 'at most 90 days ahead'],
  ])('is refused for %s', (_what, more, message, remedy) => {
    const asked = { ...waiver('standby', { at: AT }), ...more }
    const thrown = (): unknown => {
      try {
        return judgeWaiver(asked)
      } catch (error) {
        return error
      }
    }
    expect(thrown()).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining(message),
      details: { remedy: expect.stringContaining(remedy) },
    })
  })

  it.each(['03:00:00.000Z', '03:00:01.000Z', '04:00:00.000Z'])(
    'of 90 days is kept as it was given, also where they were counted by a clock that is ahead: %s',
    (time) => {
      const asked = waiver('standby', { at: AT, expires: `2027-02-18T${time}` })
      expect(judgeWaiver(asked)).toEqual(asked)
    },
  )
})

test('how long a waiver lasts is typed as days, as a time, or as a moment', () => {
  const now = Date.parse(AT)
  expect(['30d', '12h', '2026-12-01T00:00Z'].map((typed) => readExpiry(typed, now))).toEqual([
    '2026-12-20T03:00:00.000Z',
    '2026-11-20T15:00:00.000Z',
    '2026-12-01T00:00:00.000Z',
  ])
  expect(readExpiry('2026-12-01', now)).toBe('2026-12-01T00:00:00.000Z')
  expect(readExpiry('90d', now)).toBe('2027-02-18T03:00:00.000Z')
  for (const [typed, says] of [
    ...['', '30', 'soon', '2026-13-01', '1e9d', '-1d'].map((one) => [one, 'is no moment'] as const),
    ...['91d', '999999d', '2027-06-01'].map((one) => [one, 'is more than 90 days away'] as const),
    ...['0d', '2026-11-20', '2026-11-20T02:59Z'].map((one) => [one, 'is over already'] as const),
  ])
    expect(() => readExpiry(typed, now)).toThrow(
      expect.objectContaining({
        ...{ exit: 2, message: expect.stringContaining(`--expires ${typed} ${says}`) },
        remedy: expect.stringContaining('such as 2026-12-20 or 2026-12-20T05:00Z'),
      }),
    )
})

describe('the terminal', () => {
  const some = fitness({ ...FIT, server: none }, [waiver('standby'), waiver('encoding')])
  it('shows every check with its evidence, then what is waived, then what is open with its remedy', () => {
    const text = renderFitness(some, noPaint).join('\n')
    expect(text).toContain('Target of shop: PostgreSQL 15.18, at 2026-11-20 03:00:00 UTC')
    for (const check of FITNESS_CHECKS) expect(text).toContain(`  ${check}`)
    expect(text).toMatch(/\n {2}standby +waived +it is away\n/)
    expect(text).toContain(
      'Waived (2)\n  standby: by anna until 2026-11-21 03:00:00 UTC: comes in May\n  encoding: by anna',
    )
    // Of one cause all of its checks, and what to do once.
    expect(text).toMatch(/ {2}unknown {2}[a-z, -]+fsync, full-page-writes[a-z, -]*: it is away\n {6}start it\n/)
    expect(text.split('      start it').length - 1).toBe(1)
    expect(text).toContain('nightferry waive shop CHECK --reason WHY --expires 30d')
    const byFile = renderFitness(some, noPaint, 'shop.yaml').join('\n')
    expect(byFile).toContain('regardless, once it is applied (nightferry apply shop.yaml): nightferry waive shop CHECK')
    expect(text.endsWith('9 of 17 fit, 1 waived, 7 unknown')).toBe(true)
  })

  it('has one line in a report where all is fit, and what is open where it is whole', () => {
    expect(renderFitnessPart(null, noPaint, true)).toEqual([])
    expect(renderFitnessPart(fitness(FIT, []), noPaint, true)).toEqual([
      '',
      "Target's fitness, asked 2026-11-20 03:00:00 UTC: 17 of 17 fit",
    ])
    expect(renderFitnessPart(some, noPaint, true).join('\n')).toMatch(/fsync[a-z, -]*: it is away\n {6}start it/)
    expect(renderFitnessPart(some, noPaint, false)).toHaveLength(2)
    expect(renderFitnessPart(some, noPaint, false)[1]).toContain('nightferry check shop --target')
  })

  it('says what is waived, by whom and until when, also what has expired', () => {
    expect(renderWaived('shop', 'standby', waiver('standby'), noPaint).join('\n')).toContain(
      'standby is waived by anna until 2026-11-21 03:00:00 UTC: comes in May\n  It is taken back with: nightferry waive shop standby --lift',
    )
    expect(renderWaived('shop', 'standby', null, noPaint)[0]).toContain('No waiver of standby is left')
    const waivers = [waiver('standby'), waiver('backup', { expires: AT })]
    expect(renderWaivers('shop', waivers, AT, noPaint).join('\n')).toMatch(/expired 2026-11-20 03:00:00 UTC/)
    expect(renderWaivers('shop', [], AT, noPaint)).toEqual(['Nothing is waived for shop.'])
  })
})
