import { publishedAlone, publishedLast, type RunId, type RunSummary } from '../../core/run.js'
import type { MigrationStatus, RunStatus } from '../../core/status.js'
import type { Context } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { renderRuns } from '../render/runs.js'
import { withTemporal } from '../session.js'
import { knownMigration, targetOf } from './known.js'

/** `runs`: every run that the target remembers, and nights that were refused, newest first. */
export async function runs(context: Context, migration: string): Promise<ExitCode> {
  const { output } = context
  const found = await withTemporal(context, async (session) => {
    const status = await knownMigration(session, migration)
    const all = withUnwritten(await session.api.runs(targetOf(status), migration), status)
    return publishedAlone(all, publishedNow(all, status))
  })
  output.text(found.length === 0 ? `${migration} has no run yet.` : renderRuns(found, output.paint).join('\n'))
  output.document({ format: 1, migration, runs: found })
  return EXIT.done
}

/** The migration itself knows also what its memory could not be told. */
const publishedNow = (all: readonly RunSummary[], { runs: recent }: MigrationStatus): RunId | null =>
  (publishedLast(recent) ?? publishedLast(all))?.run ?? null

/** What only the migration itself knows: nights whose reason was not written down, and a run that is not registered yet. */
function withUnwritten(found: readonly RunSummary[], { runs: recent, running }: MigrationStatus): RunSummary[] {
  const known = new Set(found.map(({ run }) => run))
  const refused = recent.filter(({ run, state }) => state === 'refused' && !known.has(run))
  const now = running === null || known.has(running.run) ? [] : [underWay(running)]
  return [...now, ...found, ...refused].toSorted((a, b) => Date.parse(b.started) - Date.parse(a.started))
}

const underWay = ({ run, version, started, tables }: RunStatus): RunSummary => ({
  ...{ run, version, started, state: 'running', label: 'best-effort', ended: null },
  ...{ tables: tables.total, stopped: tables.stopped, rows: 0, bytes: 0, reason: null },
})
