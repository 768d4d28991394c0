import type { Fitness, JudgedCheck, Waiver } from '../../core/fitness.js'
import { counts, fitnessWords, isFit, openCauses, shownState } from '../../core/fitness/waivers.js'
import { moment } from '../../core/numbers.js'
import type { Paint } from '../output.js'
import { section } from './plan.js'
import { table } from './table.js'
import { indent, plain } from './text.js'

const STYLE = { green: 'green', red: 'red', unknown: 'yellow', waived: 'cyan' } as const satisfies Record<
  ReturnType<typeof shownState>,
  string
>

const COLUMNS = [{ title: 'check' }, { title: 'state' }, { title: 'evidence' }] as const

/** `check --target`: every check with its evidence, and what to do about those that are open. `file`: it was asked by. */
export function renderFitness(fitness: Fitness, paint: Paint, file: string | null = null): string[] {
  const { migration, server, checks } = fitness
  const rows = checks.map((one) => [one.check, stateOf(one, paint), plain(one.evidence)])
  return [
    `Target of ${paint('bold', plain(migration))}: ${server ?? 'its server could not be asked'}, at ${moment(fitness.at)}`,
    '',
    ...indent(table(COLUMNS, rows, paint), 2),
    ...waivedLines(checks, paint),
    ...openLines(migration, checks, paint, file),
    '',
    totals(fitness, paint),
  ]
}

/** In a report: one line where all is fit, or where it is short; else what is open with its remedies. */
export function renderFitnessPart(fitness: Fitness | null, paint: Paint, whole: boolean): string[] {
  if (fitness === null) return []
  const { migration, checks } = fitness
  const more = whole || isFit(fitness) ? '' : `; what is open: nightferry check ${plain(migration)} --target`
  return [
    '',
    `${paint('bold', "Target's fitness")}, asked ${moment(fitness.at)}: ${totals(fitness, paint)}${more}`,
    ...(whole ? openLines(migration, checks, paint).slice(1) : []),
  ]
}

/** What a waiver, or its lifting, left. */
export const renderWaived = (migration: string, check: string, waiver: Waiver | null, paint: Paint): string[] =>
  waiver === null
    ? [`No waiver of ${paint('bold', plain(check))} is left: ${plain(migration)} is judged by what it finds.`]
    : [
        `${paint('bold', waiver.check)} is waived by ${plain(waiver.by)} until ${moment(waiver.expires)}: ${plain(waiver.why)}`,
        `  It is taken back with: nightferry waive ${plain(migration)} ${waiver.check} --lift`,
      ]

const WAIVERS = [
  { title: 'check' },
  { title: 'by' },
  { title: 'given' },
  { title: 'expires' },
  { title: 'why' },
] as const

/** One that has expired stands there until it is given anew or taken back. */
export function renderWaivers(migration: string, waivers: readonly Waiver[], now: string, paint: Paint): string[] {
  if (waivers.length === 0) return [`Nothing is waived for ${paint('bold', plain(migration))}.`]
  const rows = waivers.map((one) => [
    one.check,
    plain(one.by),
    moment(one.at),
    counts(one, now) ? moment(one.expires) : paint('yellow', `expired ${moment(one.expires)}`),
    plain(one.why),
  ])
  return table(WAIVERS, rows, paint)
}

const stateOf = (one: JudgedCheck, paint: Paint): string => paint(STYLE[shownState(one)], shownState(one))

const totals = (fitness: Fitness, paint: Paint): string =>
  paint(isFit(fitness) ? 'green' : 'red', fitnessWords(fitness))

function waivedLines(checks: readonly JudgedCheck[], paint: Paint): string[] {
  const lines = checks.flatMap(({ check, waiver }) =>
    waiver === null
      ? []
      : [`  ${paint('bold', check)}: by ${plain(waiver.by)} until ${moment(waiver.expires)}: ${plain(waiver.why)}`],
  )
  return section('Waived', lines.length, lines, paint)
}

function openLines(
  migration: string,
  checks: readonly JudgedCheck[],
  paint: Paint,
  file: string | null = null,
): string[] {
  const open = openCauses(checks)
  const once = file === null ? '' : `, once it is applied (nightferry apply ${plain(file)})`
  if (open.length === 0) return []
  return [
    '',
    ...open.flatMap((one) => [
      `  ${stateOf(one, paint)}  ${paint('bold', one.names)}: ${plain(one.evidence)}`,
      ...(one.remedy === null ? [] : [`      ${plain(one.remedy)}`]),
    ]),
    `  To go on regardless${once}: nightferry waive ${plain(migration)} CHECK --reason WHY --expires 30d`,
  ]
}
