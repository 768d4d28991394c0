import type { Fitness } from '../fitness.js'

/**
 * Of two that were asked, the later one, with the later test of restoring: a run's end asks beside a person's question, and
 * only the latter runs that test. Where the later one judged an earlier test, it takes over how the later test was judged.
 */
export function bothFitness(kept: Fitness, asked: Fitness): Fitness {
  const [base, other] = kept.at <= asked.at ? [asked, kept] : [kept, asked]
  const test = other.restoreTest
  if (test === undefined || (base.restoreTest !== undefined && test.at <= base.restoreTest.at)) return base
  const judged = other.checks.find(({ check }) => check === 'restore-test')
  const checks = base.checks.map((one) =>
    one.check === 'restore-test' && judged !== undefined && base.restoreTest !== undefined
      ? { ...judged, waiver: one.waiver }
      : one,
  )
  return { ...base, checks, restoreTest: test }
}
