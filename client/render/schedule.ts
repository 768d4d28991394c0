import { scheduleWords } from '../../core/schedule.js'
import type { FiringStatus, MigrationStatus } from '../../core/status.js'
import type { Paint } from '../output.js'
import { count, moment } from '../../core/numbers.js'
import { plain } from './text.js'

/** What is scheduled, whether it pauses, and when it fires next. `firing` null: Temporal has none; undefined: not asked. */
export function scheduleLines(
  { migration, schedule }: Pick<MigrationStatus, 'migration' | 'schedule'>,
  firing: FiringStatus | null | undefined,
  paint: Paint,
): string[] {
  const words = schedule === null ? null : scheduleWords(schedule.schedule)
  if (firing === null) {
    if (words === null) return []
    return [
      `  ${paint('yellow', 'not scheduled any more')}: nights were to begin at ${words}, and Temporal has no such schedule`,
      `    make it again: \`nightferry schedule ${migration}\`, or \`--remove\` it`,
    ]
  }
  const next = firing?.next[0]
  const isPaused = firing?.paused ?? (schedule !== null && schedule.paused !== null)
  if (words === null && firing === undefined) return []
  const lines = [
    `  nights: ${words ?? 'by a schedule that this migration does not remember'}` +
      (isPaused || next === undefined ? '' : `; the next one ${moment(next)}`),
  ]
  if (isPaused)
    lines.push(`    ${paint('yellow', 'paused')}${pausedBy(schedule, firing)}: a resume of the migration leaves it so`)
  if (isPaused) lines.push(`    \`nightferry schedule ${migration} --resume\` lets them begin again`)
  return lines
}

function pausedBy(schedule: MigrationStatus['schedule'], firing: FiringStatus | undefined): string {
  const paused = schedule?.paused
  if (paused)
    return ` by ${plain(paused.by)} since ${moment(paused.at)}${paused.why === '' ? '' : ` (${plain(paused.why)})`}`
  return firing?.note ? ` (${plain(firing.note)})` : ''
}

const SHOWN = 5

/** `schedule --show`: the next firings as well, and what became of those before. */
export function renderSchedule(
  status: Pick<MigrationStatus, 'migration' | 'schedule' | 'runs'>,
  firing: FiringStatus | null,
  paint: Paint,
): string[] {
  const { migration, schedule, runs } = status
  if (schedule === null && firing === null)
    return [
      `${paint('bold', migration)}: nights are started by people; \`nightferry schedule ${migration}\` schedules them`,
    ]
  const refused = runs.filter(({ state }) => state === 'refused').slice(0, SHOWN)
  return [
    `${paint('bold', migration)}${schedule === null ? '' : `: scheduled by ${plain(schedule.by)} at ${moment(schedule.at)}`}`,
    ...scheduleLines(status, firing, paint),
    ...(firing === null || firing.paused ? [] : firing.next.slice(1, SHOWN).map((at) => `    then ${moment(at)}`)),
    ...(firing === null
      ? []
      : [
          `  fired ${count(firing.fired)} times; ${count(firing.skipped)} skipped since one was open, ${count(firing.missed)} missed and too late to catch up`,
        ]),
    ...refused.map(({ run, reason }) => `  night ${run} was refused: ${plain(reason ?? '')}`),
  ]
}
