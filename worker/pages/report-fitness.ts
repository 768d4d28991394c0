import type { Fitness, JudgedCheck, Waiver } from '../../core/fitness.js'
import { fitnessWords, isPassed, openCauses } from '../../core/fitness/waivers.js'
import { sentence } from '../../core/words.js'
import { markup, type Html, type Part } from './html.js'
import type { PageDocument } from './page-document.js'
import { badge, folded, section, table, time } from './parts.js'
import { advice, spoken } from './spoken.js'

/** Checks that are not green, and that nobody has signed for. */
export const openChecks = ({ checks }: Fitness): readonly JudgedCheck[] => checks.filter((one) => !isPassed(one))

/** Is the target ready for production: what is open with its remedy, and the whole list with its evidence. */
export function fitnessPart({ fitness, run: { migration } }: PageDocument): Part {
  if (fitness === null) return false
  const open = openCauses(fitness.checks)
  const all = fitness.checks.length
  return section('fitness', "The target's fitness for production", [
    markup`<p class="lead">${fitnessWords(fitness)}. ${fitness.server ?? 'The server did not answer'}, asked ${time(fitness.at)}.</p>`,
    open.length > 0 &&
      markup`<ul class="items">${open.map(openCheck)}</ul>
<p class="soft small aside">To go on regardless of one: <code>nightferry waive ${migration} CHECK --reason WHY --expires 30d</code></p>`,
    folded(`All ${all} checks with their evidence`, listed(fitness)),
  ])
}

const openCheck = ({ names, state, evidence, remedy }: ReturnType<typeof openCauses>[number]): Html =>
  markup`<li><div class="head">${stateBadge(state)}<strong>${names}</strong> <span>${spoken(evidence)}</span></div>
${remedy !== null && markup`<p class="remedy">${advice(remedy)}</p>`}</li>`

const TONE = { green: 'good', red: 'bad', unknown: 'warn' } as const

const stateBadge = (state: JudgedCheck['state']): Html => badge(TONE[state], state)

const listed = ({ checks }: Fitness): Html =>
  table({
    name: "Checks of the target's fitness",
    columns: [{ title: 'check' }, { title: 'state' }, { title: 'evidence' }],
    rows: checks.map((one) => [
      markup`<span class="name">${one.check}</span>`,
      one.state !== 'green' && one.waiver !== null ? badge('none', 'waived') : stateBadge(one.state),
      [spoken(one.evidence), one.waiver !== null && waived(one, one.waiver)],
    ]),
  })

/** A waiver is shown beside a green check as well: it may be red tomorrow. */
const waived = ({ state, remedy }: JudgedCheck, { by, why, expires }: Waiver): Html => markup`<div class="soft">
${state === 'green' ? 'Waived' : sentence(`${state}, waived`)} by ${by} until ${time(expires)}: ${why}.${state !== 'green' && remedy !== null && [' ', advice(remedy)]}</div>`
