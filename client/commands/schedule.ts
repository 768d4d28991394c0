import type { MigrationStatus } from '../../core/status.js'
import { UPDATES } from '../../core/names.js'
import type { ScheduleAnswer, ScheduleRequest } from '../../workflows/messages.js'
import type { Context } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { Problem } from '../problem.js'
import { renderSchedule } from '../render/schedule.js'
import { plain } from '../render/text.js'
import {
  describeSchedule,
  firingStatus,
  makeSchedule,
  pauseSchedule,
  removeSchedule,
  unpauseSchedule,
} from '../schedule.js'
import { fireAndWait } from '../schedule-now.js'
import { readWanted, type ScheduleSettings } from '../schedule-settings.js'
import { withTemporal, type Session } from '../session.js'
import { send } from '../updates.js'
import { knownMigration } from './known.js'
import { asPerson, asReason, type PersonOptions } from './person.js'

export interface ScheduleCommandOptions extends ScheduleSettings, PersonOptions {
  readonly show?: boolean
  readonly pause?: boolean
  readonly resume?: boolean
  readonly remove?: boolean
  readonly now?: boolean
  readonly reason?: string
}

const VERBS = ['show', 'pause', 'resume', 'remove', 'now'] as const
const SETTINGS = ['at', 'days', 'jitter', 'catchUp', 'deadline'] as const

type Verb = (typeof VERBS)[number] | 'set'

/** `schedule`: when nights begin by themselves: sets it, shows it, pauses it, takes it away, or begins one now. */
export async function schedule(
  context: Context,
  migration: string,
  options: ScheduleCommandOptions,
): Promise<ExitCode> {
  const verb = verbOf(options)
  const wanted = readWanted(options)
  const by = asPerson(options)
  const reason = options.reason === undefined ? '' : asReason(options.reason)
  return await withTemporal(context, async (session) => {
    const status = await knownMigration(session, migration)
    if (verb === 'now') return await now(context, session, migration)
    if (verb !== 'show') {
      const request = { what: verb, wanted, reason }
      const tell = async (): Promise<ScheduleAnswer> =>
        await send<ScheduleRequest, ScheduleAnswer>(session.temporal, migration, UPDATES.schedule, request, {
          ...session.wait,
          by,
        })
      await change(session, status, verb, { tell, by, reason })
    }
    return await show(context, session, migration, verb)
  })
}

function verbOf(options: ScheduleCommandOptions): Verb {
  const verbs = VERBS.filter((one) => options[one])
  const settings = SETTINGS.filter((one) => options[one] !== undefined)
  if (verbs.length > 1 || (verbs.length === 1 && settings.length > 0))
    throw new Problem(
      EXIT.usage,
      'one thing at a time: a schedule is set, shown, paused, resumed, removed, or fired now',
      'Say one of --show, --pause, --resume, --remove and --now, or when nights are to begin.',
    )
  return verbs[0] ?? 'set'
}

interface Change {
  readonly tell: () => Promise<ScheduleAnswer>
  readonly by: string
  readonly reason: string
}

/**
 * Two places know of it. What is judged comes before what Temporal is told; what is only to stop is stopped first. A cut
 * in between is mended by the same command.
 */
async function change(
  { temporal }: Session,
  { migration, schedule: known }: MigrationStatus,
  verb: Exclude<Verb, 'show' | 'now'>,
  { tell, by, reason }: Change,
): Promise<void> {
  if (verb === 'set') {
    const { scheduled } = await tell()
    if (scheduled !== null) await makeSchedule(temporal, migration, scheduled.schedule, by)
    return
  }
  const found = await describeSchedule(temporal, migration)
  if (found === null && (verb !== 'remove' || known === null)) throw notScheduled(migration)
  const why = reason === '' ? '' : `: ${reason}`
  if (verb === 'pause') await pauseSchedule(temporal, migration, `paused by ${by}${why}`)
  if (verb === 'resume') await unpauseSchedule(temporal, migration, `resumed by ${by}${why}`)
  if (verb === 'remove') await removeSchedule(temporal, migration)
  await tell()
}

const notScheduled = (migration: string): Problem =>
  new Problem(
    EXIT.refused,
    `${migration} has no schedule`,
    `Make one: \`nightferry schedule ${migration}\`, from the config or with --at; \`nightferry run FILE\` runs it once.`,
  )

async function show(context: Context, session: Session, migration: string, verb: Verb): Promise<ExitCode> {
  const { output } = context
  const status = await knownMigration(session, migration)
  const found = await describeSchedule(session.temporal, migration)
  const firing = found === null ? null : firingStatus(found)
  output.text(renderSchedule(status, firing, output.paint).join('\n'))
  output.document({ format: 1, migration, what: verb, schedule: status.schedule, temporal: firing })
  return EXIT.done
}

async function now(context: Context, { temporal }: Session, migration: string): Promise<ExitCode> {
  const { output } = context
  if ((await describeSchedule(temporal, migration)) === null) throw notScheduled(migration)
  const fired = await fireAndWait(temporal, migration)
  if (fired === 'skipped')
    throw new Problem(EXIT.refused, `a night of ${migration} is beginning already: skipped`, 'Follow that one instead.')
  const run = fired === 'unknown' ? null : fired.run
  if (fired !== 'unknown' && fired.reason !== null)
    throw new Problem(EXIT.refused, `the night was refused: ${plain(fired.reason)}`, 'It stands among the runs.')
  output.text(
    run === null
      ? `a night of ${migration} was asked for; \`nightferry status ${migration}\` says what becomes of it`
      : `run ${run} of ${migration} has begun; see it with \`nightferry status ${migration} --watch\``,
  )
  output.document({ format: 1, migration, what: 'now', run })
  return EXIT.done
}
