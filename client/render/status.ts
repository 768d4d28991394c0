import type { RunProgress } from '../../core/report.js'
import { lastBegun, publishedLast } from '../../core/run.js'
import type { MigrationStatus, RefusedSignal, StatusDocument, TemporalStatus } from '../../core/status.js'
import type { Paint } from '../output.js'
import { bytes, count, moment, plural } from '../../core/numbers.js'
import { knobList } from '../knob-settings.js'
import { tablesWords } from '../../core/words.js'
import { holdLine, remedyLine, type Reader } from '../../core/hold-words.js'
import { onceMended, paintState, sinceItsEnd } from './report.js'
import { scheduleLines } from './schedule.js'
import { plain } from './text.js'

/** What the migration says, and what Temporal says where it does not answer. */
export function renderStatus(reader: Reader, status: StatusDocument, paint: Paint): string[] {
  return [
    ...(status.migration === null
      ? [`${paint('bold', reader.migration)} does not answer.`]
      : migration(status.migration, status, reader, paint)),
    ...temporal(status.temporal, paint),
  ]
}

function migration(
  m: MigrationStatus,
  { progress, firing }: Pick<StatusDocument, 'progress' | 'firing'>,
  reader: Reader,
  paint: Paint,
): string[] {
  const version = m.versions.at(-1)
  const last = lastBegun(m.runs)
  return [
    version === undefined
      ? `${paint('bold', m.migration)}: nothing applied yet`
      : `${paint('bold', m.migration)}: version ${version.number} (${plural(version.tables, 'table')}), applied by ${plain(version.by)} at ${moment(version.at)}`,
    ...(m.applying ? ['  a version is being applied'] : []),
    ...held(m, reader, paint),
    ...running(m, progress, paint),
    ...refusedNight(m, paint),
    ...(last === undefined
      ? ['  no run has ended yet']
      : [
          `  last run ${last.run}: ${paintState(last.state, paint)}, ${count(last.rows)} rows, ${bytes(last.bytes)}${last.reason === null ? '' : `; ${plain(last.reason)}`}`,
          ...sinceItsEnd(last).map((line) => `    ${line}`),
          ...(last.stopped > 0 && m.running === null ? [`    ${onceMended(m.migration)}`] : []),
        ]),
    ...published(m),
    ...scheduleLines(m, firing, paint),
    ...turned(m),
    ...(m.ownership === 'source' ? [] : [`  ownership: ${paint('bold', m.ownership)}`]),
    ...m.refused.slice(0, MOST_REFUSED).map((one) => `  ${paint('yellow', refused(one))}`),
  ]
}

/** Whose rows people read, where it is built aside. */
function published({ target, runs }: MigrationStatus): string[] {
  if (target?.published === undefined) return []
  const now = publishedLast(runs)
  const whose = now === undefined ? 'none of these runs' : `run ${now.run}, begun ${moment(now.started)}`
  return [`  published as ${plain(target.published)}: ${whose}`]
}

/** The last night, where it could not be taken. */
function refusedNight({ runs: [night] }: MigrationStatus, paint: Paint): string[] {
  if (night?.state !== 'refused') return []
  return [`  night ${night.run} was ${paintState(night.state, paint)}: ${plain(night.reason ?? '')}`]
}

/** The document has ten. */
const MOST_REFUSED = 3

const refused = ({ signal, at, why }: RefusedSignal): string =>
  `signal ${plain(signal)} at ${moment(at)} was refused: ${plain(why)}`

const held = ({ holds }: MigrationStatus, reader: Reader, paint: Paint): string[] =>
  holds.flatMap((hold) => [`  ${paint('yellow', 'held')}: ${holdLine(hold)}`, `    ${remedyLine(hold, reader)}`])

function turned({ knobs }: MigrationStatus): string[] {
  const list = knobList(knobs)
  return list === '' ? [] : [`  turned until the next apply: ${list}`]
}

function running(m: MigrationStatus, progress: RunProgress | null, paint: Paint): string[] {
  // Absent where an entity of older code answers.
  if (m.proving) return [`  ${m.proving.kind} ${m.proving.proof} is under way since ${moment(m.proving.started)}`]
  if (m.running === null) return []
  const { run, tables, started } = m.running
  // The entity knows that it runs; how far it is, the ledger knows.
  const phase = progress?.phase ?? m.running.phase
  const { done, word } = progress === null ? { done: tables.done, word: 'done' } : tablesWords(progress)
  const stopped = progress?.tables.filter(({ state }) => state === 'stopped').length ?? tables.stopped
  const isHeld = m.holds.some(({ table }) => table === null)
  return [
    `  run ${run} ${isHeld ? 'is held, begun' : 'is running since'} ${moment(started)}: ${phase}, ` +
      `${done} of ${plural(progress?.tables.length ?? tables.total, 'table')} ${word}` +
      (stopped === 0 ? '' : `, ${paint('red', `${stopped} stopped`)}`),
  ]
}

/** Only what is wrong, or being retried. */
function temporal(t: TemporalStatus, paint: Paint): string[] {
  const wrong: string[] = []
  if (!t.reachable) wrong.push(`Temporal does not answer at ${t.address}`)
  if (t.stuck !== null)
    wrong.push(
      `workflow ${t.stuck.workflowId} fails again and again (attempt ${t.stuck.attempts}): ${plain(t.stuck.message)}`,
    )
  if (t.controlWorker === false)
    wrong.push('no control worker answers; start one with `nightferry up` or `nightferry worker`')
  if (t.dataWorker === false)
    wrong.push('no data worker takes work; start one with `nightferry up` or `nightferry worker --role data`')
  return [
    ...wrong.map((line) => `  ${paint('red', line)}`),
    ...t.retrying.map(
      (r) => `  ${paint('yellow', `retrying ${r.activity}, attempt ${r.attempt}: ${plain(r.message)}`)}`,
    ),
  ]
}
