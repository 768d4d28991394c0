import type { Config } from '../../core/config/types.js'
import type { Finding } from '../../core/finding.js'
import type { StartRunAnswer } from '../../workflows/messages.js'
import { readConfig } from '../read-config.js'
import type { Context } from '../context.js'
import { readDeadline } from '../deadline.js'
import { ensureEntity } from '../entity.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { interruptible, orInterrupted } from '../interrupt.js'
import { follow, type Followed } from '../progress/follow.js'
import { screenFor } from '../progress/screen.js'
import { Problem } from '../problem.js'
import { plain } from '../render/text.js'
import { withTemporal, type Session } from '../session.js'
import { sendStartRun } from '../updates.js'
import { appliedLines, applyIn, type Applied } from './apply.js'
import { showReport } from './report.js'

export interface RunOptions {
  readonly detach?: boolean
  /** How long it may take, or until when. */
  readonly deadline?: string
}

/** `run`: applies the file, starts one run and follows it to its report; the exit code says how the run ended. */
export async function run(context: Context, file: string, options: RunOptions): Promise<ExitCode> {
  const config = await readConfig(file)
  const deadline = options.deadline === undefined ? null : readDeadline(options.deadline, Date.now())
  return await withTemporal(
    context,
    async (session) =>
      await interruptible(async (signal) => await runIn(context, session, config, { ...options, deadline }, signal)),
  )
}

async function runIn(
  context: Context,
  session: Session,
  config: Config,
  options: { readonly detach?: boolean; readonly deadline: string | null },
  signal: AbortSignal,
): Promise<ExitCode> {
  const { migration } = config
  const status = await ensureEntity(session.temporal, migration)
  if (status.running !== null) throw alreadyRunning(migration, status.running.run)
  const started = await startRun(context, session, config, signal, options.deadline)
  if (options.detach) {
    context.output.text(
      `run ${started.run} of ${migration} goes on; see it with \`nightferry status ${migration} --watch\``,
    )
    context.output.document({ format: 1, migration, ...started })
    return EXIT.done
  }
  const target = { connection: config.target.connection, database: config.target.database }
  return await followRun(
    context,
    session,
    { migration, run: started.run, workflowId: started.workflowId, target },
    signal,
  )
}

const alreadyRunning = (migration: string, run: string): Problem =>
  new Problem(
    EXIT.refused,
    `run ${run} of ${migration} is under way, and a migration has one run at a time`,
    `Follow it with \`nightferry status ${migration} --watch\`.`,
  )

/** Applies and starts. Progress, not an answer: the words go to stderr. The signal ends the wait for the apply. */
export async function startRun(
  context: Context,
  session: Session,
  config: Config,
  signal: AbortSignal,
  deadline: string | null = null,
): Promise<StartRunAnswer> {
  const { output } = context
  // It may still become a version: a repeat finds it, and a run is only started by who waited.
  const applied = await orInterrupted(signal, applyIn(context, session, config), NO_RUN)
  output.note(appliedLines(config.migration, applied, output.paintError, unreported(applied)).join('\n'))
  const { version } = applied.answer
  const asked = deadline === null ? { version } : { version, deadline }
  return await sendStartRun(session.temporal, config.migration, asked, session.wait)
}

const NO_RUN = new Problem(
  EXIT.incomplete,
  'interrupted before a run was started',
  'The version may still be applied; the same command finds it.',
)

/** The plan's notes stand in the report, and are not said twice. */
const unreported = ({ document }: Applied): Finding[] => {
  const reported = new Set(document?.plan?.findings.map((f) => `${f.name} ${f.subject}`))
  return (document?.findings ?? []).filter((f) => f.severity !== 'info' || !reported.has(`${f.name} ${f.subject}`))
}

const goesOn =
  (migration: string) =>
  (run: string): string =>
    `run ${run} goes on without this command; come back with \`nightferry status ${migration} --watch\``

/**
 * Follows a run to its end and shows its report: exit by its state. The signal leaves the run as it is: exit 4, since
 * what comes next in a script must not take it for complete.
 */
export async function followRun(
  context: Context,
  session: Session,
  followed: Followed,
  signal: AbortSignal,
  left: (run: string) => string = goesOn(followed.migration),
): Promise<ExitCode> {
  const { output } = context
  const screen = screenFor(process.stderr, output.paintError, context.env)
  const ended = await follow(session.temporal, session.api, followed, screen, signal)
  if (ended.end === 'left') {
    output.note(left(followed.run))
    return EXIT.incomplete
  }
  if (ended.error !== null) output.warn(`the run's workflow ended with: ${plain(ended.error.message)}`)
  const code = await showReport(context, session, followed, 'short')
  return ended.error !== null && code === EXIT.done ? EXIT.incomplete : code
}
