import { describe, expect, it } from 'vitest'
import { openPostgresTarget } from '../../databases/postgres/adapter.js'
import { onPostgres, postgresUrl, uniqueName, withPostgresDatabase } from '../support/servers.js'

const never = (): AbortSignal => new AbortController().signal
const VERSIONS = [15, 18] as const

/** The same server as another role, which is dropped whatever happens; it owns nothing. */
async function asRole<T>(
  version: 15 | 18,
  database: string,
  use: (url: string, role: string) => Promise<T>,
): Promise<T> {
  const role = uniqueName('facts')
  const owner = postgresUrl(database, version)
  await onPostgres(owner, `create role ${role} login`)
  try {
    const url = new URL(owner)
    url.username = role
    return await use(url.href, role)
  } finally {
    await onPostgres(owner, `drop owned by ${role}; drop role ${role}`)
  }
}

async function withPort<T>(
  url: string,
  use: (target: ReturnType<typeof openPostgresTarget>) => Promise<T>,
): Promise<T> {
  const target = openPostgresTarget(url, 'shop-postgres', null)
  try {
    return await use(target)
  } finally {
    await target.close()
  }
}

describe.each(VERSIONS)('PostgreSQL %i', (version) => {
  it('says what it is to an account that may do nothing', () =>
    asRole(version, 'postgres', (url) =>
      withPort(url, async (target) => {
        const facts = await target.serverFacts(never())
        const { server } = await target.identify()
        expect(facts.product).toMatch(new RegExp(`^PostgreSQL ${version}\\.\\d+$`))
        expect(server).toBe(`postgresql:${facts.systemIdentifier}`)
        expect(Math.abs(Date.parse(facts.now) - Date.now())).toBeLessThan(60_000)
        expect(Object.values(facts.settings)).not.toContain(null)
        const shown = await onPostgres(url, `select name, current_setting(name) as value, source from pg_settings`)
        for (const name of ['fsync', 'shared_buffers', 'work_mem', 'max_connections'] as const) {
          const { value, source } = shown.find((row) => row['name'] === name)!
          expect(facts.settings[name]?.value).toBe(value)
          // What a file says may be initdb's choice or a person's.
          const expected = source === 'configuration file' ? facts.settings[name]?.untouched : source === 'default'
          expect(facts.settings[name]?.untouched).toBe(expected)
        }
        expect(facts.archiver?.archived).toBeGreaterThanOrEqual(0)
        expect(facts.archiver).toMatchObject({ waiting: null, waitingSince: null })
        expect(facts.standbys).toEqual([])
        expect(facts.connections).toBeGreaterThan(0)
      }),
    ))

  it('what waits for the archive is shown to pg_monitor', () =>
    asRole(version, 'postgres', async (url, role) => {
      await onPostgres(postgresUrl(undefined, version), `grant pg_monitor to ${role}`)
      await withPort(url, async (target) => {
        const { archiver } = await target.serverFacts(never())
        expect(archiver?.waiting).toBeGreaterThanOrEqual(0)
        expect(archiver?.waitingSince === null).toBe(archiver?.waiting === 0)
      })
    }))

  it('an account that set memory for itself has not set it for the server', () =>
    asRole(version, 'postgres', async (url, role) => {
      await onPostgres(postgresUrl(undefined, version), `alter role ${role} set maintenance_work_mem to '512MB'`)
      await withPort(url, async (target) => {
        const { settings } = await target.serverFacts(never())
        expect(settings.maintenance_work_mem).toEqual({ value: '512MB', untouched: true })
      })
    }))

  it('a server is known before its database is there, and the database is not', () =>
    withPort(postgresUrl(uniqueName('none'), version), async (target) => {
      await expect(target.serverFacts(never())).resolves.toMatchObject({ standbys: [] })
      await expect(target.databaseFacts(never())).rejects.toMatchObject({ kind: 'target-missing' })
      await expect(target.applicationFacts('public', [], never())).rejects.toMatchObject({ kind: 'target-missing' })
    }))

  it('a database says how its sessions begin, although ours are pinned; and they stay pinned', () =>
    withPostgresDatabase(async (name, url) => {
      for (const [zone, seconds, seasons] of [
        ['Asia/Kolkata', 19_800, [19_800, 19_800]],
        ['-7', -25_200, [-25_200, -25_200]],
        ['<+0230>-02:30', 9_000, [9_000, 9_000]],
        ['Europe/Paris', expect.any(Number), [3_600, 7_200]],
        ['America/Santiago', expect.any(Number), [-10_800, -14_400]],
      ] as const) {
        await onPostgres(url, `alter database ${name} set timezone to '${zone}'`)
        await withPort(url, async (target) => {
          const facts = await target.databaseFacts(never())
          expect(facts).toMatchObject({ name, encoding: 'UTF8', utcOffsetSeconds: seconds, seasonOffsets: seasons })
          expect((await target.databaseFacts(never())).timeZone).toBe(facts.timeZone)
        })
      }
    }, version))

  it('tells the extensions, the tables without autovacuum and its size to an account that may only connect', () =>
    withPostgresDatabase(async (name, url) => {
      await onPostgres(
        url,
        `create extension hstore version '1.4'; create schema "My shop";
         create table "My shop"."Orders" (id int) with (autovacuum_enabled = 0); create table kept (id int)`,
      )
      await asRole(version, name, (other) =>
        withPort(other, async (target) => {
          const facts = await target.databaseFacts(never())
          expect(facts.withoutAutovacuum).toEqual(['"My shop"."Orders"'])
          const hstore = facts.extensions.find((one) => one.name === 'hstore')
          expect(hstore).toMatchObject({ installed: '1.4', available: expect.stringMatching(/^1\.[5-9]$/) })
          expect(facts.collations).toEqual([])
          expect(facts.bytes).toBeGreaterThan(1_000_000)
        }),
      )
    }, version))

  it('only collations that something sorts by are told', () =>
    withPostgresDatabase(async (_name, url) => {
      const old = `update pg_collation set collversion = '1.0' where collname in ('de-x-icu', 'fr-x-icu')`
      await onPostgres(url, `create table t (name text collate "de-x-icu"); ${old}`)
      await withPort(url, async (target) => {
        const { collations } = await target.databaseFacts(never())
        expect(collations).toEqual([
          { name: 'pg_catalog."de-x-icu"', recorded: '1.0', actual: expect.stringMatching(/^\d/) },
        ])
      })
    }, version))

  it("the application's role is told what it lacks: identity columns ask for nothing, serial ones do", () =>
    withPostgresDatabase(async (name, url) => {
      await onPostgres(
        url,
        `create schema shop; create table shop.a (id int generated by default as identity);
         create table shop."B" (id serial); create table shop.parts (id int) partition by hash (id); create table shop.other (id int)`,
      )
      await asRole(version, name, async (other, role) => {
        const ask = () =>
          withPort(other, (target) => target.applicationFacts('shop', ['a', 'B', 'parts', 'gone'], never()))
        const all = ['SELECT', 'INSERT', 'UPDATE', 'DELETE']
        const facts = await ask()
        expect(facts).toMatchObject({ role, database: name, superuser: false, tables: 4, address: '127.0.0.1' })
        expect(facts).toMatchObject({ schema: 'shop', owner: new URL(url).username, missing: ['gone'] })
        expect(facts.lacking).toEqual([
          { object: 'schema shop', privileges: ['USAGE'] },
          { object: 'sequence shop."B_id_seq"', privileges: ['USAGE'] },
          { object: 'table shop."B"', privileges: all },
          { object: 'table shop.a', privileges: all },
          { object: 'table shop.parts', privileges: all },
        ])
        await onPostgres(
          url,
          `grant usage on schema shop to ${role}; grant usage on sequence shop."B_id_seq" to ${role};
           grant select, insert, update, delete on shop.a, shop."B", shop.parts to ${role}`,
        )
        expect((await ask()).lacking).toEqual([])
      })
    }, version))

  it('a question that is cancelled ends', () =>
    withPort(postgresUrl(undefined, version), async (target) => {
      const stop = AbortSignal.abort(new Error('cancelled'))
      for (const ask of [
        () => target.serverFacts(stop),
        () => target.databaseFacts(stop),
        () => target.applicationFacts('public', [], stop),
      ])
        await expect(ask()).rejects.toThrow('cancelled')
    }))
})
