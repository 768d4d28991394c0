import type { RunSummary } from '../../core/run.js'
import type { Context } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { renderRuns } from '../render/runs.js'
import { withTemporal } from '../session.js'
import { knownMigration, targetOf } from './known.js'

/** Nights that could not be taken, also where only the migration itself remembers them. Newest first. */
function withRefused(found: readonly RunSummary[], remembered: readonly RunSummary[]): RunSummary[] {
  const known = new Set(found.map(({ run }) => run))
  const refused = remembered.filter(({ run, state }) => state === 'refused' && !known.has(run))
  return [...found, ...refused].toSorted((a, b) => (a.started < b.started ? 1 : -1))
}

/** `runs`: every run that the target remembers, newest first. */
export async function runs(context: Context, migration: string): Promise<ExitCode> {
  const { output } = context
  const found = await withTemporal(context, async (session) => {
    const status = await knownMigration(session, migration)
    return withRefused(await session.api.runs(targetOf(status)), status.runs)
  })
  output.text(found.length === 0 ? `${migration} has no run yet.` : renderRuns(found, output.paint).join('\n'))
  output.document({ format: 1, migration, runs: found })
  return EXIT.done
}
