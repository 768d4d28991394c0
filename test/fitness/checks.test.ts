import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FITNESS_CHECKS, type FitnessResult, type Waiver } from '../../core/fitness.js'
import { isPassed, withWaivers } from '../../core/fitness/waivers.js'
import { FITNESS_CASES } from '../support/fitness/cases/index.js'
import { judged } from '../support/fitness/judged.js'
import { startWorld, type World } from '../support/fitness/world.js'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(async () => {
  await world.stop()
})

describe('the table of cases', () => {
  it('has a green and a red state of every check', () => {
    const missing = FITNESS_CHECKS.flatMap((check) =>
      (['green', 'red'] as const)
        .filter((state) => !FITNESS_CASES.some((one) => one.check === check && one.state === state))
        .map((state) => `${check} ${state}`),
    )
    expect(missing).toEqual([])
    expect(FITNESS_CASES.length).toBeGreaterThan(2 * FITNESS_CHECKS.length)
  })
})

describe('a target that is ready for production', () => {
  it('is green in every check at once', async () => {
    const asking = { restoreTest: [world.backrest.restoreScript('restore')] }
    const results = await judged(world, asking)
    expect(results.filter(({ state }) => state !== 'green')).toEqual([])
    expect(results.map(({ check }) => check)).toEqual(FITNESS_CHECKS)
  })
})

describe('on servers that were set so', () => {
  it.each(FITNESS_CASES)('$check is $state: $title', async ({ check, state, evidence, make }) => {
    const { asking, undo } = (await make?.(world)) ?? {}
    try {
      const found = (await judged(world, asking)).find((result) => result.check === check)!
      expect(found).toMatchObject({ check, state, evidence: expect.stringMatching(evidence) })
      expect(found.remedy === null).toBe(state === 'green')
      if (state !== 'green') expectWaivable(found)
    } finally {
      await undo?.()
    }
  })
})

const EXPIRES = '2026-12-01T00:00:00.000Z'

/** A waiver counts until its moment, and for its own check alone. */
function expectWaivable(found: FitnessResult): void {
  const waiver: Waiver = {
    check: found.check,
    by: 'ana',
    why: 'a test',
    at: '2026-11-20T00:00:00.000Z',
    expires: EXPIRES,
  }
  const passes = (waivers: readonly Waiver[], at: string): boolean[] => withWaivers([found], waivers, at).map(isPassed)
  expect(passes([], '2026-11-30T23:59:59.999Z')).toEqual([false])
  expect(passes([waiver], '2026-11-30T23:59:59.999Z')).toEqual([true])
  expect(passes([waiver], EXPIRES)).toEqual([false])
  const others = FITNESS_CHECKS.filter((check) => check !== found.check).map((check) => ({ ...waiver, check }))
  expect(passes(others, '2026-11-30T23:59:59.999Z')).toEqual([false])
}
