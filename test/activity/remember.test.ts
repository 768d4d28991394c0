import { describe, expect, it } from 'vitest'
import { recallRun } from '../../activities/recall-run.js'
import type { RememberInput } from '../../activities/remember-run.js'
import type { RunRef } from '../../activities/messages.js'
import { API_ROUTES, type RunDocument } from '../../core/api.js'
import { generationName } from '../../core/generation.js'
import { MEMORY_DATABASE } from '../../core/memory.js'
import type { RunSummary } from '../../core/run.js'
import { route } from '../../worker/routes.js'
import { version } from '../support/ledger.js'
import { prove } from '../support/prove.js'
import { summaryOf } from '../support/scripted.js'
import { onPostgres, postgresUrl, uniqueName } from '../support/servers.js'
import { withSite, type SiteUnderTest } from '../support/site.js'

const SHOP = `
  create table customer (id int auto_increment primary key, active tinyint(1) not null);
  create table orders (id int auto_increment primary key, placed date);
  insert into customer (active) values (0), (1);
  insert into orders (placed) values ('2026-11-01')`

/** With a memory in a database of its own: the one that is shared may be used by other tests. */
async function withMemory(use: (site: SiteUnderTest) => Promise<void>): Promise<void> {
  const aside = uniqueName('memory')
  try {
    await withSite(SHOP, use, (ports) => ({
      ...ports,
      memory: async (connection, database, migration) =>
        await ports.memory(connection, database === MEMORY_DATABASE ? aside : database, migration),
    }))
  } finally {
    await onPostgres(postgresUrl(), `drop database if exists ${aside} with (force)`)
  }
}

/** One night under the version that is applied, from its first step to its last, and what is kept of it. */
async function night(site: SiteUnderTest, run: string, more: Partial<RememberInput> = {}) {
  const ref: RunRef = { ...site.ref, run }
  const { data, attempt } = site
  const { bundles } = await attempt(() => data.prepareRun({ ref }))
  for (const { bundle } of bundles) await attempt(() => data.copyBundle({ ref, part: { bundle } }))
  for (const { bundle } of bundles) await attempt(() => data.indexBundle({ ref, part: { bundle } }))
  for (const { bundle } of bundles) await attempt(() => data.sealTables({ ref, part: { bundle } }))
  await prove({ ...site, ref })
  const summary = await attempt(() => data.closeRun({ ref, reason: null }))
  return await remembered(site, { ...inputOf(summary), ...more })
}

const inputOf = (summary: RunSummary): RememberInput => ({
  ...{ migration: 'shop', summary, published: 'published', notes: [] },
  memory: { connection: 'to', database: MEMORY_DATABASE },
  ledger: { connection: 'to', database: null },
})

const remembered = async ({ attempt, control }: SiteUnderTest, input: RememberInput) =>
  await attempt(() => control.rememberRun(input))

const applied = async ({ attempt, control, config }: SiteUnderTest) =>
  await attempt(() =>
    control.applyVersion({ config: config(), by: 'ada', at: '2026-11-20T03:00:00.000Z', lastNumber: 0 }),
  )

const asked = async (site: SiteUnderTest, path: string): Promise<unknown> =>
  await route(path, { ports: site.ports, kept: () => null })

const documentOf = async (site: SiteUnderTest, run: string): Promise<RunDocument> =>
  (await asked(site, API_ROUTES.memoryRun('to', null, 'shop', run))) as RunDocument

const [FIRST, SECOND, THIRD] = ['20261118-030000', '20261119-030000', '20261120-030000']

describe('a run that is over', () => {
  it('is kept with its news against the night before, and once more without any when it is kept again', () =>
    withMemory(async (site) => {
      await applied(site)
      expect(await night(site, FIRST)).toEqual({ since: null, news: 0 })
      await site.mysql(`set sql_mode = ''; insert into customer (active) values (2); insert into orders (placed) values ('0000-00-00');
        alter table orders auto_increment = 2000000000`)
      expect(await night(site, SECOND, { published: 'not published', notes: ['it is incomplete'] })).toEqual({
        since: FIRST,
        news: 3,
      })
      const bad = await documentOf(site, SECOND)
      expect(bad.remembered).toMatchObject({ since: FIRST, published: 'not published', notes: ['it is incomplete'] })
      expect(bad.remembered?.news.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
        'decision-broken customer.active',
        'row-refused orders.placed',
        'range-end orders.id',
      ])
      expect(bad.report?.tables[0]?.failures[0]?.key).toBe('id=3')
      expect(await recallRun(site.tools, { ...site.ref, run: SECOND })).toMatchObject({ news: [{}, {}, {}] })

      await site.mysql('delete from customer where active = 2; update orders set placed = null where id > 1')
      expect(await remembered(site, { ...inputOf(bad.summary), ledger: null, notes: ['x'] })).toEqual({
        since: FIRST,
        news: 3,
      })
      expect(await documentOf(site, SECOND)).toMatchObject({
        report: bad.report,
        remembered: { published: 'published', notes: ['x'] },
      })

      const input = await night(site, THIRD).then(async () => inputOf((await documentOf(site, THIRD)).summary))
      expect(await remembered(site, { ...input, notes: ['on_news (http chat) answered 500'] })).toEqual({
        since: SECOND,
        news: 0,
      })
      expect((await documentOf(site, THIRD)).remembered).toMatchObject({
        news: [],
        notes: ['on_news (http chat) answered 500'],
      })
    }))

  it('is told by the memory once its ledger is gone, without the keys of rows', () =>
    withMemory(async (site) => {
      await applied(site)
      await site.mysql('insert into customer (active) values (2)')
      await night(site, FIRST)
      const before = await documentOf(site, FIRST)
      const { ledger } = await site.ports.target('to', null)
      await ledger.remove('shop')
      const after = await documentOf(site, FIRST)
      expect(after.summary).toEqual(before.summary)
      expect(after.report?.tables[0]?.failures).toMatchObject([
        { kind: 'row-refused', column: 'active', key: null, reason: null },
      ])
      expect(await asked(site, API_ROUTES.memoryRuns('to', null, 'shop'))).toMatchObject([
        { run: FIRST, state: 'incomplete', published: 'published' },
      ])
      await expect(documentOf(site, SECOND)).rejects.toMatchObject({ name: 'NotThere' })
      await expect(asked(site, API_ROUTES.memoryRuns('to', null, 'crm'))).resolves.toEqual([])
    }))

  it('is kept also where it ended before anything was registered, or was refused; and neither is compared with', () =>
    withMemory(async (site) => {
      await applied(site)
      await night(site, FIRST)
      const red = inputOf(summaryOf(SECOND, 'incomplete', 'before_run (sql a.sql) is refused'))
      expect(await remembered(site, { ...red, published: 'not published' })).toEqual({ since: null, news: 0 })
      const refused = { ...inputOf(summaryOf(`${SECOND}-2`, 'refused', 'held: by ada')), ledger: null }
      expect(await remembered(site, refused)).toEqual({ since: null, news: 0 })
      expect(await night(site, THIRD)).toEqual({ since: FIRST, news: 0 })
      expect(await documentOf(site, `${SECOND}-2`)).toMatchObject({
        report: null,
        summary: { state: 'refused', reason: 'held: by ada' },
      })
      const runs = (await asked(site, API_ROUTES.memoryRuns('to', null, 'shop'))) as RunSummary[]
      expect(runs.map(({ run }) => run).toSorted()).toEqual([FIRST, SECOND, `${SECOND}-2`, THIRD])
    }))

  it('lies beside its rows in place, where they are built there', () =>
    withMemory(async (site) => {
      const memory = { connection: 'to', database: null }
      await applied(site)
      await night(site, FIRST, { memory, published: 'in place' })
      const port = await site.ports.memory('to', null, 'shop')
      expect((await port.versions(5)).map(({ number }) => number)).toEqual([1])
      expect(await night(site, SECOND, { memory, published: 'in place' })).toEqual({ since: FIRST, news: 0 })
      expect((await port.tableRuns('customer', 5)).map(({ run, rows }) => [run, rows])).toEqual([
        [SECOND, 2],
        [FIRST, 2],
      ])
      expect((await documentOf(site, SECOND)).remembered).toMatchObject({ published: 'in place', since: FIRST })
    }))
})

describe('what is asked of a migration', () => {
  it('is answered by its memory and by the ledger of what people read, each entry once', () =>
    withMemory(async (site) => {
      const [audit, first] = [
        API_ROUTES.memoryAudit('to', null, 'shop'),
        API_ROUTES.memoryVersion('to', null, 'shop', 1),
      ]
      expect(await asked(site, audit)).toEqual([])
      await expect(asked(site, first)).rejects.toMatchObject({ name: 'Failure' })
      await applied(site)
      expect(await asked(site, first)).toMatchObject({ number: 1, by: 'ada' })
      const { ledger } = await site.ports.target('to', null)
      const memory = await site.ports.memory('to', MEMORY_DATABASE, 'shop')
      await memory.open()
      const entry = {
        what: 'pause',
        by: 'ada',
        at: '2026-11-20T03:00:00.000Z',
        why: 'x',
        about: { hold: 'h1', seq: 2 },
      }
      await ledger.audit(entry)
      await memory.audit({ ...entry, about: { seq: 2, hold: 'h1' } })
      await memory.audit({ ...entry, what: 'resume', at: '2026-11-21T03:00:00.000Z' })
      await memory.saveVersion({ ...(await ledger.version(1)), number: 2, by: 'schedule' })
      expect(await asked(site, audit)).toMatchObject([{ what: 'resume' }, entry])
      expect(await asked(site, API_ROUTES.memoryVersion('to', null, 'shop', 2))).toMatchObject({ by: 'schedule' })
      expect(await asked(site, first)).toMatchObject({ number: 1, by: 'ada' })
      await expect(asked(site, API_ROUTES.memoryVersion('to', null, 'shop', 3))).rejects.toMatchObject({
        kind: 'refused',
      })
    }))
})

describe('a run that built a generation', () => {
  it('is told by that, by its name, as long as what people read is not of this run', () =>
    withMemory(async (site) => {
      const [{ database } = {}] = (await site.postgres('select current_database() as database')) as {
        database: string
      }[]
      const generation = await site.ports.target('to', generationName(database ?? '', FIRST))
      try {
        await expect(documentOf(site, FIRST)).rejects.toMatchObject({ name: 'NotThere' })
        await generation.ensureDatabase()
        await generation.ledger.open('shop')
        await generation.ledger.saveVersion(version(1, ['items']))
        await generation.ledger.openRun({
          run: FIRST,
          version: 1,
          label: 'best-effort',
          tables: [{ table: 0, bundle: null }],
        })
        const where = ['to', database ?? '', 'shop', FIRST] as const
        expect(await asked(site, API_ROUTES.memoryRun(...where))).toMatchObject({
          report: { tables: [{ table: 'items' }] },
          remembered: null,
        })
        expect(await asked(site, API_ROUTES.progress('to', database ?? '', FIRST))).toMatchObject({
          run: FIRST,
          state: 'running',
        })
        await expect(asked(site, API_ROUTES.progress('to', database ?? '', SECOND))).rejects.toMatchObject({
          kind: expect.any(String),
        })
      } finally {
        await onPostgres(postgresUrl(), `drop database if exists ${generationName(database ?? '', FIRST)} with (force)`)
      }
    }))
})
