import type { InspectionDocument } from '../core/api.js'
import { profileQuestions } from '../core/casts/profile.js'
import { consistencyOf } from '../core/config/consistency.js'
import type { Config } from '../core/config/types.js'
import type { Finding } from '../core/finding.js'
import { buildPlan, type PlanInput } from '../core/plan/build-plan.js'
import { comparePlans } from '../core/plan/compare.js'
import type { StoredVersion } from '../core/ledger.js'
import type { Place } from '../core/place.js'
import type { Ports, SourcePort, TargetPort } from '../core/ports.js'
import { planHash } from './hash.js'
import { homeOf } from './home.js'
import { type Versions, versionsOf } from './versions.js'

export interface Inspection {
  readonly document: InspectionDocument
  /** What people read, and how it is built. */
  readonly home: Place
  /** What the account lacks to build aside. */
  readonly homeFindings: readonly Finding[]
  readonly versions: Versions
  /** What was applied last; null before the first apply. */
  readonly applied: StoredVersion | null
  /** What the plan was made from, and the findings that are not its own: for whoever makes another one of it. */
  readonly input: PlanInput
  readonly outside: readonly Finding[]
}

/**
 * Looks at both sides and plans, changing nothing: whether it can work, what would be made, and what differs from the
 * applied version. Takes two connections each, and one pass over the columns that only their data can decide.
 */
export async function look(
  ports: Ports,
  what: InspectionDocument['what'],
  config: Config,
  signal: AbortSignal,
): Promise<Inspection> {
  const source = await ports.source(config.source.connection)
  const { place: home, findings: homeFindings } = await homeOf(ports, config)
  const target = await ports.target(home.connection, home.database)
  const [[sourceFindings, input], targetFindings, same] = await both(
    lookAtSource(source, target, config, signal),
    target.check(config.migration, config.target.schema, home.published === undefined ? undefined : 'server'),
    findSame(source, target, config),
  )
  const versions = await versionsOf(ports, config.migration, home)
  const applied = await versions.latest()
  const plan = buildPlan(input)
  const outside = [...same, ...sourceFindings, ...targetFindings, ...homeFindings]
  const document: InspectionDocument = {
    format: 1,
    what,
    migration: config.migration,
    plan,
    planHash: planHash(plan),
    findings: [...outside, ...plan.findings],
    changes: applied && comparePlans(applied.plan, plan),
  }
  return { document, home, homeFindings, versions, applied, input, outside }
}

/** Waits for all of them even if one fails, so that no query outlives the step. */
async function both<T extends readonly unknown[]>(...work: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  await Promise.allSettled(work)
  return await Promise.all(work)
}

async function lookAtSource(
  source: SourcePort,
  target: TargetPort,
  config: Config,
  signal: AbortSignal,
): Promise<[Finding[], PlanInput]> {
  const findings = await source.check(config.tables, consistencyOf(config).read)
  const [catalog, features] = await both(source.catalog(), target.features())
  const answers = await source.profile(profileQuestions(catalog, config), signal)
  return [findings, { catalog, config, answers, features }]
}

async function findSame(source: SourcePort, target: TargetPort, config: Config): Promise<Finding[]> {
  const [from, to] = await both(source.identify(), target.identify())
  if (from.server !== to.server || from.database !== to.database) return []
  return [
    {
      name: 'source-is-target',
      severity: 'blocking',
      subject: config.target.connection,
      message: `Source ${config.source.connection} and target ${config.target.connection} are the same database`,
      remedy: 'Name another database as target.database.',
    },
  ]
}
