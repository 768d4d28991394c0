import { hasRun } from '../activities/locate-run.js'
import { askMemories, memoriesOf } from '../activities/memories.js'
import type { RunDocument } from '../core/api.js'
import { Failure } from '../core/failure.js'
import { generationName } from '../core/generation.js'
import type { Remembered, RunMemory } from '../core/memory.js'
import type { Ports, TargetPort } from '../core/ports.js'
import type { RunReport } from '../core/report.js'
import type { RunId, RunSummary } from '../core/run.js'
import { fitnessKnown } from './fitness-document.js'
import { NotThere } from './not-there.js'

/** Whose runs are asked for. */
export interface Where {
  readonly connection: string
  /** What people read: the published one, or the target's own. */
  readonly database: string | null
  readonly migration: string
}

/**
 * Every run that is known, newest first: of the ledger in the database that people read, and of the memory, which has those
 * whose generations are gone, and nights that were refused. The ledger counts where both know one: it may have been mended.
 */
export async function runsDocument(ports: Ports, where: Where, most: number): Promise<RunSummary[]> {
  const memories = await memoriesOf(ports, where.migration, where)
  const { ledger } = await ports.target(where.connection, where.database)
  const lists = await Promise.allSettled([...memories, ledger].map((one) => one.runs(most)))
  const failed = lists.flatMap((list) => (list.status === 'rejected' ? [list.reason as unknown] : []))
  const unforeseen = failed.find((error) => !(error instanceof Failure))
  if (unforeseen !== undefined || failed.length === lists.length) throw unforeseen ?? failed[0]
  const runs = new Map<RunId, RunSummary>()
  for (const run of lists.flatMap((list) => (list.status === 'fulfilled' ? list.value : [])))
    runs.set(run.run, { ...runs.get(run.run), ...run })
  return [...runs.values()].toSorted(newestFirst).slice(0, most)
}

const newestFirst = (a: RunSummary, b: RunSummary): number =>
  Date.parse(b.started) - Date.parse(a.started) || b.run.localeCompare(a.run)

/**
 * A run's report from its ledger, as long as that is there, with what the memory has of it; else from the memory alone. One
 * that does not answer matters only where the other knows nothing: a generation may be closed.
 */
export async function runDocument(ports: Ports, where: Where, run: RunId): Promise<RunDocument> {
  const { migration } = where
  const report = await orFailure(() => reportOf(ports, where, run))
  const kept = await orFailure(async () => {
    return await askMemories(await memoriesOf(ports, migration, where), (memory) => memory.run(run))
  })
  const found = {
    report: report instanceof Failure ? null : report,
    kept: kept instanceof Failure ? null : kept,
  }
  const summary = found.report?.summary ?? found.kept?.summary
  if (summary !== undefined)
    return {
      ...{ format: 1, migration, summary: { ...found.kept?.summary, ...summary } },
      report: found.report ?? found.kept?.report ?? null,
      remembered: found.kept === null ? null : rememberedOf(found.kept),
      fitness: await fitnessKnown(ports, where),
    }
  if (report instanceof Failure) throw report
  if (kept instanceof Failure) throw kept
  throw new NotThere(
    `The target knows no run ${run} of ${migration}`,
    `List the runs there are: nightferry runs ${migration}`,
  )
}

const rememberedOf = ({ published, notes, since, news }: RunMemory): Remembered => ({ published, notes, since, news })

async function orFailure<T>(ask: () => Promise<T>): Promise<T | Failure> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

async function reportOf(ports: Ports, where: Where, run: RunId): Promise<RunReport | null> {
  const target = await targetOfRun(ports, where, run)
  return target === null ? null : await target.ledger.report(run)
}

/**
 * The database whose ledger has the run: its generation, else what people read; null: none has. A published copy has that
 * ledger as well, as it was when the copy was made. `polled`: while the run lasts it has none, and what is built in place
 * would be asked for a generation every second.
 */
export async function targetOfRun(
  ports: Ports,
  { connection, database }: Omit<Where, 'migration'>,
  run: RunId,
  polled = false,
): Promise<TargetPort | null> {
  const names = database === null ? [null] : [generationName(database, run), database]
  for (const name of polled ? names.toReversed() : names) {
    const target = await ports.target(connection, name)
    if (await hasRun(target, run)) return target
  }
  return null
}
