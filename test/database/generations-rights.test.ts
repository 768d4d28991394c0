import { describe, expect, it } from 'vitest'
import { readContents } from '../../databases/postgres/generations/objects.js'
import { readRights } from '../../databases/postgres/generations/rights.js'
import pg from 'pg'
import { night, NOTHING, withGenerations, type Nightly } from '../support/generations.js'
import { onPostgres } from '../support/servers.js'

const [FIRST, SECOND] = [night(1), night(2)] as const

/** All that the catalogues say of who may do what in the published database, by names. */
async function catalogues({ url, name }: Nightly): Promise<Record<string, unknown[]>> {
  const rows = async (sql: string): Promise<unknown[]> => await onPostgres(url(name), sql)
  return {
    database: await rows(
      `SELECT pg_get_userbyid(datdba) AS owner, datconnlimit, pg_encoding_to_char(encoding), datcollate, datctype,
         ARRAY(SELECT unnest(datacl)::text ORDER BY 1) AS acl FROM pg_database WHERE datname = current_database()`,
    ),
    settings: await rows(
      `SELECT setrole::regrole::text, ARRAY(SELECT unnest(setconfig) ORDER BY 1) AS config FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
       WHERE d.datname = current_database() ORDER BY 1`,
    ),
    relations: await rows(
      `SELECT c.oid::regclass::text, relkind, pg_get_userbyid(relowner) AS owner,
         ARRAY(SELECT unnest(coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner)))::text ORDER BY 1) AS acl
       FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
       WHERE n.nspname IN ('public', 'extra') AND relkind IN ('r', 'S') ORDER BY 1`,
    ),
    columns: await rows(
      `SELECT attrelid::regclass::text, attname, ARRAY(SELECT unnest(attacl)::text ORDER BY 1) AS acl
       FROM pg_attribute WHERE attacl IS NOT NULL AND attrelid > 16383 ORDER BY 1, 2`,
    ),
    schemas: await rows(
      `SELECT nspname, pg_get_userbyid(nspowner) AS owner, ARRAY(SELECT unnest(nspacl)::text ORDER BY 1) AS acl
       FROM pg_namespace WHERE nspname = 'public' ORDER BY 1`,
    ),
    defaults: await rows(
      `SELECT defaclrole::regrole::text, defaclnamespace::regnamespace::text, defaclobjtype,
         ARRAY(SELECT unnest(defaclacl)::text ORDER BY 1) AS acl FROM pg_default_acl ORDER BY 1, 2, 3`,
    ),
    extensions: await rows(
      'SELECT extname, extversion, nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = extnamespace ORDER BY 1',
    ),
  }
}

const CASES = [
  [15, null],
  [18, null],
  [15, 'CREATEDB'],
  [18, 'CREATEDB'],
] as const

describe.each(CASES)('owner, grants, settings and default privileges on PostgreSQL %i (%s)', (version, attributes) => {
  it('are the same after a publish and after a way back, and as configured after the first', async () => {
    await withGenerations(version, attributes, async (nightly) => {
      const { port, name, account, sql, build } = nightly
      const [owner, reader, writer, extra] = [
        await nightly.role('NOLOGIN'),
        await nightly.role(),
        await nightly.role(),
        await nightly.role(),
      ] as const
      if (attributes !== null) await sql(`GRANT ${owner} TO ${account}; GRANT pg_signal_backend TO ${account}`)
      const first = {
        owner,
        locale: 'C.UTF-8',
        grants: [
          `REVOKE CONNECT ON DATABASE :"database" FROM PUBLIC; GRANT CONNECT ON DATABASE :"database" TO ${reader}, ${writer}`,
          `GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${reader};
           ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO ${reader}`,
        ],
      }
      await build(FIRST, first)
      await expect(onPostgres(nightly.url(`${name}_20261120_030001`, reader), 'SELECT 1')).rejects.toThrow(/permission/)
      await port.publish({ run: FIRST, keep: 1, asCopy: false })
      const begun = await catalogues(nightly)
      expect(begun['database']).toMatchObject([{ owner, datcollate: 'C.UTF-8' }])
      expect(await onPostgres(nightly.url(name, reader), 'SELECT count(*)::int AS n FROM account')).toEqual([
        { n: 200 },
      ])
      await expect(onPostgres(nightly.url(name, extra), 'SELECT 1')).rejects.toThrow(/permission denied for database/)

      // What people did since.
      await sql(
        `ALTER DATABASE ${name} SET work_mem TO '7MB'; ALTER DATABASE ${name} SET search_path TO public, "Odd, one";
         ALTER DATABASE ${name} SET app.greeting TO 'it''s, "here"'; ALTER DATABASE ${name} CONNECTION LIMIT 50`,
      )
      await sql(`ALTER ROLE ${reader} IN DATABASE ${name} SET statement_timeout TO '9s'`)
      if (attributes !== null) await sql(`ALTER ROLE ${reader} IN DATABASE ${name} RESET ALL`)
      await nightly.as(
        `GRANT UPDATE, INSERT ON public.account TO ${writer} WITH GRANT OPTION;
         GRANT SELECT (id), UPDATE (amount) ON public.entry TO ${extra};
         GRANT USAGE ON SEQUENCE public.entry_id_seq TO ${writer};
         REVOKE SELECT ON public.entry FROM ${reader}; REVOKE ALL ON SCHEMA public FROM PUBLIC;
         GRANT USAGE ON SCHEMA public TO ${reader}, ${writer}, ${extra};
         ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO ${writer};
         ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC`,
        name,
      )
      if (attributes === null)
        await sql(
          `ALTER TABLE public.entry OWNER TO ${owner}; SET ROLE ${writer}; GRANT UPDATE ON public.account TO ${extra}`,
          name,
        )
      await nightly.as('CREATE EXTENSION pg_trgm', name)
      const before = await catalogues(nightly)
      expect(before).not.toEqual(begun)
      for (const found of Object.values(before)) expect(found.length).toBeGreaterThan(0)

      if (attributes !== null) await sql(`GRANT SET ON PARAMETER app.greeting TO ${account}`)
      const second = await port.create(SECOND, first)
      await nightly.as(`CREATE TABLE public.tonight (id int)`, second)
      await build(SECOND, first)
      await port.publish({ run: SECOND, keep: 1, asCopy: false })
      const after = await catalogues(nightly)
      const tonight = cut(after)
      expect(tonight).toMatchObject({ oid: 'tonight', owner: account })
      expect(JSON.stringify(tonight)).toContain(`${reader}=r/`)
      expect(after).toEqual(before)

      await sql(`GRANT DELETE ON public.account TO ${extra}; ALTER DATABASE ${name} RESET work_mem`, name)
      const last = await catalogues(nightly)
      cut(last)
      await port.publish({ run: FIRST, keep: 1, asCopy: false })
      expect(await catalogues(nightly)).toEqual(last)
    })
  })

  it('are those of the published one for a published copy, and of its forerunner for a named one', async () => {
    await withGenerations(version, attributes, async (nightly) => {
      const { port, name, sql, build } = nightly
      const reader = await nightly.role()
      await build(FIRST)
      await port.publish({ run: FIRST, keep: 1, asCopy: true })
      const grant = `REVOKE ALL ON DATABASE ${name} FROM PUBLIC; GRANT CONNECT ON DATABASE ${name} TO ${reader}; ALTER DATABASE ${name} SET work_mem TO '9MB'`
      await sql(grant)
      await port.copy(FIRST, 'ci', 1)
      await sql(`ALTER DATABASE ${name}_ci SET work_mem TO '11MB'`)
      const rights = async (database: string): Promise<unknown> => {
        const client = new pg.Client({ connectionString: nightly.url(database) })
        await client.connect()
        try {
          const session = {
            rows: async (text: string, values: readonly unknown[] = []) => (await client.query(text, [...values])).rows,
            run: async () => {},
          }
          const [{ oid }] = (await session.rows(
            'SELECT oid::text FROM pg_database WHERE datname = current_database()',
          )) as [{ oid: string }]
          return { rights: await readRights(session as never, oid), contents: await readContents(session as never) }
        } finally {
          await client.end()
        }
      }
      const before = [await rights(name), await rights(`${name}_ci`)]
      await build(SECOND)
      await port.publish({ run: SECOND, keep: 1, asCopy: true })
      await port.copy(SECOND, 'ci', 1)
      expect([await rights(name), await rights(`${name}_ci`)]).toEqual(before)
      expect(JSON.stringify(before[1])).toContain('11MB')
      // The generation itself stays closed to everybody else.
      await expect(onPostgres(nightly.url(`${name}_20261120_030002`, reader), 'SELECT 1')).rejects.toThrow(/permission/)
    })
  })
})

describe.each([15, 18] as const)('rights that a plain account may not give on PostgreSQL %i', (version) => {
  it('that somebody passed on are given by the owner, where the account cannot act as that person', async () => {
    await withGenerations(version, 'CREATEDB', async (nightly) => {
      const { port, name, account, sql, build } = nightly
      const [middle, last] = [await nightly.role(), await nightly.role()]
      await build(FIRST)
      await port.publish({ run: FIRST, keep: 1, asCopy: false })
      await nightly.as(`GRANT SELECT ON public.account TO ${middle} WITH GRANT OPTION`, name)
      await onPostgres(nightly.url(name, middle), `GRANT SELECT ON public.account TO ${last}`)
      const acl = async (): Promise<unknown> =>
        (await sql(`SELECT relacl::text AS acl FROM pg_class WHERE relname = 'account'`, name))[0]!['acl']
      expect(await acl()).toContain(`${last}=r/${middle}`)
      await build(SECOND)
      await port.publish({ run: SECOND, keep: 1, asCopy: false })
      expect(await acl()).toContain(`${middle}=r*/${account}`)
      expect(await acl()).toContain(`${last}=r/${account}`)
    })
  })

  it('that cannot be given are said when the generation is made, with what would help', async () => {
    await withGenerations(version, 'CREATEDB', async ({ port, name, account, sql, build }) => {
      await build(FIRST)
      await port.publish({ run: FIRST, keep: 1, asCopy: false })
      await sql(`ALTER DATABASE ${name} SET log_min_duration_statement TO '1s'`)
      for (const attempt of [1, 2])
        await expect(port.create(SECOND, NOTHING), `attempt ${attempt}`).rejects.toMatchObject({
          kind: 'target-privilege',
          message: expect.not.stringContaining('1s') as string,
          details: {
            remedy: expect.stringContaining(
              `GRANT SET ON PARAMETER "log_min_duration_statement" TO "${account}"`,
            ) as string,
          },
        })
      await sql(`GRANT SET ON PARAMETER log_min_duration_statement TO ${account}`)
      expect(await port.create(SECOND, NOTHING)).toBe(`${name}_20261120_030002`)
    })
  })
})

/** What only the second night has. */
function cut(found: Record<string, unknown[]>): unknown {
  const relations = found['relations'] as { oid: string }[]
  return relations.splice(
    relations.findIndex(({ oid }) => oid === 'tonight'),
    1,
  )[0]
}
