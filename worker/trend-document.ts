import { memoriesOf } from '../activities/memories.js'
import { Failure } from '../core/failure.js'
import type { Ports } from '../core/ports.js'
import { publishedAlone, publishedLast, type RunId } from '../core/run.js'
import { nearest, sentenceList } from '../core/text.js'
import { TREND_RUNS, trendRun, type Trend, type TrendRun, type TrendTable } from '../core/trend.js'
import { NotThere } from './not-there.js'
import { runsDocument, type Where } from './run-documents.js'

/** Refused nights stand among the runs: as many runs as are looked through for those that were begun. */
const MOST_LISTED = 500

/**
 * How the last runs went. Runs that only a ledger knows (of before there was a memory) stand there without their tables.
 * A table may be spelled with other capitals than the source does; throws `NotThere`, with names like it, where no run had it.
 */
export async function trendDocument(ports: Ports, where: Where, table: string | null): Promise<Trend> {
  const { migration } = where
  if (table === null) return { format: 1, migration, table, runs: await trendOf(ports, where, null) }
  const runs = await trendOf(ports, where, table)
  if (runs.some(({ tables }) => tables.length > 0)) return { format: 1, migration, table, runs }
  const all = await trendOf(ports, where, null)
  const found = spelled(table, new Set(all.flatMap(({ tables }) => tables.map((one) => one.table))), migration)
  const of = ({ tables }: TrendRun): TrendTable[] => tables.filter((one) => one.table === found)
  return { format: 1, migration, table: found, runs: all.map((run) => ({ ...run, tables: of(run) })) }
}

async function trendOf(ports: Ports, where: Where, table: string | null): Promise<TrendRun[]> {
  const listed = await runsDocument(ports, where, MOST_LISTED)
  const known = await remembered(ports, where, table)
  return publishedAlone(listed, publishedLast(listed)?.run ?? null)
    .filter(({ state }) => state !== 'refused')
    .slice(0, TREND_RUNS)
    .map((summary) => trendRun(summary, known.get(summary.run) ?? []))
    .toReversed()
}

/** The tables of runs. A memory that does not answer matters to whoever lists the runs: here it only has no tables. */
async function remembered(
  ports: Ports,
  where: Where,
  table: string | null,
): Promise<Map<RunId, readonly TrendTable[]>> {
  const memories = await memoriesOf(ports, where.migration, where)
  const trends = await Promise.all(
    memories.map(
      async (memory) =>
        await memory.trend(TREND_RUNS, table).catch((error: unknown) => {
          if (error instanceof Failure) return []
          throw error
        }),
    ),
  )
  return new Map(trends.flat().map(({ run, tables }) => [run, tables]))
}

function spelled(table: string, known: ReadonlySet<string>, migration: string): string {
  const alike = [...known].filter((name) => name.toLowerCase() === table.toLowerCase())
  const [found] = alike
  if (found !== undefined && alike.length === 1) return found
  const near = alike.length > 1 ? alike : namesLike(table, known)
  throw new NotThere(
    `no remembered run of ${migration} had a table ${table}`,
    near.length === 0
      ? `List the tables there are: nightferry report ${migration}`
      : `Did you mean ${sentenceList(near, 'or')}?`,
  )
}

const MOST_NEAR = 3

function namesLike(table: string, known: ReadonlySet<string>): string[] {
  const left = new Set(known)
  const near: string[] = []
  for (let found = nearest(table, left); found !== null && near.length < MOST_NEAR; found = nearest(table, left)) {
    near.push(found)
    left.delete(found)
  }
  return near
}
