import type { Context } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { renderRuns } from '../render/runs.js'
import { withTemporal } from '../session.js'
import { knownMigration, targetOf } from './known.js'

/** `runs`: every run that the target remembers, newest first. */
export async function runs(context: Context, migration: string): Promise<ExitCode> {
  const { output } = context
  const found = await withTemporal(
    context,
    async (session) => await session.api.runs(targetOf(await knownMigration(session, migration))),
  )
  output.text(found.length === 0 ? `${migration} has no run yet.` : renderRuns(found, output.paint).join('\n'))
  output.document({ format: 1, migration, runs: found })
  return EXIT.done
}
