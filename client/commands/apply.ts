import type { InspectionDocument } from '../../core/api.js'
import type { Config } from '../../core/config/types.js'
import type { ApplyAnswer } from '../../workflows/messages.js'
import { readConfig } from '../read-config.js'
import type { Context } from '../context.js'
import { ensureEntity } from '../entity.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { Problem } from '../problem.js'
import type { Paint } from '../output.js'
import { renderChanges } from '../render/changes.js'
import { countFindings } from '../../core/words.js'
import { renderFindings } from '../render/findings.js'
import { plural } from '../../core/numbers.js'
import { sizeOf } from '../render/plan.js'
import { withTemporal, type Session } from '../session.js'
import { sendApply } from '../updates.js'

export interface Applied {
  readonly answer: ApplyAnswer
  /** Null where the control worker that made it is gone: what was applied stands all the same. */
  readonly document: InspectionDocument | null
}

/** `apply`: shows what changes against the applied version, and stores it as the next one. */
export async function apply(context: Context, file: string): Promise<ExitCode> {
  const { output } = context
  const config = await readConfig(file)
  const { answer, document } = await withTemporal(context, async (session) => {
    await ensureEntity(session.temporal, config.migration)
    return await applyIn(context, session, config)
  })
  output.text(appliedLines(config.migration, { answer, document }, output.paint).join('\n'))
  const { version, changed } = answer
  output.document({ format: 1, what: 'apply', migration: config.migration, ...document, version, changed })
  return EXIT.done
}

/** Sends the apply and fetches its document. Blocking findings are shown and thrown as a Problem; nothing is stored. */
export async function applyIn(context: Context, session: Session, config: Config): Promise<Applied> {
  context.output.note(`Reading source and target of ${config.migration} ...`)
  try {
    const answer = await sendApply(session.temporal, config, session.wait)
    return { answer, document: await session.api.kept(answer.ref).catch(() => null) }
  } catch (error) {
    throw await withFindings(context, session, error)
  }
}

async function withFindings({ output }: Context, { api }: Session, error: unknown): Promise<unknown> {
  if (!(error instanceof Problem && 'ref' in error.document)) return error
  const document = await api.kept(String(error.document.ref)).catch(() => null)
  if (document === null) return error
  output.note(renderFindings(document.findings, output.paintError).join('\n'))
  return new Problem(error.exit, error.message, error.remedy, { cause: error, document })
}

/** What an apply did, as lines: the version, its changes, its findings. */
export function appliedLines(
  migration: string,
  { answer, document }: Applied,
  paint: Paint,
  findings = document?.findings ?? [],
): string[] {
  const plan = document?.plan ?? null
  const size = plan === null ? plural(answer.tables, 'table') : sizeOf(plan)
  const name = `${paint('bold', migration)} version ${answer.version}`
  return [
    answer.changed ? `${name} applied: ${size}` : `${name} stays: nothing changes against it (${size})`,
    ...renderChanges(document?.changes ?? [], paint),
    ...(findings.length === 0 ? [] : [`Findings: ${countFindings(findings)}`]),
    ...renderFindings(findings, paint),
  ]
}
