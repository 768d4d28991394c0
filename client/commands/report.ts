import { lastBegun } from '../../core/run.js'
import type { Context } from '../context.js'
import { EXIT, exitForState, type ExitCode } from '../exit-codes.js'
import { Problem } from '../problem.js'
import { patiently, type TargetName } from '../read-api.js'
import { renderReport, renderUnread } from '../render/report.js'
import { withTemporal, type Session } from '../session.js'
import { writeEvidence } from './evidence.js'
import { knownMigration, targetOf } from './known.js'

export interface ReportOptions {
  readonly run?: string
  readonly evidence?: string
}

/** `report`: what a run did; the last one unless told. Exit by the run's state, or 0 with its evidence in a file. */
export async function report(context: Context, migration: string, options: ReportOptions): Promise<ExitCode> {
  return await withTemporal(context, async (session) => {
    const status = await knownMigration(session, migration)
    const run = options.run ?? status.running?.run ?? lastBegun(status.runs)?.run
    if (run === undefined)
      throw new Problem(EXIT.usage, `${migration} has no run yet`, 'Start one with `nightferry run FILE`.')
    const of = { migration, run, target: targetOf(status) }
    if (options.evidence !== undefined) return await writeEvidence(context, session, of, options.evidence)
    return await showReport(context, session, of, 'whole')
  })
}

/** Fetches and shows a report, also from the memory; a control worker that has just died is waited for. */
export async function showReport(
  context: Context,
  { api }: Session,
  { migration, target, run }: { migration: string; run: string; target: TargetName },
  originals: 'whole' | 'short',
): Promise<ExitCode> {
  const found = await patiently(async () => await api.run(target, migration, run))
  const { report: whole, summary, remembered } = found
  const { text, document, paint } = context.output
  text(
    (whole === null
      ? renderUnread(migration, summary, remembered, paint)
      : renderReport(whole, paint, originals, remembered)
    ).join('\n'),
  )
  document({ ...(whole ?? { format: 1, migration, summary }), ...remembered })
  return exitForState(summary.state)
}
