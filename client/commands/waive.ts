import { Failure } from '../../core/failure.js'
import type { FitnessCheck } from '../../core/fitness.js'
import { checkNamed } from '../../core/fitness/waivers.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import type { Context } from '../context.js'
import { readExpiry } from '../deadline.js'
import { sendWaive } from '../hold-updates.js'
import { Problem } from '../problem.js'
import { patiently } from '../read-api.js'
import { renderWaived, renderWaivers } from '../render/fitness.js'
import { withTemporal, type Session } from '../session.js'
import type { WaiveRequest } from '../../workflows/messages.js'
import { knownMigration, targetOf } from './known.js'
import { asPerson, asReason, type PersonOptions } from './person.js'

export interface WaiveOptions extends PersonOptions {
  readonly reason?: string
  readonly expires?: string
  readonly lift?: boolean
}

/** `waive`: a check of the target's fitness may be as it is until then; `--lift` takes it back; without a check: the list. */
export async function waive(
  context: Context,
  migration: string,
  check: string | undefined,
  options: WaiveOptions,
): Promise<ExitCode> {
  const { output } = context
  if (check === undefined) return await list(context, migration, options)
  const by = asPerson(options)
  const asked = { check: named(check), ...wished(options) }
  return await withTemporal(context, async (session) => {
    const status = await knownMigration(session, migration)
    if (asked.until === null) await refuseNone(session, targetOf(status), migration, asked.check)
    const answer = await sendWaive(session.temporal, migration, asked, { ...session.wait, by })
    output.text(renderWaived(migration, check, answer.waiver, output.paint).join('\n'))
    output.document({ format: 1, migration, check, ...answer })
    return EXIT.done
  })
}

function named(typed: string): FitnessCheck {
  try {
    return checkNamed(typed)
  } catch (error) {
    if (error instanceof Failure) throw new Problem(EXIT.usage, error.message, error.details.remedy)
    throw error
  }
}

/** Here, and not in the step: that may be tried again when it has taken the waiver back already. */
async function refuseNone(
  { api }: Session,
  target: ReturnType<typeof targetOf>,
  migration: string,
  check: FitnessCheck,
): Promise<void> {
  const { waivers } = await patiently(async () => await api.fitness(target, migration))
  if (waivers.some((one) => one.check === check)) return
  throw new Problem(
    EXIT.refused,
    `There is no waiver of ${check}`,
    `Those that there are: nightferry waive ${migration}.`,
  )
}

function wished({ reason, expires, lift }: WaiveOptions): Pick<WaiveRequest, 'reason' | 'until'> {
  if (lift === true) {
    if (expires !== undefined) throw new Problem(EXIT.usage, '--lift takes the waiver back now', 'Leave out --expires.')
    return { reason: reason === undefined ? 'no reason given' : asReason(reason), until: null }
  }
  if (reason === undefined)
    throw new Problem(EXIT.usage, 'a waiver needs a reason', 'Say why it may be so: --reason WHY.')
  if (expires === undefined)
    throw new Problem(EXIT.usage, 'a waiver needs a moment at which it expires', 'Say for how long: --expires 30d.')
  return { reason: asReason(reason), until: readExpiry(expires, Date.now()) }
}

async function list(context: Context, migration: string, { reason, expires, lift }: WaiveOptions): Promise<ExitCode> {
  if (reason !== undefined || expires !== undefined || lift !== undefined)
    throw new Problem(
      EXIT.usage,
      'which check is meant is not said',
      `Name it: nightferry waive ${migration} CHECK; \`nightferry check ${migration} --target\` lists them.`,
    )
  return await withTemporal(context, async (session) => {
    const status = await knownMigration(session, migration)
    const { waivers } = await patiently(async () => await session.api.fitness(targetOf(status), migration))
    context.output.text(renderWaivers(migration, waivers, new Date().toISOString(), context.output.paint).join('\n'))
    context.output.document({ format: 1, migration, waivers })
    return EXIT.done
  })
}
