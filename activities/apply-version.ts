import { ApplicationFailure } from '@temporalio/common'
import { copiesOf, hooksOf, publishOf } from '../core/config/publish.js'
import type { Config } from '../core/config/types.js'
import { Failure } from '../core/failure.js'
import { type Finding, isBlocked } from '../core/finding.js'
import type { StoredVersion } from '../core/ledger.js'
import { hashOf } from './hash.js'
import { look, type Inspection } from './inspecting.js'
import type { Applied, ApplyInput, Around } from './messages.js'
import { step } from './step.js'
import type { ControlTools } from './tools.js'

/**
 * Plans, and stores the plan as the next version in the target's ledger. Blocking findings refuse it and change
 * nothing. Repeated after its effect, it finds config and plan stored and answers with that version.
 */
export const applyVersion = (tools: ControlTools) =>
  step(tools, 'applyVersion', async (input: ApplyInput, { signal }): Promise<Applied> => {
    const inspection = await look(tools.ports, 'apply', input.config, signal)
    const { document, applied } = inspection
    const ref = tools.kept.keep(document)
    const findings = counted(document.findings)
    if (isBlocked(document.findings) || document.plan === null) throw refused(ref, document.findings)
    refuseTurnedInPlace(input, inspection)
    const configHash = hashOf(input.config)
    const found = { findings, ref, home: inspection.home, around: aroundOf(input.config) }
    if (applied && isSame(applied, configHash, document.planHash)) {
      // It may have been built in place until now: then its versions lie elsewhere.
      if (inspection.home.published !== undefined) await inspection.versions.save(applied)
      return { version: summaryOf(applied, configHash), changed: false, ...found }
    }
    await releasePublished(tools, input, inspection)
    const stored = await store(inspection, input, document.plan, document.planHash ?? '')
    return { version: summaryOf(stored, configHash), changed: true, ...found }
  })

/** What people read would be emptied and filled before their eyes, since an account lost a privilege. */
function refuseTurnedInPlace({ config, home: before }: ApplyInput, { home, homeFindings }: Inspection): void {
  if (before?.published === undefined || home.published !== undefined || publishOf(config).mode !== null) return
  const [why] = homeFindings
  throw new Failure(
    'refused',
    `Runs were built aside until now, and cannot be any more: ${why?.message ?? 'the account is not able to'}`,
    { remedy: `${why?.remedy ?? ''} In place only if you say so: \`publish: {mode: in-place}\`.`.trim() },
  )
}

/** A run that is built in place fills it anew: it must not pass for the one that was published. */
async function releasePublished(
  { ports }: ControlTools,
  { config, home: before }: ApplyInput,
  { home }: Inspection,
): Promise<void> {
  if (before?.published === undefined || home.published !== undefined) return
  await (await ports.generations(before.connection, before.published, config.migration)).release()
}

async function store(
  { versions, applied }: Inspection,
  { config, by, at, lastNumber }: ApplyInput,
  plan: StoredVersion['plan'],
  planHash: string,
): Promise<StoredVersion> {
  const number = Math.max(lastNumber, applied?.number ?? 0) + 1
  const version: StoredVersion = { number, config, plan, planHash, by, at }
  await versions.save(version)
  return version
}

export const aroundOf = (config: Config): Around => ({
  hooks: hooksOf(config),
  copies: Object.keys(copiesOf(config)).length > 0,
  schema: config.target.schema,
})

export const isSame = (applied: StoredVersion, configHash: string, planHash: string | null): boolean =>
  applied.planHash === planHash && hashOf(applied.config satisfies Config) === configHash

export const summaryOf = (
  { number, planHash, by, at, plan }: StoredVersion,
  configHash: string,
): Applied['version'] => ({
  number,
  planHash,
  configHash,
  by,
  at,
  tables: plan.tables.length,
})

export function counted(findings: readonly Finding[]): Applied['findings'] {
  const count = (severity: Finding['severity']): number => findings.filter((f) => f.severity === severity).length
  return { blocking: count('blocking'), warning: count('warning'), info: count('info') }
}

/** The findings themselves are read through the read API: their number is all that goes through Temporal. */
export function refused(ref: string, findings: readonly Finding[]): ApplicationFailure {
  const { blocking } = counted(findings)
  return ApplicationFailure.create({
    type: 'Refused',
    message: `${blocking} blocking ${blocking === 1 ? 'finding' : 'findings'}: nothing was changed`,
    nonRetryable: true,
    details: [{ ref, blocking, remedy: 'Do what the findings say, then try again.' }],
  })
}
