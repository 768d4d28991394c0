import { Failure } from '../failure.js'
import {
  FITNESS_CHECKS,
  type Fitness,
  type FitnessCheck,
  type FitnessResult,
  type JudgedCheck,
  type Waiver,
} from '../fitness.js'
import { nearest } from '../text.js'

/** A wish to go on regardless is looked at again each quarter. */
export const MOST_WAIVED_DAYS = 90
const DAY_MS = 86_400_000
/** The clock by which a person's 90 days are counted is not that of the migration. */
const SLACK_MS = 3_600_000

/** From its moment on it counts no more; before somebody gave it neither. `at`: ISO 8601. */
export const counts = ({ expires }: Waiver, at: string): boolean => Date.parse(at) < Date.parse(expires)

/** Each result with the waiver that counts at that moment. */
export const withWaivers = (results: readonly FitnessResult[], waivers: readonly Waiver[], at: string): JudgedCheck[] =>
  results.map((result) => ({
    ...result,
    waiver: waivers.find((one) => one.check === result.check && counts(one, at)) ?? null,
  }))

/** What was found then, with the waivers that count now. */
export const waivedNow = (fitness: Fitness, waivers: readonly Waiver[], now: string): Fitness => ({
  ...fitness,
  checks: withWaivers(fitness.checks, waivers, now),
})

/** Green, or waived by a person whose waiver has not expired. */
export const isFit = ({ checks }: Pick<Fitness, 'checks'>): boolean => checks.every(isPassed)

export const isPassed = ({ state, waiver }: JudgedCheck): boolean => state === 'green' || waiver !== null

/** What is open, each cause once: a server that is away is one thing to do, however many checks asked it. */
export function openCauses(checks: readonly JudgedCheck[]): (JudgedCheck & { readonly names: string })[] {
  const causes = new Map<string, JudgedCheck[]>()
  for (const one of checks.filter((check) => !isPassed(check))) {
    const cause = JSON.stringify([one.state, one.evidence, one.remedy])
    causes.set(cause, [...(causes.get(cause) ?? []), one])
  }
  return [...causes.values()].map((all) => ({ ...all[0]!, names: all.map(({ check }) => check).join(', ') }))
}

/** How a check is shown: a waiver counts where it is needed. */
export const shownState = ({ state, waiver }: JudgedCheck): JudgedCheck['state'] | 'waived' =>
  state !== 'green' && waiver !== null ? 'waived' : state

/** `14 of 17 fit, 2 waived, 1 red`. */
export function fitnessWords({ checks }: Pick<Fitness, 'checks'>): string {
  const of = (state: ReturnType<typeof shownState>): number => checks.filter((one) => shownState(one) === state).length
  const others = (['waived', 'red', 'unknown'] as const).flatMap((state) =>
    of(state) > 0 ? [`${of(state)} ${state}`] : [],
  )
  return [`${of('green')} of ${checks.length} fit`, ...others].join(', ')
}

const isCheck = (name: string): name is FitnessCheck => FITNESS_CHECKS.some((check) => check === name)

/** Throws `refused`, with the names that there are. */
export function checkNamed(name: string): FitnessCheck {
  if (isCheck(name)) return name
  const near = nearest(name, FITNESS_CHECKS)
  throw new Failure('refused', `There is no check ${name.slice(0, 60)}`, {
    remedy: `${near === null ? '' : `Did you mean ${near}? `}There are: ${FITNESS_CHECKS.join(', ')}.`,
  })
}

/** Throws `refused` for a waiver that would not count, or for longer than anybody remembers why. */
export function judgeWaiver(waiver: Omit<Waiver, 'check'> & { readonly check: string }): Waiver {
  const check = checkNamed(waiver.check)
  const lasts = Date.parse(waiver.expires) - Date.parse(waiver.at)
  const remedy = `Say until when, such as --expires 30d; at most ${MOST_WAIVED_DAYS} days ahead.`
  if (waiver.why.trim() === '')
    throw new Failure('refused', 'A waiver needs a reason', { remedy: 'Say why it may be so: --reason WHY.' })
  if (!Number.isFinite(lasts)) throw new Failure('refused', 'A waiver needs a moment at which it expires', { remedy })
  if (lasts <= 0) throw new Failure('refused', `That waiver would have expired at ${waiver.expires}`, { remedy })
  if (lasts > MOST_WAIVED_DAYS * DAY_MS + SLACK_MS)
    throw new Failure('refused', `A waiver lasts at most ${MOST_WAIVED_DAYS} days`, { remedy })
  return { ...waiver, check }
}
