import type { HoldAnswer, PauseRequest, Request, ResumeRequest } from '../../workflows/messages.js'
import type { Context } from '../context.js'
import { askStatus, explainSilence } from '../entity.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { sendPause, sendResume, signalHold } from '../hold-updates.js'
import { Problem } from '../problem.js'
import { renderPaused, renderResumed } from '../render/hold-answer.js'
import { withTemporal, type Session } from '../session.js'
import { whoAmI } from '../updates.js'
import { asPerson, asReason, type PersonOptions } from './person.js'
import { unknownMigration } from './known.js'

export interface PauseOptions extends PersonOptions {
  readonly reason: string
  readonly table?: string
}

export interface ResumeOptions extends PersonOptions {
  readonly reason?: string
  readonly table?: string
  readonly hold?: string
}

/** `pause`: everything, or one table, waits until it is resumed; answered with what has really stopped. */
export async function pause(context: Context, migration: string, options: PauseOptions): Promise<ExitCode> {
  const by = asPerson(options)
  const asked = { reason: asReason(options.reason), table: options.table ?? null }
  return await holdOrSignal(context, migration, 'pause', asked, by, async (session) => {
    const answer = await sendPause(session.temporal, migration, asked, { ...session.wait, by })
    return { answer, lines: renderPaused(answer, { migration, me: whoAmI() }, context.output.paint) }
  })
}

/** `resume`: lifts one's own holds, or one by its id, and says what holds still. */
export async function resume(context: Context, migration: string, options: ResumeOptions): Promise<ExitCode> {
  const { hold = null, table = null, reason = 'no reason given' } = options
  if (hold !== null && table !== null)
    throw new Problem(EXIT.usage, '--hold names one hold already', 'Leave out --table.')
  const by = asPerson(options)
  const asked = { reason: asReason(reason), table, hold }
  return await holdOrSignal(context, migration, 'resume', asked, by, async (session) => {
    const answer = await sendResume(session.temporal, migration, asked, { ...session.wait, by })
    return { answer, lines: renderResumed(answer, { migration, me: whoAmI() }, context.output.paint) }
  })
}

interface Done {
  readonly answer: HoldAnswer
  readonly lines: readonly string[]
}

/** An update where somebody answers; else the plain signal, which Temporal keeps. */
async function holdOrSignal(
  context: Context,
  migration: string,
  what: 'pause' | 'resume',
  asked: Omit<PauseRequest, keyof Request> & Partial<Omit<ResumeRequest, keyof Request>>,
  by: string,
  send: (session: Session) => Promise<Done>,
): Promise<ExitCode> {
  const { output } = context
  return await withTemporal(context, async (session) => {
    const { temporal } = session
    const said = await askStatus(temporal, migration)
    if (said.answer === 'absent') throw unknownMigration(migration, temporal.where.address)
    if (said.answer === 'silent') {
      await signalHold(temporal, migration, what, asked, { by })
      throw sentAsSignal(migration, what, await explainSilence(temporal, migration))
    }
    const { answer, lines } = await send(session)
    output.text(lines.join('\n'))
    output.document({ format: 1, migration, ...answer })
    // Whoever waits for all to have stopped must not take it for that.
    return answer.answered ? EXIT.done : EXIT.unreachable
  })
}

function sentAsSignal(migration: string, what: 'pause' | 'resume', silence: Error): Problem {
  const remedy = silence instanceof Problem ? silence.remedy : ''
  const meanwhile = what === 'pause' ? 'Until then what is at work goes on.' : 'Until then it stays held.'
  return new Problem(
    EXIT.unreachable,
    `${silence.message}; the ${what} was sent as a signal, and takes effect when a worker comes`,
    `${meanwhile} ${remedy}`.trim(),
    { cause: silence, document: { migration, signal: what } },
  )
}
