import type { InspectionDocument } from '../core/api.js'
import { Failure } from '../core/failure.js'
import type { StoredVersion } from '../core/ledger.js'
import { BY_SCHEDULE } from '../core/night.js'
import { comparePlans } from '../core/plan/compare.js'
import { renew, type BrokenDecision } from '../core/plan/renew.js'
import { aroundOf, counted, refused, summaryOf } from './apply-version.js'
import { hashOf, planHash } from './hash.js'
import { look } from './inspecting.js'
import type { Applied, RunRef } from './messages.js'
import { refuseBlocked } from './prepare-run.js'
import { step } from './step.js'
import type { ControlTools } from './tools.js'
import { versionsOf } from './versions.js'

export interface PlanNightInput {
  readonly migration: string
  readonly target: RunRef['target']
  /** ISO 8601, of the night: the same in each attempt. */
  readonly at: string
  /** The largest number that the entity knows. */
  readonly lastNumber: number
}

/** What a night runs. `changed`: the source is not what the version said, and another one was stored for the night. */
export interface PlannedNight extends Applied {
  /** For the run, which stops their tables before it reads. Names and types, no values. */
  readonly broken: readonly BrokenDecision[]
}

/** A quarter of what a payload may hold, with the longest names. */
const MOST_BROKEN = 200

/**
 * Plans anew under the applied config, and stores what differs as the next version, by `schedule`. Decisions stay; tables
 * of those that tonight's data has broken are named, for the run to stop them. Blocking findings refuse the night and
 * change nothing. How it is built is not looked at anew: a privilege that was lost tonight must not make a run write into
 * what people read. Repeated after its effect, it answers with the version that it stored.
 */
export const planNight = (tools: ControlTools) =>
  step(tools, 'planNight', async (input: PlanNightInput, { signal }): Promise<PlannedNight> => {
    const versions = await versionsOf(tools.ports, input.migration, input.target)
    const applied = await versions.latest()
    if (applied === null)
      throw new Failure('refused', 'No version is applied yet', {
        remedy: 'Apply a config first: `nightferry apply FILE`.',
      })
    const { document, broken } = await planUnder(applied, tools, signal)
    const ref = tools.kept.keep(document)
    const { plan, findings } = document
    // Nobody sits at a terminal to be shown them: the first one is the night's reason.
    refuseBlocked(findings)
    if (plan === null) throw refused(ref, findings)
    refuseTooMany(broken)
    const hash = planHash(plan)
    const configHash = hashOf(applied.config)
    const found = { findings: counted(findings), ref, broken, around: aroundOf(applied.config) }
    if (hash === applied.planHash)
      return { version: summaryOf(applied, configHash), changed: isOfTonight(applied, input), ...found }
    const version: StoredVersion = {
      number: Math.max(input.lastNumber, applied.number) + 1,
      config: applied.config,
      plan,
      planHash: hash,
      by: BY_SCHEDULE,
      at: input.at,
    }
    await versions.save(version)
    return { version: summaryOf(version, configHash), changed: true, ...found }
  })

/** What `look` shows of the source now, with the decisions of the applied version. */
async function planUnder(
  applied: StoredVersion,
  { ports }: ControlTools,
  signal: AbortSignal,
): Promise<{ document: InspectionDocument; broken: readonly BrokenDecision[] }> {
  const { document, input, outside } = await look(ports, 'apply', applied.config, signal)
  const { plan, broken } = renew(applied.plan, input)
  const findings = [...outside, ...plan.findings]
  const changes = comparePlans(applied.plan, plan)
  return { document: { ...document, plan, planHash: planHash(plan), findings, changes }, broken }
}

/** An earlier attempt of the same night stored it. */
const isOfTonight = ({ by, at }: StoredVersion, night: PlanNightInput): boolean => by === BY_SCHEDULE && at === night.at

function refuseTooMany(broken: readonly BrokenDecision[]): void {
  if (broken.length <= MOST_BROKEN) return
  throw new Failure('refused', `${broken.length} decisions do not hold any more`, {
    remedy: 'Apply the config again: `nightferry apply FILE` decides by the data of now.',
  })
}
