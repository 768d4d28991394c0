import { describe, expect, it } from 'vitest'
import { homeOf } from '../../activities/home.js'
import { placeNow } from '../../activities/locate-run.js'
import { createControlActivities, type ControlActivities } from '../../activities/control.js'
import type { RunRef } from '../../activities/messages.js'
import { DEFAULT_PUBLISH } from '../../core/config/publish.js'
import type { Config, PublishConfig } from '../../core/config/types.js'
import type { Finding } from '../../core/finding.js'
import { generationName, type GenerationsPort } from '../../core/generation.js'
import { MEMORY_DATABASE } from '../../core/memory.js'
import { placeOfRun, type Place } from '../../core/place.js'
import type { HookRunner, Ports } from '../../core/ports.js'
import { openPorts } from '../../worker/ports.js'
import { night } from '../support/generations.js'
import { judgeAll } from '../support/prove.js'
import { failureOf } from '../support/runs.js'
import { onPostgres, postgresUrl, uniqueName } from '../support/servers.js'
import { withSite, type SiteUnderTest } from '../support/site.js'

const SHOP = `
  create table a (id int primary key, note varchar(20));
  create table b (id int primary key, note varchar(20));
  insert into a values (1, 'one'), (2, 'two');
  insert into b values (1, 'one')`
const AT = '2026-11-20T03:00:00.000Z'
const VERSIONS = [15, 18] as const

interface Aside {
  readonly site: SiteUnderTest
  readonly control: ControlActivities
  readonly generations: GenerationsPort
  /** What people read, and where each run builds. */
  readonly home: Place
  readonly published: string
  /** Bytes that `target.free_space` says; null: nothing. */
  free: number | null
  ref(run: string, version?: number): RunRef
  apply(more?: Partial<Config>, lastNumber?: number): Promise<void>
  /** From its first step to its end, of one moment unless said otherwise. */
  go(run: string, version?: number, label?: 'snapshot' | 'best-effort'): Promise<RunRef>
  /** Names of the databases that belong to it. */
  databases(): Promise<string[]>
}

const config = (migration: string, published: string, more: Partial<Config>): Config => ({
  ...{ migration, source: { connection: 'from' }, tables: { include: ['*'], exclude: [] }, casts: [] },
  target: { connection: 'to', database: published, schema: 'public' },
  limits: { parallelism: 2, chunkBytes: 64 * 1024 * 1024 },
  publish: DEFAULT_PUBLISH,
  ...more,
})

/** A migration of its own that is built aside, in databases that are dropped at the end. */
async function withAside(
  version: 15 | 18,
  use: (aside: Aside) => Promise<void>,
  change: (ports: Ports) => Ports = (ports) => ports,
): Promise<void> {
  const migration = uniqueName('aside')
  let published = ''
  try {
    await withSite(
      SHOP,
      async (site) => {
        published = (await site.ports.generations('to', null, migration)).published
        try {
          await use(await asideOf(site, migration, published, version))
        } finally {
          await (await site.ports.memory('to', MEMORY_DATABASE, migration)).remove()
        }
      },
      change,
      version,
    )
  } finally {
    const admin = postgresUrl(undefined, version)
    for (const name of await namesOf(admin, published)) await onPostgres(admin, `drop database "${name}" with (force)`)
  }
}

const namesOf = async (url: string, published: string): Promise<string[]> =>
  (
    await onPostgres(
      url,
      `select datname as name from pg_database where starts_with(datname, '${published || 'none'}') order by 1`,
    )
  ).map(({ name }) => String(name))

async function asideOf(site: SiteUnderTest, migration: string, published: string, version: 15 | 18): Promise<Aside> {
  const home: Place = { connection: 'to', database: published, published }
  const { data, attempt, ports } = site
  const hooks: HookRunner = {
    run: async () => Promise.reject(new Error('no hook is called here')),
    freeSpace: async () => aside.free,
    readFile: async () => '',
    restoreTest: async () => Promise.reject(new Error('no restore is tested here')),
  }
  const control = createControlActivities({ ...site.tools, hooks })
  const aside: Aside = {
    ...{ site, control, home, published, free: null },
    generations: await ports.generations('to', published, migration),
    ref: (run, number = 1) => ({ migration, run, version: number, target: placeOfRun(home, run) }),
    async apply(more = {}, lastNumber = 0) {
      const input = { config: config(migration, published, more), by: 'ada', at: AT, lastNumber }
      expect(await attempt(() => control.applyVersion(input))).toMatchObject({ home })
    },
    async go(run, number = 1, label = 'snapshot') {
      const ref = aside.ref(run, number)
      await attempt(() => control.buildAside({ ref }))
      const { bundles } = await attempt(() => data.prepareRun({ ref }))
      const { ledger } = await ports.target('to', ref.target.database)
      if (label === 'snapshot') await ledger.setReading(run, { label, reason: null, snapshot: null })
      for (const { bundle } of bundles) await attempt(() => data.copyBundle({ ref, part: { bundle } }))
      for (const { bundle } of bundles) await attempt(() => data.indexBundle({ ref, part: { bundle } }))
      for (const { bundle } of bundles) await attempt(() => data.sealTables({ ref, part: { bundle } }))
      await judgeAll(site, { ref })
      await attempt(() => data.closeRun({ ref, reason: null }))
      return ref
    },
    databases: async () => await namesOf(postgresUrl(undefined, version), published),
  }
  return aside
}

/** SQL cannot tell how much is free there. */
const onAnotherHost = (ports: Ports): Ports => ({
  ...ports,
  generations: async (...of) => {
    const port = await ports.generations(...of)
    const finding: Finding = {
      ...{ name: 'free-space-unknown', severity: 'warning', subject: 'to', remedy: 'Set target.free_space.' },
      message: 'The free space is not known.',
    }
    return { ...port, space: async (need) => ({ ...(await port.space(need)), free: null, findings: [finding] }) }
  },
})

const build = (aside: Aside, run: string) => aside.site.attempt(() => aside.control.buildAside({ ref: aside.ref(run) }))
const publish = (aside: Aside, ref: RunRef, asked?: true) =>
  aside.site.attempt(() => aside.control.publishRun({ ref, ...(asked && { asked }) }))
const where = (aside: Aside, ref: RunRef) => placeNow(aside.site.tools, ref)

describe.each(VERSIONS)('on PostgreSQL %s', { timeout: 120_000 }, (version) => {
  it('a run gets an empty database of its own, with its version, and may ask for it twice', () =>
    withAside(version, async (aside) => {
      await aside.apply()
      const database = generationName(aside.published, night(1))
      const built = await build(aside, night(1))
      expect(built.database).toBe(database)
      expect(await build(aside, night(1))).toEqual(built)
      const { ledger } = await aside.site.ports.target('to', database)
      expect((await ledger.latestVersion())?.number).toBe(1)
      expect(await aside.databases()).toEqual([aside.published, database])
    }))

  it('drops what never was published of this migration, and nothing else', () =>
    withAside(version, async (aside) => {
      await aside.apply()
      await publish(aside, await aside.go(night(1)))
      await publish(aside, await aside.go(night(2)))
      await aside.go(night(3), 1, 'best-effort')
      const strange = `${aside.published}_20260101_000000`
      await onPostgres(postgresUrl(undefined, version), `create database ${strange}`)
      await build(aside, night(4))
      const generations = [night(1), night(4)].map((run) => generationName(aside.published, run))
      expect(await aside.databases()).toEqual(expect.arrayContaining([aside.published, strange, ...generations]))
      expect(await aside.databases()).not.toContain(generationName(aside.published, night(3)))
      expect((await aside.generations.list()).find(({ published }) => published)?.run).toBe(night(2))
    }))

  it('a run that would not fit is refused with numbers, and what is published stays', () =>
    withAside(
      version,
      async (aside) => {
        await aside.apply({
          target: { connection: 'to', database: aside.published, schema: 'public', freeSpace: ['df'] },
        })
        aside.free = 100
        const failure = await failureOf(build(aside, night(1)))
        expect(failure).toMatchObject({ type: 'refused', nonRetryable: true })
        expect(failure.message).toMatch(/A run needs .*, and 1 MB are free, as target\.free_space says/)
        expect(await aside.databases()).toEqual([aside.published])
        aside.free = Number.MAX_SAFE_INTEGER
        expect((await build(aside, night(1))).notes).toEqual([])
        aside.free = null
        expect((await build(aside, night(1))).notes.join()).toContain('target.free_space did not say')
      },
      onAnotherHost,
    ))

  it('a run of which nobody can know whether it fits begins, and says so', () =>
    withAside(
      version,
      async (aside) => {
        await aside.apply()
        expect((await build(aside, night(1))).notes).toEqual(['The free space is not known.'])
      },
      onAnotherHost,
    ))

  it('only a green run is published by itself; another one where a person asks, and says what it is not', () =>
    withAside(version, async (aside) => {
      await aside.apply()
      const green = await aside.go(night(1))
      const first = await publish(aside, green)
      expect(first).toMatchObject({ notGreen: null, published: { run: night(1), closedMs: expect.any(Number) } })
      // An answer that was lost on its way.
      expect(await publish(aside, green)).toMatchObject({ notGreen: null, published: { run: night(1), closedMs: 0 } })
      const later = await aside.go(night(2), 1, 'best-effort')
      const why = 'its rows are best-effort, not of one moment'
      expect(await publish(aside, later)).toEqual({ notGreen: why, published: null })
      expect(await where(aside, green)).toEqual(aside.home)
      expect(await publish(aside, later, true)).toMatchObject({
        notGreen: why,
        published: { run: night(2), previous: { run: night(1) } },
      })
      expect(await where(aside, later)).toEqual(aside.home)
      expect(await where(aside, green)).toEqual({
        ...aside.home,
        database: generationName(aside.published, night(1)),
      })
    }))

  it('a run is found under whatever name its database has, and refused once that is gone', () =>
    withAside(version, async (aside) => {
      await aside.apply()
      const one = await aside.go(night(1))
      expect(await where(aside, one)).toEqual(one.target)
      await publish(aside, one)
      expect(await aside.site.attempt(() => aside.control.locateRun({ ref: one }))).toEqual(aside.home)
      const two = await aside.go(night(2), 1, 'best-effort')
      await aside.generations.drop(night(2))
      await expect(where(aside, two)).rejects.toMatchObject({
        kind: 'refused',
        message: expect.stringContaining(`no database of run ${night(2)}`),
      })
    }))

  it('a retry in a generation is planned under the version that was applied since', () =>
    withAside(version, async (aside) => {
      await aside.site.mysql("insert into b values (2, concat('t', char(0)))")
      await aside.apply()
      const { migration, run, target } = await aside.go(night(1), 1, 'best-effort')
      await aside.apply({ casts: [{ column: 'b.note', to: 'text' }] }, 1)
      const input = { migration, run, version: 2, target, names: null, rows: 'newest' } as const
      const planned = await aside.site.attempt(() => aside.control.planRetry(input))
      expect(planned).toMatchObject({ run, tables: [{ name: 'b' }], again: expect.stringContaining('b: the version') })
      const { ledger } = await aside.site.ports.target('to', target.database)
      expect((await ledger.latestVersion())?.number).toBe(2)
    }))

  it('what people read is not retried in: its tables would be emptied before their eyes', () =>
    withAside(version, async (aside) => {
      await aside.apply()
      const { migration, run } = await aside.go(night(1))
      await publish(aside, aside.ref(run))
      const input = { migration, run, version: 1, target: aside.home, names: ['b'], rows: 'own' } as const
      await expect(aside.site.attempt(() => aside.control.planRetry(input))).rejects.toMatchObject({
        type: 'refused',
        message: `Run ${run} is what people read as ${aside.published}: tables of it are not made anew`,
      })
    }))

  it('what was published carries no mark any more once it is to be built in place', () =>
    withAside(version, async (aside) => {
      await aside.apply()
      const { migration, run } = await aside.go(night(1))
      await publish(aside, aside.ref(run))
      const more = { publish: { ...DEFAULT_PUBLISH, mode: 'in-place' } } as const
      const input = { config: config(migration, aside.published, more), by: 'ada', at: AT, lastNumber: 1 }
      await aside.site.attempt(() => aside.control.applyVersion({ ...input, home: aside.home }))
      expect(await aside.generations.list()).toEqual([])
      expect(await aside.databases()).toContain(aside.published)
    }))

  it('how it is built follows the config, and what the account may do', () =>
    withAside(version, async (aside) => {
      const role = uniqueName('plain')
      const admin = postgresUrl(undefined, version)
      await onPostgres(admin, `create role ${role} login; grant all on database ${aside.published} to ${role}`)
      const url = new URL(postgresUrl(aside.published, version))
      url.username = role
      const poor = openPorts({ NIGHTFERRY_CONNECTION_TO: url.href }, '/nonexistent')
      const of = (
        ports: typeof poor | SiteUnderTest['ports'],
        mode: PublishConfig['mode'],
        more: Pick<Config, 'copies'> = {},
      ) => {
        const publish = { ...DEFAULT_PUBLISH, mode }
        return homeOf(ports, config(aside.ref(night(1)).migration, aside.published, { publish, ...more }))
      }
      const inPlace = { connection: 'to', database: aside.published }
      try {
        expect(await of(aside.site.ports, null)).toMatchObject({ place: aside.home })
        expect(await of(aside.site.ports, 'in-place')).toEqual({ place: inPlace, findings: [] })
        const lacking = [{ name: 'no-createdb', severity: 'warning' }]
        expect(await of(poor, null)).toMatchObject({ place: inPlace, findings: lacking })
        expect(await of(poor, 'rebuild')).toMatchObject({ place: inPlace, findings: [{ severity: 'blocking' }] })
        // There would be none of them, without a word.
        const none = { name: 'copies-need-rebuild', message: expect.stringContaining('(ci, dev)') }
        const blocking = [{ name: 'no-createdb' }, none].map((one) => ({ ...one, severity: 'blocking' }))
        for (const mode of [null, 'rebuild'] as const) {
          const { findings } = await of(poor, mode, { copies: { ci: { keep: 1 }, dev: { keep: 1 } } })
          expect(findings).toMatchObject(blocking)
        }
        // An older version says nothing of it.
        const { publish: _, ...old } = config('shop', aside.published, {})
        expect(await homeOf(aside.site.ports, old)).toEqual({ place: inPlace, findings: [] })
      } finally {
        await poor.close()
        await onPostgres(postgresUrl(aside.published, version), `drop owned by ${role}; drop role ${role}`)
      }
    }))
})
