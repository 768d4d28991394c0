import type { InspectionDocument } from '../../core/api.js'
import type { Config } from '../../core/config/types.js'
import type { ApplyAnswer } from '../../workflows/messages.js'
import { readConfig } from '../read-config.js'
import type { Context } from '../context.js'
import { ensureEntity } from '../entity.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { Problem } from '../problem.js'
import { renderChanges } from '../render/changes.js'
import { countFindings, renderFindings } from '../render/findings.js'
import { plural } from '../render/numbers.js'
import { sizeOf } from '../render/plan.js'
import { withTemporal, type Session } from '../session.js'
import { sendApply } from '../updates.js'

export interface Applied {
  readonly answer: ApplyAnswer
  readonly document: InspectionDocument
}

/** `apply`: shows what changes against the applied version, and stores it as the next one. */
export async function apply(context: Context, file: string): Promise<ExitCode> {
  const config = await readConfig(file)
  const { answer, document } = await withTemporal(context, async (session) => {
    await ensureEntity(session.temporal, config.migration)
    return await applyIn(session, config)
  })
  context.output.text(appliedLines(config.migration, { answer, document }, context.output.paint).join('\n'))
  context.output.document({ ...document, version: answer.version, changed: answer.changed })
  return EXIT.done
}

/** Sends the apply and fetches its document; a blocking finding is a Problem with exit 1, and nothing is stored. */
export async function applyIn(session: Session, config: Config): Promise<Applied> {
  const answer = await sendApply(session.temporal, config, session.wait)
  return { answer, document: await session.api.kept(answer.ref) }
}

/** What an apply did, as lines: the version, its changes, its findings. */
export function appliedLines(migration: string, applied: Applied, paint: Context['output']['paint']): string[] {
  const { answer, document } = applied
  const size = document.plan === null ? plural(answer.tables, 'table') : sizeOf(document.plan)
  const name = `${paint('bold', migration)} version ${answer.version}`
  return [
    answer.changed ? `${name} applied: ${size}` : `${name} stays: nothing changes against it (${size})`,
    ...renderChanges(document.changes ?? [], paint),
    ...(document.findings.length === 0 ? [] : [`Findings: ${countFindings(document.findings)}`]),
    ...renderFindings(document.findings, paint),
  ]
}

export const nothingApplied = (migration: string): Problem =>
  new Problem(EXIT.usage, `nothing is applied to ${migration} yet`, `Apply its YAML file: nightferry apply FILE.`)
