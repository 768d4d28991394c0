import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { openPostgresTarget } from '../../databases/postgres/adapter.js'
import { parseMark, spellMark, type Mark } from '../../databases/postgres/generations/mark.js'
import { onPostgres } from '../support/servers.js'
import { night, NOTHING, withGenerations } from '../support/generations.js'

const [FIRST, SECOND, THIRD] = [night(1), night(2), night(3)] as const

describe.each([15, 18] as const)('generations on PostgreSQL %i', (version) => {
  it.each([null, 'CREATEDB'])(
    'are built closed, published one after the other, kept and dropped (%s)',
    async (attributes) => {
      await withGenerations(version, attributes, async (nightly) => {
        const { port, name, sql, build } = nightly
        expect((await port.ability()).rebuild).toBe(true)
        const reader = await nightly.role()
        const first = await build(FIRST)
        expect(first).toBe(`${name}_20261120_030001`)
        await expect(nightly.sql('SELECT 1', first)).resolves.toHaveLength(1)
        await expect(onlyAs(nightly.url(first, reader))).rejects.toThrow(/permission denied|refuses|not permit/)
        expect(await port.create(FIRST, NOTHING)).toBe(first)
        const published = await port.publish({ run: FIRST, keep: 1, asCopy: false })
        expect(published).toMatchObject({ run: FIRST, previous: null, dropped: [] })
        await onlyAs(nightly.url(name, reader))
        expect(await port.locate(FIRST)).toBe(name)

        await build(SECOND)
        expect(await port.publish({ run: SECOND, keep: 1, asCopy: false })).toMatchObject({
          previous: { run: FIRST, database: first },
          dropped: [],
        })
        await build(THIRD)
        const third = await port.publish({ run: THIRD, keep: 1, asCopy: false })
        expect(third).toMatchObject({ previous: { run: SECOND }, dropped: [FIRST] })
        expect(third.closedMs).toBeLessThan(2_000)
        expect(await port.publish({ run: THIRD, keep: 1, asCopy: false })).toMatchObject({ previous: { run: SECOND } })
        expect((await sql('SELECT DISTINCT night FROM account', name)).map((row) => row['night'])).toEqual([3])

        const back = await port.publish({ run: SECOND, keep: 1, asCopy: false })
        expect(back).toMatchObject({ run: SECOND, previous: { run: THIRD }, dropped: [] })
        expect((await sql('SELECT DISTINCT night FROM account', name)).map((row) => row['night'])).toEqual([2])
        expect((await port.list()).map(({ run, published }) => [run, published])).toEqual([
          [THIRD, false],
          [SECOND, true],
        ])
        await expect(port.drop(SECOND)).rejects.toThrow(/is published/)
        await port.drop(THIRD)
        await port.drop(THIRD)
        expect((await port.list()).map(({ run }) => run)).toEqual([SECOND])
        expect(await port.settle()).toBeNull()
      })
    },
  )

  it('that were never published are neither counted nor dropped by a publish', async () => {
    await withGenerations(version, null, async ({ port, build }) => {
      for (const run of [FIRST, SECOND, THIRD]) await build(run)
      await port.publish({ run: THIRD, keep: 0, asCopy: false })
      expect((await port.list()).map(({ run, since }) => [run, since !== null])).toEqual([
        [THIRD, true],
        [SECOND, false],
        [FIRST, false],
      ])
    })
  })

  it('take the name from an empty database, and from one that runs filled in place; not from people’s tables', async () => {
    await withGenerations(version, null, async (nightly) => {
      const { port, name, sql, build } = nightly
      await sql(`CREATE DATABASE ${name}`)
      await sql('CREATE TABLE public.people (id int)', name)
      const blocked = await port.ability()
      expect(blocked).toMatchObject({
        rebuild: false,
        findings: [{ name: 'published-name-taken', severity: 'blocking' }],
      })
      await build(FIRST)
      await expect(port.publish({ run: FIRST, keep: 1, asCopy: false })).rejects.toThrow(/public\.people/)
      expect(await sql('SELECT 1 FROM people', name)).toEqual([])

      await sql('DROP TABLE public.people', name)
      const target = openPostgresTarget(nightly.url(name), 'shop-postgres', null)
      try {
        await target.ledger.open('shop')
        expect(await port.ability()).toEqual({ rebuild: true, findings: [] })
        expect(await port.publish({ run: FIRST, keep: 0, asCopy: false })).toMatchObject({
          previous: { run: null, database: `${name}_before_20261120_030001` },
        })
      } finally {
        await target.close()
      }
      await build(SECOND)
      expect((await port.publish({ run: SECOND, keep: 0, asCopy: false })).dropped).toEqual([FIRST])
      expect(await sql('SELECT migration FROM nightferry.mark', `${name}_before_20261120_030001`)).toHaveLength(1)
    })
  })

  it('of another migration, and databases without a mark, are never touched', async () => {
    await withGenerations(version, null, async ({ port, name, sql, build }) => {
      await build(FIRST)
      await port.publish({ run: FIRST, keep: 0, asCopy: false })
      await sql(`COMMENT ON DATABASE ${name} IS 'nightferry/2 something newer'`)
      expect((await port.ability()).findings).toMatchObject([{ name: 'published-name-taken' }])
      expect(await port.list()).toEqual([])
      await build(SECOND)
      await expect(port.publish({ run: SECOND, keep: 0, asCopy: false })).rejects.toThrow(/cannot be read/)
      await sql(`CREATE DATABASE ${name}_20261120_030003`)
      await expect(port.create(THIRD, NOTHING)).rejects.toThrow(/did not make/)
      await port.drop(THIRD)
      expect(await sql('SELECT 1', `${name}_20261120_030003`)).toHaveLength(1)
    })
  })

  it('cannot be built by an account without CREATEDB, nor over a database of somebody else', async () => {
    await withGenerations(version, '', async ({ port }) => {
      expect(await port.ability()).toMatchObject({
        rebuild: false,
        findings: [{ name: 'no-createdb', severity: 'warning' }],
      })
    })
    await withGenerations(version, 'CREATEDB', async ({ port, name, sql }) => {
      await sql(`CREATE DATABASE ${name}`)
      expect(await port.ability()).toMatchObject({ rebuild: false, findings: [{ name: 'database-of-other-owner' }] })
    })
  })

  it('have the locale of the published one, whatever is configured, and its extensions', async () => {
    await withGenerations(version, 'CREATEDB', async ({ name, account, sql, build }) => {
      const builtin = version === 18 ? [`LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C'`] : []
      const locales = [`LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'`, `LOCALE_PROVIDER icu ICU_LOCALE 'de-u-kn'`, ...builtin]
      for (const [index, locale] of locales.entries()) {
        await sql(`CREATE DATABASE ${name} OWNER ${account} TEMPLATE template0 ${locale}`)
        await sql('CREATE SCHEMA things; CREATE EXTENSION pg_trgm SCHEMA things', name)
        const made = await build(night(index + 1), { ...NOTHING, locale: 'C.UTF-8' })
        const facts = async (database: string): Promise<unknown[]> => [
          ...(await sql(
            `SELECT to_jsonb(d) - '{oid,datname,datacl,datfrozenxid,datminmxid}'::text[] AS d FROM pg_database d WHERE datname = '${database}'`,
          )),
          ...(await sql(
            'SELECT extname, extversion, extnamespace::regnamespace::text FROM pg_extension ORDER BY 1',
            database,
          )),
        ]
        expect(await facts(made)).toEqual(await facts(name))
        expect(await facts(made)).toHaveLength(3)
        await sql(`DROP DATABASE ${name}`)
      }
    })
  })

  it('that are held fast when they are too many stay, open, and go the next time', async () => {
    await withGenerations(version, 'CREATEDB', async ({ port, name, account, sql, build, url }) => {
      await sql(`GRANT pg_signal_backend TO ${account}`)
      for (const run of [FIRST, SECOND, THIRD]) await build(run)
      for (const run of [FIRST, SECOND]) await port.publish({ run, keep: 1, asCopy: false })
      const superuser = new pg.Client({ connectionString: url(`${name}_20261120_030001`) })
      await superuser.connect()
      try {
        expect((await port.publish({ run: THIRD, keep: 0, asCopy: false })).dropped).toEqual([SECOND])
        await expect(port.drop(FIRST)).rejects.toMatchObject({ kind: 'target-privilege' })
        expect((await superuser.query('SELECT count(*)::int AS n FROM account')).rows).toEqual([{ n: 200 }])
        expect(await sql('SELECT 1', `${name}_20261120_030001`)).toHaveLength(1)
      } finally {
        await superuser.end()
      }
      expect((await port.publish({ run: THIRD, keep: 0, asCopy: false })).dropped).toEqual([FIRST])
    })
  })

  it('give copies, so many of a name as are wanted, and none where they are published themselves', async () => {
    await withGenerations(version, 'CREATEDB', async ({ port, name, sql, build }) => {
      await build(FIRST)
      await port.publish({ run: FIRST, keep: 2, asCopy: false })
      await expect(port.copy(FIRST, 'ci', 1)).rejects.toMatchObject({
        details: { remedy: expect.stringContaining('copies:') as string },
      })
      await build(SECOND)
      // What was published itself keeps its name of before; the copy that is published belongs to the new one.
      expect(await port.publish({ run: SECOND, keep: 2, asCopy: true })).toMatchObject({
        previous: { run: FIRST, database: `${name}_20261120_030001` },
      })
      expect(await port.locate(SECOND)).toBe(`${name}_20261120_030002`)
      await port.copy(FIRST, 'ci', 2)
      await port.copy(SECOND, 'ci', 2)
      const databases = async (): Promise<string[]> => (await port.copies()).map((one) => `${one.database} ${one.run}`)
      expect(await databases()).toEqual([
        `${name} ${SECOND}`,
        `${name}_ci ${SECOND}`,
        `${name}_ci_20261120_030001 ${FIRST}`,
      ])
      await port.copy(SECOND, 'ci', 2)
      expect(await databases()).toHaveLength(3)
      await build(THIRD)
      await port.copy(THIRD, 'ci', 1)
      expect(await databases()).toEqual([`${name} ${SECOND}`, `${name}_ci ${THIRD}`])
      await expect(port.copy(THIRD, 'CI', 1)).rejects.toThrow(/cannot be called/)
      await sql(`CREATE DATABASE ${name}_dev`)
      await expect(port.copy(THIRD, 'dev', 1)).rejects.toThrow(/did not make/)
      expect(await port.publish({ run: FIRST, keep: 2, asCopy: true })).toMatchObject({
        previous: { run: SECOND, database: `${name}_20261120_030002` },
      })
      expect(await databases()).toEqual([`${name} ${FIRST}`, `${name}_ci ${THIRD}`])
      await port.drop(THIRD)
      expect(await databases()).toEqual([`${name} ${FIRST}`, `${name}_ci ${THIRD}`])
      expect(await port.dropCopy('ci')).toBe(true)
    })
  })

  it('carry the mark of their run through every name, and it is read strictly', () => {
    const mark: Mark = {
      ...{ is: 'copy', migration: 'shop', published: 'shop', run: FIRST, into: { name: 'shop', over: '17', keep: 1 } },
      ...{ name: null, made: '2026-11-20T03:00:00.000Z', gone: false },
    }
    expect(parseMark(spellMark(mark))).toEqual(mark)
    expect(parseMark(null)).toBeNull()
    expect(parseMark('the shop')).toBeNull()
    const broken = [{ is: 'other' }, { run: 'x' }, { gone: 'no' }, { into: {} }, { migration: '' }, { made: null }]
    for (const one of broken) expect(parseMark(spellMark({ ...mark, ...one } as Mark))).toBe('unreadable')
    for (const text of ['nightferry/2 {}', 'nightferry/1 ', 'nightferry/1 {', 'nightferry/1 null'])
      expect(parseMark(text)).toBe('unreadable')
  })

  it('do not fit where the server says so, and say so where it does not tell', async () => {
    await withGenerations(version, null, async ({ port }) => {
      const small = await port.space({ bytes: 1_000_000, databases: 2 })
      expect(small.free).toBeGreaterThan(0)
      expect(small.need).toBeGreaterThanOrEqual(2_000_000)
      const large = await port.space({ bytes: 1e15, databases: 2 })
      expect(large.findings).toMatchObject([{ name: 'free-space-short', severity: 'blocking' }])
      expect(large.findings[0]!.message).toMatch(/20000\d\d\.\d GB \(1000000\.0 GB for each of 2/)
    })
    await withGenerations(version, 'CREATEDB', async ({ port }) => {
      const unknown = await port.space({ bytes: 1_000_000, databases: 2 })
      expect(unknown).toMatchObject({ free: null, findings: [{ name: 'free-space-unknown', severity: 'info' }] })
    })
  })
})

const onlyAs = (url: string): Promise<unknown> => onPostgres(url, 'SELECT 1')
