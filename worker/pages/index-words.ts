import { offsetsOf } from '../../activities/read-window.js'
import { Failure } from '../../core/failure.js'
import { nextFirings } from '../../core/firings.js'
import { bytes, moment, plural, seconds } from '../../core/numbers.js'
import { lastBegun, publishedLast, type RunSummary } from '../../core/run.js'
import { scheduleWords } from '../../core/schedule.js'
import { isContent, stateWords } from '../../core/words.js'
import type { MigrationStatus } from '../../core/status.js'

export type Tone = 'good' | 'warn' | 'bad' | 'busy' | 'plain'

export interface Said {
  readonly tone: Tone
  readonly text: string
}

/** What a migration is at a glance, in two or three words. */
export function stateOf(status: MigrationStatus | null): Said {
  if (status === null) return { tone: 'bad', text: 'does not answer' }
  if (status.holds.some(({ table }) => table === null)) return { tone: 'warn', text: 'held' }
  if (status.running !== null) return { tone: 'busy', text: 'run under way' }
  if (status.proving) return { tone: 'busy', text: `${status.proving.kind} under way` }
  if (status.applying) return { tone: 'busy', text: 'a version is being applied' }
  const last = lastBegun(status.runs)
  if (last === undefined)
    return { tone: 'plain', text: status.versions.length === 0 ? 'nothing applied yet' : 'no run yet' }
  if (status.runs[0]?.state === 'refused') return { tone: 'warn', text: 'last night refused' }
  return { tone: toneOf(last), text: stateWords(last) }
}

export function toneOf(run: RunSummary): Tone {
  switch (run.state) {
    case 'running':
      return 'busy'
    case 'complete':
      return isContent(run) ? 'good' : 'warn'
    case 'complete with rejects':
    case 'refused':
      return 'warn'
    case 'incomplete':
      return 'bad'
  }
}

/** One letter for those who cannot tell the colours; words come beside it. */
export function signOf(run: RunSummary): string {
  switch (run.state) {
    case 'running':
      return '…'
    case 'complete':
      return isContent(run) ? '✓' : '~'
    case 'complete with rejects':
      return '!'
    case 'incomplete':
      return '✕'
    case 'refused':
      return '–'
  }
}

/** `20261120-030000: complete, published, 1,234 rows in 12.3 s` */
export function runWords(run: RunSummary): string {
  const { state, published, rows, started, ended, reason } = run
  const words = stateWords(run)
  const took = ended === null ? '' : ` in ${seconds((Date.parse(ended) - Date.parse(started)) / 1000)}`
  return [
    `${run.run}: ${words}`,
    ...(published === undefined || published === 'in place' || words.endsWith(published) ? [] : [published]),
    ...(state === 'refused' ? [] : [`${plural(rows, 'row')}${took}`]),
    ...(reason === null ? [] : [reason]),
  ].join(', ')
}

/** The last run in a sentence; null: there was none. */
export function lastWords({ runs }: MigrationStatus): string | null {
  const last = lastBegun(runs)
  if (last === undefined) return null
  const { started, tables, stopped, rows, reason } = last
  const which = stopped === 0 ? plural(tables, 'table') : `${tables - stopped} of ${plural(tables, 'table')}`
  return `The last run, begun ${moment(started)}, is ${stateWords(last)}: ${which}, ${plural(rows, 'row')}, ${bytes(last.bytes)}${reason === null ? '' : `. ${reason}`}`
}

/** What stands beside a migration, name and words. */
export function factsOf(status: MigrationStatus, now: number): readonly (readonly [string, string])[] {
  const version = status.versions.at(-1)
  return [
    ...(version === undefined
      ? []
      : [
          [
            'Version',
            `${version.number}, ${plural(version.tables, 'table')}, applied by ${version.by} at ${moment(version.at)}`,
          ] as const,
        ]),
    ...publishedWords(status),
    ['Nights', nightWords(status, now)],
    ['Writes go to', status.ownership === 'unknown' ? 'unknown: automation stopped' : `the ${status.ownership}`],
  ]
}

function publishedWords({ target, runs }: MigrationStatus): (readonly [string, string])[] {
  if (target?.published === undefined) return []
  const now = publishedLast(runs)
  return [
    [
      'People read',
      now === undefined
        ? `${target.published}: none of these runs`
        : `${target.published}: run ${now.run}, begun ${moment(now.started)}`,
    ],
  ]
}

function nightWords({ schedule, migration }: MigrationStatus, now: number): string {
  if (schedule === null) return `none scheduled: \`nightferry schedule ${migration}\``
  const words = scheduleWords(schedule.schedule)
  if (schedule.paused !== null) {
    const { by, at, why } = schedule.paused
    return `paused by ${by} since ${moment(at)}${why === '' ? '' : ` (${why})`}: \`nightferry schedule ${migration} --resume\``
  }
  const next = nextNight(schedule.schedule, now)
  return next === null ? words : `the next one at ${moment(new Date(next).toISOString())} (${words})`
}

/** Null: this Node does not know the place's clock. Without jitter. */
function nextNight(schedule: NonNullable<MigrationStatus['schedule']>['schedule'], now: number): number | null {
  try {
    return nextFirings(schedule, now, 1, offsetsOf(schedule.timeZone))[0] ?? null
  } catch (error) {
    if (error instanceof Failure) return null
    throw error
  }
}
