import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common'
import {
  condition,
  getExternalWorkflowHandle,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import { formatDuration } from '../core/config/durations.js'
import { isLate } from '../core/firings.js'
import { migrationWorkflowId } from '../core/names.js'
import { type Admission, type AskedAdmission, isAdmission, type NightInput } from '../core/night.js'
import { refused } from './failures.js'
import { admit, admitted } from './messages.js'

/** For so long the entity is waited for; later than this it does not begin what nobody waits for. */
const HEARD_MS = 15 * 60_000

/** Once it was heard: an apply may have to end first, and the source be planned anew. */
const DECIDED = '12 hours'

/** Temporal's own: when the firing was due, without jitter. */
const DUE = defineSearchAttributeKey('TemporalScheduledStartTime', SearchAttributeType.DATETIME)

/**
 * One firing of a schedule: asks the entity for admission and ends with what was decided, while the run goes on as the
 * entity's child. A firing waits for a worker however long, so it looks first whether it is too late by now. Fails where
 * nobody decided.
 */
export async function night({ migration, catchUpMs }: NightInput): Promise<Admission> {
  const { workflowId, startTime, typedSearchAttributes } = workflowInfo()
  const due = typedSearchAttributes.get(DUE) ?? startTime
  let answer: Admission | null = null
  setHandler(admitted, (value: unknown) => {
    // What was decided is not taken back.
    if (isAdmission(value) && !isDecided(answer)) answer = value
  })
  setDefaultSignalHandler(() => {})
  const now = Date.now()
  const asked: AskedAdmission = {
    workflowId,
    scheduled: due.toISOString(),
    expires: new Date(now + HEARD_MS).toISOString(),
    ...(isLate(due.getTime(), now, catchUpMs) && { refuse: tooLate(due.getTime(), now, catchUpMs) }),
  }
  await ask(migration, asked)
  if (!(await condition(() => answer !== null, HEARD_MS))) throw silent(migration, 'has not answered')
  if (!(await condition(() => isDecided(answer), DECIDED))) throw silent(migration, 'has not decided')
  const { run, reason } = answer as unknown as Admission
  setCurrentDetails(run === null ? `Refused: ${reason}` : `Run **${run}** has begun`)
  return { run, reason }
}

const isDecided = (answer: Admission | null): boolean => answer !== null && (answer.run ?? answer.reason) !== null

const silent = (migration: string, what: string): Error =>
  refused(`Migration ${migration} ${what} in time`, `\`nightferry status ${migration}\` says whether it is stuck.`)

async function ask(migration: string, asked: AskedAdmission): Promise<void> {
  try {
    await getExternalWorkflowHandle(migrationWorkflowId(migration)).signal(admit, asked)
  } catch {
    throw refused(
      `There is no migration ${migration} to ask: no run was begun, and nothing records it`,
      `Apply its file, or adopt it; or remove the schedule: \`nightferry schedule ${migration} --remove\`.`,
    )
  }
}

function tooLate(due: number, now: number, catchUpMs: number): string {
  const minutes = Math.max(1, Math.round((now - due) / 60_000))
  const late = minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
  const was = new Date(due).toISOString()
  return `too late: it was to begin at ${was}, ${late} before a worker took it; catch_up is ${formatDuration(catchUpMs)}`
}
