import { count, plural, seconds } from '../../core/numbers.js'
import { isClean, type KeyLeft, type ProofReport, type Verdict } from '../../core/proof.js'
import type { RunReport } from '../../core/report.js'
import { compared, READ_LABELS, sentence, VERDICT_MEANING } from '../../core/words.js'
import { markup, type Html, type Part } from './html.js'
import type { PageDocument } from './page-document.js'
import { badge, facts, section, time } from './parts.js'
import { spoken } from './spoken.js'
import type { Tone } from './verdict.js'

/** What the run proved, and of which moment: enough to believe it, with the way to the whole. */
export function evidencePart({ run: { report, remembered, summary, migration } }: PageDocument): Part {
  if (report === null) return false
  const published = remembered?.published ?? summary.published
  const [newest, ...older] = report.proofs
  return section(
    'evidence',
    'Evidence',
    facts([
      ['How it was read', reading(report)],
      ['Moment', momentOf(report)],
      ['Cost to the source', cost(report)],
      ['Published', published],
      ['Proof', newest === undefined ? 'None: nothing was compared.' : proved(newest)],
      ['Witness', newest === undefined ? null : witness(newest)],
      ['Differences', newest === undefined ? null : differences(newest, migration)],
      ['Foreign keys left NOT VALID', newest?.keysLeft?.map(keyLeft)],
      ['Before it', older.map((proof) => markup`<div>${headline(proof)}</div>`)],
      ['Time by phase', phases(report)],
      ['Whole evidence', markup`<code>nightferry report ${migration} --run ${summary.run} --evidence FILE</code>`],
    ]),
  )
}

const reading = ({ label, reading: how }: RunReport): Part => [
  badge(label === 'snapshot' ? 'good' : 'warn', label),
  markup` ${sentence(READ_LABELS[label])}.`,
  how !== undefined && how.reason !== null && markup` Because ${spoken(how.reason)}.`,
]

const momentOf = ({ reading: how, label }: RunReport): Part =>
  how !== undefined &&
  how.snapshot !== null && [
    label !== 'snapshot' && 'until then of ',
    time(how.snapshot.moment),
    how.snapshot.position !== null && markup`, position <code>${how.snapshot.position}</code>`,
  ]

function cost({ reading: how }: RunReport): Part {
  if (how === undefined) return null
  const { snapshot, rowsAgain } = how
  const again = rowsAgain > 0 ? `At least ${plural(rowsAgain, 'row')} read more than once.` : null
  if (snapshot === null) return again
  const ms = snapshot.blockedMs < 10 ? snapshot.blockedMs.toFixed(1) : count(snapshot.blockedMs)
  const tries = snapshot.attempts > 1 ? `, asked for ${snapshot.attempts} times` : ''
  return [
    `Writes were blocked for ${ms} ms (${snapshot.lock}${tries}). `,
    snapshot.locked.length > 0 && `No snapshot covers ${names(snapshot.locked)}: locked until they were read. `,
    snapshot.labelled.length > 0 && `No snapshot covers ${names(snapshot.labelled)}: best-effort. `,
    again,
  ]
}

const MOST_NAMES = 5

const names = (tables: readonly string[]): string =>
  tables.length > MOST_NAMES
    ? `${tables.slice(0, MOST_NAMES).join(', ')} and ${tables.length - MOST_NAMES} more`
    : tables.join(', ')

const proved = (proof: ProofReport): Part => [
  headline(proof),
  markup`<div class="soft">Compared ${compared(proof)}; began <span class="num">${time(proof.started)}</span>.</div>`,
  [...new Set(proof.tables.map(({ verdict }) => verdict))].map(meaning),
]

const meaning = (verdict: Verdict): Part =>
  VERDICT_MEANING[verdict] !== null &&
  markup`<div class="soft">${sentence(verdict)}: ${VERDICT_MEANING[verdict]}.</div>`

function headline({ kind, proof, run, verdict, started, ended }: ProofReport): Html {
  const what = kind === 'load' ? `load of ${run}` : `${kind === 'verify' ? 'proof' : 'repair'} ${proof}`
  const took = ended === null ? '' : ` in ${seconds((Date.parse(ended) - Date.parse(started)) / 1000)}`
  return markup`${verdict === null ? badge('busy', 'under way') : verdictBadge(verdict)} ${what}${took}`
}

export const verdictTone = (verdict: Verdict): Tone =>
  verdict === 'equal' ? 'good' : isClean(verdict) ? 'warn' : 'bad'

export const verdictBadge = (verdict: Verdict): Html => badge(verdictTone(verdict), verdict)

function witness({ tables }: ProofReport): Part {
  const seen = tables.flatMap(({ table, witness: of }) => (of === null ? [] : [{ table, ...of }]))
  if (seen.length === 0) return 'Not asked.'
  const rows = seen.reduce((sum, one) => sum + one.rows, 0)
  const against = seen.filter(({ agrees }) => !agrees).map(({ table }) => table)
  const blind = seen.flatMap(({ table, notWitnessed }) => notWitnessed.map((column) => `${table}.${column}`))
  return [
    against.length === 0 ? badge('good', 'agrees') : badge('bad', `disagrees about ${names(against)}`),
    ` SQL inside both servers saw ${plural(rows, 'row')} of ${plural(seen.length, 'table')}.`,
    blind.length > 0 && ` It has no expression for ${names(blind)}.`,
  ]
}

const differences = ({ differences: rows, proof }: ProofReport, migration: string): Part =>
  rows === 0
    ? 'None.'
    : markup`<span class="bad">${plural(rows, 'row')}.</span> Proof ${proof} names them by key; <code>nightferry repair ${migration}</code> shows what would be mended.`

const keyLeft = ({ schema, table, key, why }: KeyLeft): Html =>
  markup`<div>${key} of ${schema}.${table}: ${spoken(why)}</div>`

const phases = ({ phases: all }: RunReport): Part =>
  all
    .filter(({ phase }) => phase !== 'closed')
    .map((one, i) => [i > 0 && ', ', markup`<span class="num">${one.phase} ${seconds(one.seconds)}</span>`])
