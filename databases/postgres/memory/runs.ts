import type pg from 'pg'
import type { RunMemory } from '../../../core/memory.js'
import type { News } from '../../../core/news.js'
import type { RunReport } from '../../../core/report.js'
import type { PublishedState, RunId, RunSummary } from '../../../core/run.js'
import { inTransaction, rowsOf, type Queryable } from '../ledger/query.js'
import { readTables, saveTables } from './tables.js'

/** Run and tables in one transaction, and whose place it takes. Repeatable: the latest counts. */
export async function saveRun(pool: pg.Pool, migration: string, memory: RunMemory): Promise<void> {
  const { summary, report, tables, published, since, notes, news } = memory
  await inTransaction(pool, async (client) => {
    await rowsOf(
      client,
      `insert into nightferry.memory_run (migration, run, state, tables, published, since, summary, report, notes, news)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       on conflict (migration, run) do update
       set state = excluded.state, tables = excluded.tables, published = excluded.published, since = excluded.since,
         summary = excluded.summary, report = excluded.report, notes = excluded.notes, news = excluded.news,
         saved_at = excluded.saved_at`,
      [
        ...[migration, summary.run, summary.state, tables.length, published, since, JSON.stringify(summary)],
        ...[report === null ? null : JSON.stringify(report), JSON.stringify(notes), JSON.stringify(news)],
      ],
    )
    await saveTables(client, migration, summary.run, tables)
    if (published === 'published')
      await rowsOf(
        client,
        `update nightferry.memory_run set published = 'was published'
         where migration = $1 and run <> $2 and published = 'published'`,
        [migration, summary.run],
      )
  })
}

interface RunRow {
  readonly run: RunId
  readonly published: PublishedState
  readonly since: RunId | null
  readonly summary: string
  readonly report: string | null
  readonly notes: string
  readonly news: string
}

/** Older code left `published` with every run that ever was: the latest of them is. */
export const PUBLISHED = `case when published = 'published' and exists (
      select from nightferry.memory_run later
      where later.migration = memory_run.migration and later.published = 'published'
        and (left(later.run, 15), length(later.run), later.run)
          > (left(memory_run.run, 15), length(memory_run.run), memory_run.run))
    then 'was published' else published end as published`

const RUN = `select run, ${PUBLISHED}, since, summary::text as summary, report::text as report, notes::text as notes,
    news::text as news
  from nightferry.memory_run where migration = $1`

/** Ids are times, to the second, and `-2` to `-10` behind it where they are taken: longer ones of a second are later. */
export const NEWEST_FIRST = `order by left(run, 15) desc, length(run) desc, run desc`

export async function readRun(db: Queryable, migration: string, run: RunId): Promise<RunMemory | null> {
  const [row] = await rowsOf<RunRow & { [column: string]: unknown }>(db, `${RUN} and run = $2`, [migration, run])
  return row === undefined ? null : await memoryOf(db, migration, row)
}

/** One that was begun and came as far as having tables: what never was cannot be compared. */
export async function readBefore(db: Queryable, migration: string, run: RunId): Promise<RunMemory | null> {
  const [row] = await rowsOf<RunRow & { [column: string]: unknown }>(
    db,
    `${RUN} and state <> 'refused' and tables > 0
       and (left(run, 15), length(run), run) < (left($2::text collate "C", 15), length($2::text), $2::text collate "C")
     ${NEWEST_FIRST} limit 1`,
    [migration, run],
  )
  return row === undefined ? null : await memoryOf(db, migration, row)
}

/** Newest first. */
export async function listRuns(db: Queryable, migration: string, most: number): Promise<RunSummary[]> {
  const rows = await rowsOf<{ summary: string; published: PublishedState }>(
    db,
    `select summary::text as summary, ${PUBLISHED} from nightferry.memory_run where migration = $1 ${NEWEST_FIRST} limit $2`,
    [migration, most],
  )
  return rows.map(({ summary, published }) => ({ ...(JSON.parse(summary) as RunSummary), published }))
}

async function memoryOf(db: Queryable, migration: string, row: RunRow): Promise<RunMemory> {
  const { published } = row
  return {
    format: 1,
    migration,
    summary: { ...(JSON.parse(row.summary) as RunSummary), published },
    report: row.report === null ? null : (JSON.parse(row.report) as RunReport),
    tables: await readTables(db, migration, row.run),
    published,
    notes: JSON.parse(row.notes) as string[],
    since: row.since,
    news: JSON.parse(row.news) as News[],
  }
}
