import type { MigrationStatus, StatusDocument, TemporalStatus } from '../../core/status.js'
import type { Paint } from '../output.js'
import { bytes, count, moment, plural } from './numbers.js'
import { paintState, sinceItsEnd } from './report.js'
import { plain } from './text.js'

/** What the migration says, and what Temporal says where it does not answer. */
export function renderStatus(name: string, status: StatusDocument, paint: Paint): string[] {
  return [
    ...(status.migration === null ? [`${paint('bold', name)} does not answer.`] : migration(status.migration, paint)),
    ...temporal(status.temporal, paint),
  ]
}

function migration(m: MigrationStatus, paint: Paint): string[] {
  const version = m.versions.at(-1)
  const last = m.runs[0]
  return [
    version === undefined
      ? `${paint('bold', m.migration)}: nothing applied yet`
      : `${paint('bold', m.migration)}: version ${version.number} (${plural(version.tables, 'table')}), applied by ${plain(version.by)} at ${moment(version.at)}`,
    ...(m.applying ? ['  a version is being applied'] : []),
    ...running(m, paint),
    ...(last === undefined
      ? ['  no run has ended yet']
      : [
          `  last run ${last.run}: ${paintState(last.state, paint)}, ${count(last.rows)} rows, ${bytes(last.bytes)}${last.reason === null ? '' : `; ${plain(last.reason)}`}`,
          ...sinceItsEnd(last).map((line) => `    ${line}`),
        ]),
  ]
}

function running(m: MigrationStatus, paint: Paint): string[] {
  // Absent where an entity of older code answers.
  if (m.proving) return [`  ${m.proving.kind} ${m.proving.proof} is under way since ${moment(m.proving.started)}`]
  if (m.running === null) return []
  const { run, phase, tables, started } = m.running
  const stopped = tables.stopped === 0 ? '' : `, ${paint('red', `${tables.stopped} stopped`)}`
  return [
    `  run ${run} is running since ${moment(started)}: ${phase}, ${tables.done} of ${plural(tables.total, 'table')} done${stopped}`,
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
