import { lastBegun } from '../../core/run.js'
import type { Context } from '../context.js'
import { EXIT, exitForState, type ExitCode } from '../exit-codes.js'
import { Problem } from '../problem.js'
import { patiently, type TargetName } from '../read-api.js'
import { renderReport, renderUnread } from '../render/report.js'
import { withTemporal, type Session } from '../session.js'
import { writeEvidence } from './evidence.js'
import { writePage } from './report-page.js'
import { knownMigration, targetOf } from './known.js'

export interface ReportOptions {
  readonly run?: string
  readonly evidence?: string
  readonly html?: string
}

/** `report`: what a run did; the last one unless told. Exit by the run's state, or 0 with its evidence, or its page, in a file. */
export async function report(context: Context, migration: string, options: ReportOptions): Promise<ExitCode> {
  if (options.evidence !== undefined && options.html !== undefined)
    throw new Problem(EXIT.usage, '--evidence and --html are two files', 'Ask for one after the other.')
  return await withTemporal(context, async (session) => {
    const status = await knownMigration(session, migration)
    const run = options.run ?? status.running?.run ?? lastBegun(status.runs)?.run
    if (run === undefined)
      throw new Problem(EXIT.usage, `${migration} has no run yet`, 'Start one with `nightferry run FILE`.')
    const of = { migration, run, target: targetOf(status) }
    if (options.evidence !== undefined) return await writeEvidence(context, session, of, options.evidence)
    if (options.html !== undefined) return await writePage(context, session, of, options.html)
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
  const { report: whole, summary, remembered, fitness = null } = found
  const { text, document, paint } = context.output
  text(
    (whole === null
      ? renderUnread(migration, summary, remembered, paint)
      : renderReport(whole, paint, originals, remembered, fitness)
    ).join('\n'),
  )
  document({ ...(whole ?? { format: 1, migration, summary }), ...remembered, ...(fitness !== null && { fitness }) })
  return exitForState(summary.state)
}
