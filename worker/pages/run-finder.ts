import { Failure } from '../../core/failure.js'
import type { RunId } from '../../core/run.js'
import type { MigrationStatus } from '../../core/status.js'
import { inTime } from '../in-time.js'
import { NotThere } from '../not-there.js'
import { runDocument } from '../run-documents.js'
import type { Site } from '../site.js'
import type { RunLink } from './problem-page.js'

/** Each is asked with several statements. */
const MOST_ASKED = 20
/** One target that froze is no reason to wait for all. */
const ASKING_MS = 5000

/** Those that have such a run: by what they say themselves; where none does, by what their targets remember. */
export async function migrationsWith({ migrations, ports }: Site, run: RunId): Promise<RunLink[]> {
  const all = (await migrations.all()).flatMap(({ status }) => (status === null ? [] : [status]))
  const known = all.flatMap((status) => knownTo(status, run))
  if (known.length > 0) return known
  const asked = all.slice(0, MOST_ASKED)
  const found = await Promise.all(
    asked.map(async (status) => await inTime(ASKING_MS, remembered(status, ports, run), () => [])),
  )
  return found.flat()
}

function knownTo({ migration, running, runs }: MigrationStatus, run: RunId): RunLink[] {
  if (running?.run === run) return [{ migration, run: { run, started: running.started, state: 'running' } }]
  const known = runs.find((one) => one.run === run)
  return known === undefined ? [] : [{ migration, run: known }]
}

/** One that nobody can be asked about now is not found: its migration's name finds it, or says why not. */
async function remembered(status: MigrationStatus, ports: Site['ports'], run: RunId): Promise<RunLink[]> {
  const { target, migration } = status
  if (target === null) return []
  const { connection, database, published } = target
  try {
    const { summary } = await runDocument(ports, { connection, database: published ?? database, migration }, run)
    return [{ migration, run: summary }]
  } catch (error) {
    if (error instanceof NotThere || error instanceof Failure) return []
    throw error
  }
}
