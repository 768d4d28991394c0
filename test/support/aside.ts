import pg from 'pg'
import type { RunRef } from '../../activities/messages.js'
import type { Config } from '../../core/config/types.js'
import { MEMORY_DATABASE } from '../../core/memory.js'
import { placeOfRun, type Place } from '../../core/place.js'
import type { RunId, RunSummary } from '../../core/run.js'
import { prove } from './prove.js'
import { onPostgres, postgresUrl, uniqueName } from './servers.js'
import { withSite, type SiteUnderTest } from './site.js'

export interface AsideSite extends SiteUnderTest {
  /** What people read. */
  readonly home: Place
  /** Its name. */
  readonly name: string
  /** Of a run of version 1, as the entity gives it: `target` is the home. */
  ref1(run: RunId): RunRef
  /** Builds a database aside with these rows, from the first step to the proof; as green as is said. */
  build(run: RunId, green?: boolean): Promise<RunSummary>
  /** In one of the databases. */
  sql(text: string, database?: string): Promise<Record<string, unknown>[]>
  /** Every database of this place, by name. */
  databases(): Promise<string[]>
}

const SHOP = `
  create table customer (id int primary key, name varchar(20));
  insert into customer values (1, 'ada'), (2, 'bob')`

/** Real steps on a migration that is built aside, with a memory of its own; every database of it goes at the end. */
export async function withAside(more: Partial<Config>, use: (site: AsideSite) => Promise<void>): Promise<void> {
  const memory = uniqueName('memory')
  let name: string | null = null
  try {
    await withSite(
      SHOP,
      async (site) => {
        const publish = { mode: 'rebuild', keep: 1, create: { owner: null, locale: null, grants: [] } } as const
        const config = site.config({ publish, ...more })
        const at = '2026-11-20T03:00:00.000Z'
        const { home } = await site.attempt(() => site.control.applyVersion({ config, by: 'ada', at, lastNumber: 0 }))
        name = home?.published ?? null
        await use(asideOf(site, home!))
      },
      (ports) => ({
        ...ports,
        memory: async (connection, database, migration) =>
          await ports.memory(connection, database === MEMORY_DATABASE ? memory : database, migration),
      }),
    )
  } finally {
    await dropAll([memory, ...(name === null ? [] : [name])])
  }
}

function asideOf(site: SiteUnderTest, home: Place): AsideSite {
  const name = home.published!
  const ref1 = (run: RunId): RunRef => ({ migration: 'shop', run, version: 1, target: home })
  const sql: AsideSite['sql'] = (text, database = 'postgres') => onPostgres(postgresUrl(database), text)
  return {
    ...{ ...site, home, name, ref1, sql },
    async build(run, green = true) {
      const { control, data, attempt } = site
      const ref = { ...ref1(run), target: placeOfRun(home, run) }
      const { database } = await attempt(() => control.buildAside({ ref }))
      const { bundles } = await attempt(() => data.prepareRun({ ref }))
      for (const { bundle } of bundles) await attempt(() => data.copyBundle({ ref, part: { bundle } }))
      for (const { bundle } of bundles) await attempt(() => data.indexBundle({ ref, part: { bundle } }))
      for (const { bundle } of bundles) await attempt(() => data.sealTables({ ref, part: { bundle } }))
      await prove({ ...site, ref })
      // The process of the tests opens no snapshots.
      if (green) await sql(`update nightferry.run set label = 'snapshot'`, database)
      return await attempt(() => data.closeRun({ ref, reason: null }))
    },
    async databases() {
      const rows = await sql(`select datname from pg_database where starts_with(datname, '${name}') order by 1`)
      return rows.map((row) => String(row['datname']))
    },
  }
}

async function dropAll(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const rows = await onPostgres(
      postgresUrl(),
      `select datname from pg_database where starts_with(datname, '${name}')`,
    )
    for (const { datname } of rows) await onPostgres(postgresUrl(), `drop database "${String(datname)}" with (force)`)
  }
}

/** A session of somebody, open until the end. */
export async function withReader<T>(database: string, use: (reader: pg.Client) => Promise<T>): Promise<T> {
  const reader = new pg.Client({ connectionString: postgresUrl(database), application_name: 'ci' })
  reader.on('error', () => {})
  await reader.connect()
  try {
    return await use(reader)
  } finally {
    await reader.end().catch(() => {})
  }
}
