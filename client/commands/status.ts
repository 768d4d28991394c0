import { hasDataWorker } from '../../core/health.js'
import { migrationWorkflowId } from '../../core/names.js'
import type { RunProgress } from '../../core/report.js'
import { lastBegun } from '../../core/run.js'
import type { FiringStatus, MigrationStatus, StatusDocument, TemporalStatus } from '../../core/status.js'
import type { Context } from '../context.js'
import { askStatus, type Asked } from '../entity.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { examine } from '../health.js'
import { interruptible } from '../interrupt.js'
import { Problem } from '../problem.js'
import { renderStatus } from '../render/status.js'
import { describeSchedule, firingStatus } from '../schedule.js'
import { withTemporal, type Session } from '../session.js'
import { whoAmI } from '../updates.js'
import { unknownMigration } from './known.js'
import { showReport } from './report.js'
import { followRun } from './run.js'

/** `status`: what the migration and Temporal say. With `--watch` it follows the run that is under way, as `run` does. */
export async function status(context: Context, migration: string, options: { watch?: boolean }): Promise<ExitCode> {
  try {
    return await withTemporal(context, async (session) => await statusIn(context, session, migration, options))
  } catch (error) {
    // The document stands also where Temporal is not reachable: scripts read one shape.
    if (error instanceof Problem && error.exit === EXIT.unreachable)
      throw new Problem(error.exit, error.message, error.remedy, {
        cause: error,
        document: documentOf(unreached(context), null, null),
      })
    throw error
  }
}

async function statusIn(
  context: Context,
  session: Session,
  migration: string,
  options: { watch?: boolean },
): Promise<ExitCode> {
  const asked = await askStatus(session.temporal, migration)
  const known = asked.answer === 'status' ? asked.status : null
  if (options.watch && known !== null) {
    const code = await watch(context, session, known)
    if (code !== null) return code
  }
  const temporal = await temporalStatus(session, migration, asked)
  const firing = await firingOf(session, migration)
  const document = documentOf(temporal, known, await progressOf(session, known), firing)
  if (asked.answer === 'absent') throw absent(migration, temporal, document)
  context.output.text(renderStatus({ migration, me: whoAmI() }, document, context.output.paint).join('\n'))
  context.output.document(document)
  return known === null || temporal.stuck !== null || temporal.dataWorker === false ? EXIT.unreachable : EXIT.done
}

/** Ends with a run's report, the same if the run was over already; null where there is none yet. */
async function watch(context: Context, session: Session, known: MigrationStatus): Promise<ExitCode | null> {
  const { migration, running, runs, target } = known
  if (target === null) return null
  if (running !== null) {
    const followed = { migration, run: running.run, workflowId: running.workflowId, target }
    return await interruptible(async (signal) => await followRun(context, session, followed, signal))
  }
  const last = lastBegun(runs)
  return last === undefined ? null : await showReport(context, session, { migration, run: last.run, target }, 'short')
}

function absent(migration: string, temporal: TemporalStatus, document: StatusDocument): Problem {
  const { exit, message, remedy } = unknownMigration(migration, temporal.address)
  const closed =
    temporal.workflow === null ? '' : ` (${migrationWorkflowId(migration)} is ${temporal.workflow.toLowerCase()})`
  return new Problem(exit, message + closed, remedy, { document })
}

const documentOf = (
  temporal: TemporalStatus,
  migration: MigrationStatus | null,
  progress: RunProgress | null,
  firing?: FiringStatus | null,
): StatusDocument => ({ format: 1, temporal, migration, progress, ...(firing !== undefined && { firing }) })

async function temporalStatus({ temporal }: Session, migration: string, asked: Asked): Promise<TemporalStatus> {
  const running = asked.answer === 'status' ? asked.status.running : null
  const entity = await examine(temporal, migrationWorkflowId(migration), false)
  const run = running === null ? null : await examine(temporal, running.workflowId, true)
  return {
    reachable: true,
    address: temporal.where.address,
    namespace: temporal.where.namespace,
    workflow: entity.workflow,
    stuck: entity.stuck ?? run?.stuck ?? null,
    controlWorker: asked.answer === 'absent' ? null : asked.answer === 'status' || entity.stuck !== null,
    dataWorker: run === null ? null : hasDataWorker(run, Date.now()),
    retrying: [...entity.retrying, ...(run?.retrying ?? [])].map(({ activity, attempt, message }) => ({
      activity,
      attempt,
      message,
    })),
  }
}

async function progressOf({ api }: Session, status: MigrationStatus | null): Promise<RunProgress | null> {
  if (status === null || status.running === null || status.target === null) return null
  try {
    return await api.progress(status.target, status.running.run)
  } catch {
    // The status stands without it; `progress` is null where the read API does not answer.
    return null
  }
}

/** Undefined: this account may not ask, or not now. What the migration remembers of it stands without. */
async function firingOf({ temporal }: Session, migration: string): Promise<FiringStatus | null | undefined> {
  try {
    const found = await describeSchedule(temporal, migration)
    return found === null ? null : firingStatus(found)
  } catch {
    return undefined
  }
}

function unreached(context: Context): TemporalStatus {
  const { address, namespace } = context.where()
  const nothing = { workflow: null, stuck: null, controlWorker: null, dataWorker: null, retrying: [] }
  return { reachable: false, address, namespace, ...nothing }
}
