import { condition, getExternalWorkflowHandle, type ActivityOptions } from '@temporalio/workflow'
import { type Admission, type AskedAdmission, BY_SCHEDULE, HEARD, isAskedAdmission } from '../core/night.js'
import { BACKOFF } from '../core/retry.js'
import { runIdAt, type RunSummary } from '../core/run.js'
import { beginRun } from './begin-run.js'
import { busy, type Entity, rememberRun, show } from './entity.js'
import { tell } from './failures.js'
import { admitted } from './messages.js'
import { holdOfAll } from './refuse-held.js'
import { control, named } from './steps.js'

const MOST_APPLYING = '8 minutes'
const PATIENT: ActivityOptions = {
  scheduleToCloseTimeout: '5 minutes',
  retry: { initialInterval: BACKOFF.first, backoffCoefficient: BACKOFF.factor, maximumInterval: BACKOFF.most },
}

/** Begins the run that a night asks for, or records the night with its reason; tells the night. Never throws. */
export async function admitNight(entity: Entity, asked: unknown): Promise<void> {
  if (!isAskedAdmission(asked, entity.migration)) return
  const tell = async (answer: Admission): Promise<void> => {
    // One that is gone has waited long enough; what was decided stands.
    await getExternalWorkflowHandle(asked.workflowId)
      .signal(admitted, answer)
      .catch(() => {})
  }
  await tell(HEARD)
  await tell(await decide(entity, asked))
}

async function decide(entity: Entity, asked: AskedAdmission): Promise<Admission> {
  try {
    if (asked.refuse !== undefined) return record(entity, asked.refuse)
    if (Date.now() > Date.parse(asked.expires))
      return record(entity, `too late: it asked for admission, and was not answered until ${asked.expires}`)
    await condition(() => !entity.applying, MOST_APPLYING)
    const why = inTheWay(entity)
    if (why !== null) return record(entity, why)
    const deadline = await deadlineNow(entity)
    // What came in between refuses it here.
    const { run } = await beginRun(entity, {
      ...{ version: null, by: BY_SCHEDULE, expires: Number.MAX_SAFE_INTEGER },
      ...(deadline !== null && { deadline }),
    })
    return { run, reason: null }
  } catch (error) {
    const { message, remedy } = tell(error)
    return record(entity, inTheWay(entity) ?? [message, remedy].filter(Boolean).join('. '))
  }
}

/** Why a night cannot be taken now, its word first; null: it can. */
function inTheWay(entity: Entity): string | null {
  const { migration, ownership, versions, target, applying } = entity
  if (ownership !== 'source')
    return ownership === 'target'
      ? 'cut over: the target takes the writes'
      : 'cutting over: which side takes the writes cannot be told'
  const hold = holdOfAll(entity)
  if (hold !== undefined)
    return `held: since ${hold.at} by ${hold.by} (${hold.id}): ${hold.why}. Lift it: \`nightferry resume ${migration} --hold ${hold.id}\``
  const under = busy(entity)
  if (under !== null) return `still running: ${under}`
  if (applying) return 'still applying: an apply is under way'
  if (versions.length === 0 || target === null) return 'nothing applied: apply a config first, `nightferry apply FILE`'
  return null
}

/** Null: it has all the time that it needs. */
async function deadlineNow({ migration, schedule, versions, target, knobs }: Entity): Promise<string | null> {
  const version = versions.at(-1)?.number
  if (schedule === null || version === undefined || target === null) return null
  const { window } = knobs
  const input = {
    schedule: schedule.schedule,
    version: { migration, version, target },
    ...(window !== undefined && { window }),
  }
  return (await named(control.judgeNight, 'until when may this night take?', input, PATIENT)).deadline
}

/** A night that could not be taken stands among the runs, under an id of now. */
function record(entity: Entity, reason: string): Admission {
  const taken = new Set([
    ...entity.runs.map(({ run }) => run),
    ...(entity.running === null ? [] : [entity.running.run]),
  ])
  const now = new Date().toISOString()
  const nothing = { tables: 0, stopped: 0, rows: 0, bytes: 0 }
  const summary: RunSummary = {
    ...{ run: runIdAt(Date.now(), taken), version: entity.versions.at(-1)?.number ?? 0, state: 'refused' },
    ...{ label: 'best-effort', started: now, ended: now, ...nothing, reason },
  }
  rememberRun(entity, summary)
  show(entity)
  return { run: null, reason }
}
