import { Failure } from '../core/failure.js'
import type { Generation, GenerationsPort } from '../core/generation.js'
import type { StoredVersion } from '../core/ledger.js'
import type { MemoryPort } from '../core/memory.js'
import type { Place } from '../core/place.js'
import { remember } from '../core/remembering.js'
import { publishedAlone, type PublishedState } from '../core/run.js'
import type { AdoptInput } from './adopt.js'
import {
  closeOpen,
  holdsOf,
  MOST_ADOPTED,
  MOST_AUDITED,
  shortened,
  versionSummaries,
  type Adopted,
} from './adopting.js'
import { aroundOf } from './apply-version.js'
import { hasRun } from './locate-run.js'
import type { Tools } from './tools.js'

/**
 * Of a migration that is built aside: versions, runs and the audit trail are the memory's. Finishes a publish that was cut
 * off, closes what was under way in the generations, and remembers runs that nobody could remember. Repeatable.
 */
export async function adoptAside(
  tools: Tools,
  { migration, target }: AdoptInput,
  memory: MemoryPort,
  latest: StoredVersion,
  signal: AbortSignal,
): Promise<Adopted> {
  const { connection } = target
  const generations = await generationsOf(tools, { migration, target }, latest)
  const { published } = generations
  const home: Place = { connection, database: published, published }
  await memory.open()
  await generations.settle()
  const list = await generations.list()
  const closed: string[] = []
  // Oldest first: each is compared with the one before it.
  for (const generation of list.toReversed()) {
    signal.throwIfAborted()
    closed.push(...(await closeGeneration(tools, home, memory, generation)))
  }
  const now = list.find((one) => one.published)?.run ?? null
  return {
    versions: versionSummaries(await memory.versions(MOST_ADOPTED)),
    runs: shortened(publishedAlone(await memory.runs(MOST_ADOPTED), now)),
    closed,
    ...holdsOf(await memory.auditTrail(MOST_AUDITED)),
    home,
    around: aroundOf(latest.config),
  }
}

/** Refused where the file names another database than the version that was applied. */
async function generationsOf(
  { ports }: Tools,
  { migration, target }: AdoptInput,
  latest: StoredVersion,
): Promise<GenerationsPort> {
  const { connection } = target
  const asked = await ports.generations(connection, target.database, migration)
  const applied = await ports.generations(connection, latest.config.target.database ?? null, migration)
  if (asked.published === applied.published) return asked
  throw new Failure('refused', `${migration} is published as ${applied.published}, not as ${asked.published}`, {
    remedy: `Name the database as version ${latest.number} does: target.database.`,
  })
}

/** What was closed in its ledger: none where a database has none yet, or cannot be opened any more. */
async function closeGeneration(
  { ports }: Tools,
  home: Place,
  memory: MemoryPort,
  { run, database, published, since }: Generation,
): Promise<string[]> {
  const target = await ports.target(home.connection, database)
  if (!(await hasRun(target, run))) return []
  const { ledger } = target
  const closed = await closeOpen(ledger)
  const kept = await memory.run(run)
  const state: PublishedState = published ? 'published' : since === null ? 'not published' : 'was published'
  if (closed.length === 0 && kept?.report && kept.published === state) return []
  const report = await ledger.report(run)
  const { plan } = await ledger.version(report.summary.version)
  const ended = { report, plan, counters: new Map<string, string>(), published: state, notes: kept?.notes ?? [] }
  await memory.saveRun(remember(ended, await memory.before(run)))
  return closed
}
