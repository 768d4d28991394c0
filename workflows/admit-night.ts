import { condition, getExternalWorkflowHandle } from '@temporalio/workflow'
import type { PlannedNight } from '../activities/plan-night.js'
import { type Admission, type AskedAdmission, BY_SCHEDULE, HEARD, isAskedAdmission } from '../core/night.js'
import { memoryOf } from '../core/place.js'
import { runIdAt, type RunSummary } from '../core/run.js'
import { sentences } from '../core/text.js'
import { beginRun } from './begin-run.js'
import { busy, type Entity, noteApplied, rememberRun, show } from './entity.js'
import { refused, tell } from './failures.js'
import { admitted } from './messages.js'
import { holdOfAll } from './refuse-held.js'
import { control, named, PATIENT } from './steps.js'

const MOST_APPLYING = '8 minutes'

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
    if (asked.refuse !== undefined) return missed(entity, asked.refuse)
    if (Date.now() > Date.parse(asked.expires))
      return missed(entity, `too late: it asked for admission, and was not answered until ${asked.expires}`)
    await condition(() => !entity.applying, MOST_APPLYING)
    const why = inTheWay(entity)
    if (why !== null) return record(entity, why)
    const planned = await planAnew(entity)
    const deadline = await deadlineNow(entity)
    // An apply since then has decided anew, and its plan numbers its tables otherwise.
    const isNewest = entity.versions.at(-1)?.number === planned.version.number
    // What came in between refuses it here.
    const { run } = await beginRun(entity, {
      ...{ version: null, by: BY_SCHEDULE, expires: Number.MAX_SAFE_INTEGER },
      ...(deadline !== null && { deadline }),
      broken: isNewest ? planned.broken : [],
    })
    return { run, reason: null }
  } catch (error) {
    const { message, remedy } = tell(error)
    const why = inTheWay(entity)
    // A person holds it, or a run is under way: nobody is to be woken for that.
    return why === null ? missed(entity, sentences(message, remedy)) : record(entity, why)
  }
}

/** Nobody was there to take it: whoever is to be woken is. */
function missed(entity: Entity, reason: string): Admission {
  const answer = record(entity, reason)
  tellFailure(entity)
  return answer
}

/** Why a night cannot be taken now, its word first; null: it can. */
function inTheWay(entity: Entity): string | null {
  const { ownership, versions, target, applying } = entity
  if (ownership !== 'source')
    return ownership === 'target'
      ? 'cut over: the target takes the writes'
      : 'cutting over: which side takes the writes cannot be told'
  const hold = holdOfAll(entity)
  // What lifts it stands with the holds: this is read after it is gone.
  if (hold !== undefined) return `held: since ${hold.at} by ${hold.by} (${hold.id}): ${hold.why}`
  const under = busy(entity)
  if (under !== null) return `still running: ${under}`
  if (applying) return 'still applying: an apply is under way'
  if (versions.length === 0 || target === null) return 'nothing applied: apply a config first, `nightferry apply FILE`'
  return null
}

/** What tonight's source has is stored as a version; decisions that do not hold any more are named. */
async function planAnew(entity: Entity): Promise<PlannedNight> {
  const { migration, target, versions } = entity
  if (target === null) throw refused('No version is applied yet', 'Apply a config first: `nightferry apply FILE`.')
  entity.applying = true
  try {
    const at = new Date().toISOString()
    const input = { migration, target, at, lastNumber: versions.at(-1)?.number ?? 0 }
    const planned = await named(control.planNight, 'plan anew under the applied config', input, PATIENT)
    noteApplied(entity, planned)
    return planned
  } finally {
    entity.applying = false
  }
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
  keepRefused(entity, summary)
  return { run: null, reason }
}

/** Calls the hook of the night that was recorded last. Not waited for. */
function tellFailure({ migration, target, around, runs: [night] }: Entity): void {
  if (target === null || around?.hooks.on_failure === undefined || night === undefined) return
  const { run, version, state, reason, label } = night
  const ref = { migration, run, version, target }
  const input = { ref, moment: 'on_failure', applied: around, told: { verdict: state, reason, label } } as const
  named(control.runHook, 'hook on_failure', input, PATIENT)
    // The worker's log has it; the night is recorded.
    .catch(() => {})
}

/** Not waited for: the target may be away, and the night is to hear its answer. */
function keepRefused({ migration, target }: Entity, summary: RunSummary): void {
  if (target === null) return
  const input = {
    migration,
    memory: memoryOf(target),
    summary,
    ledger: null,
    published: 'not published',
    notes: [],
  } as const
  named(control.rememberRun, 'remember the night', input, PATIENT)
    // The entity knows it, and lists it.
    .catch(() => {})
}
