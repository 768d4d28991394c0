import { describe, expect, it } from 'vitest'
import type { Finding } from '../../core/finding.js'
import { openPostgresTarget } from '../../databases/postgres/adapter.js'
import { withProxy } from '../support/pg-proxy.js'
import { onPostgres, postgresUrl, uniqueName, withPostgresDatabase } from '../support/servers.js'
import { begin, column, id, planOf, table, withTarget } from '../support/target.js'

const film = planOf([
  table('film', [id(), column('state', 'public.film_state')], {
    identity: { column: 'id', next: '1' },
    enums: [{ name: 'film_state', labels: ['new', 'old'] }],
  }),
])

const brief = (findings: readonly Finding[]): string[] =>
  findings.map((finding) => `${finding.severity} ${finding.name} ${finding.subject}`)

describe.each([15, 18] as const)('check of PostgreSQL %i', (version) => {
  it('finds nothing wrong with an empty database, nor with our own', async () => {
    await withTarget(async (target) => {
      expect(await target.check('shop', 'public')).toEqual([])
      expect(await target.check('shop', 'not_yet_there')).toEqual([])
      await begin(target, film)
      expect(await target.check('shop', 'public')).toEqual([])
    }, version)
  })

  it('refuses a target with tables that are not ours, and names the first few', async () => {
    await withTarget(async (target, sql) => {
      await sql('create schema app; create table app.a (); create table app.b (); create view app.v as select 1 as one')
      const [finding, ...more] = await target.check('shop', 'public')
      expect(more).toEqual([])
      expect(finding).toMatchObject({ name: 'target-not-empty', severity: 'blocking' })
      expect(finding!.message).toContain('2 tables that Nightferry did not make: app.a, app.b')
    }, version)
  })

  it('leaves other tables beside ours alone, and says so', async () => {
    await withTarget(async (target, sql) => {
      await begin(target, film)
      await sql('create table notes (x int)')
      expect(brief(await target.check('shop', 'public'))).toEqual(['warning other-tables shop-postgres'])
    }, version)
  })

  it('refuses the mark of another migration, and a schema of our name that is not ours', async () => {
    await withTarget(async (target) => {
      await target.ledger.open('shop')
      expect(brief(await target.check('other', 'public'))).toEqual(['blocking target-of-other-migration shop-postgres'])
    }, version)
    await withTarget(async (target, sql) => {
      await sql('create schema nightferry; create table nightferry.x ()')
      expect(brief(await target.check('shop', 'public'))).toEqual(['blocking foreign-ledger-schema shop-postgres'])
    }, version)
  })

  it('names everything that others hung on our tables, and nothing of ours', async () => {
    await withTarget(async (target, sql) => {
      await begin(target, film)
      const stop = new AbortController().signal
      await sql('alter table film add primary key (id), add check (id > 0); create index on film (state)')
      await target.vacuum(film, film.tables[0]!, stop)
      await sql(`
        create schema theirs;
        create view theirs.films as select id from film;
        create materialized view theirs.counted as select count(*) from film;
        create table theirs.copy (film_id bigint references film, state film_state, nr bigint default nextval('film_id_seq'));
        create function theirs.name_of(film) returns text language sql as 'select 1::text';
        create view theirs.second as select * from theirs.films;
        create table theirs.child () inherits (film);
        create domain theirs.state as film_state;
        create function theirs.trigger() returns trigger language plpgsql as 'begin return new; end';
        create trigger harmless before insert on film for each row execute function theirs.trigger()`)
      const found = (await target.check('shop', 'public')).filter((finding) => finding.severity === 'blocking')
      expect(
        found.map(
          (finding) => `${finding.name}: ${/^The (.*) is not ours/.exec(finding.message)?.[1]} on ${finding.subject}`,
        ),
      ).toEqual([
        'foreign-key-on-table: table constraint copy_film_id_fkey on theirs.copy on public.film',
        'foreign-object-on-table: default value for theirs.copy.nr on public.film_id_seq',
        'foreign-object-on-table: table theirs.child on public.film',
        'foreign-object-on-table: table column theirs.child.state on public.film_state',
        'foreign-object-on-table: table column theirs.copy.state on public.film_state',
        'foreign-view-on-table: materialized view theirs.counted on public.film',
        'foreign-view-on-table: view theirs.films on public.film',
        'foreign-function-on-table: function theirs.name_of(public.film) on public.film',
        'foreign-object-on-table: type theirs.state on public.film_state',
      ])
    }, version)
  })

  it('refuses a table of ours that somebody put under a parent: its rows are theirs, and no DROP would ask', async () => {
    await withTarget(async (target, sql) => {
      await begin(target, film)
      await sql(`
        create schema theirs;
        create table theirs.base (id bigint not null);
        alter table film inherit theirs.base`)
      const [child, ...others] = await target.check('shop', 'public')
      expect(brief([child!, ...others])).toEqual(['blocking table-under-foreign-parent public.film'])
      expect(child!.remedy).toContain('ALTER TABLE public.film NO INHERIT theirs.base.')
      await sql(`
        alter table film no inherit theirs.base;
        create table theirs.parts (id bigint not null, state film_state) partition by list (id);
        alter table film alter id drop identity;
        alter table theirs.parts attach partition film for values in (1)`)
      const found = await target.check('shop', 'public')
      const part = found.find((finding) => finding.name === 'table-under-foreign-parent')
      expect(part?.remedy).toContain('ALTER TABLE theirs.parts DETACH PARTITION public.film.')
    }, version)
  })

  it('wants UTF8, privileges, ownership and a primary that takes writes', async () => {
    const name = uniqueName('latin')
    const role = uniqueName('role')
    const admin = postgresUrl(undefined, version)
    await onPostgres(admin, `create database ${name} encoding 'LATIN1' locale 'C' template template0`)
    await onPostgres(admin, `create role ${role} login`)
    const as = new URL(postgresUrl(name, version))
    as.username = role
    const target = openPostgresTarget(as.href, 'shop-postgres', null)
    try {
      await onPostgres(postgresUrl(name, version), 'revoke create on schema public from public')
      await onPostgres(admin, `alter role ${role} set default_transaction_read_only = on`)
      expect(brief(await target.check('shop', 'public'))).toEqual([
        'blocking target-is-read-only shop-postgres',
        'blocking encoding-not-utf8 shop-postgres',
        'blocking no-create-on-database shop-postgres',
        'blocking no-create-on-schema shop-postgres',
      ])
    } finally {
      await target.close()
      await onPostgres(admin, `drop database ${name} with (force)`)
      await onPostgres(admin, `drop role ${role}`)
    }
  })

  it('says which account cannot make the database, and which cannot drop what another made', async () => {
    const role = uniqueName('role')
    await onPostgres(postgresUrl(undefined, version), `create role ${role} login connection limit 5`)
    try {
      await withPostgresDatabase(async (name, url) => {
        const as = new URL(url)
        as.username = role
        await withOpened(as.href, 'no_such_database', async (target) => {
          expect(brief(await target.check('shop', 'public'))).toEqual([
            'warning few-connections shop-postgres',
            'blocking database-missing shop-postgres',
          ])
          await expect(target.ensureDatabase()).rejects.toMatchObject({ kind: 'target-privilege' })
        })
        await withOpened(url, null, (target) => begin(target, film))
        await onPostgres(
          url,
          `grant all on database ${name} to ${role}; grant usage on schema nightferry to ${role};
          grant all on schema public to ${role}; grant select on all tables in schema nightferry to ${role}`,
        )
        await withOpened(as.href, null, async (target) => {
          expect(brief(await target.check('shop', 'public'))).toEqual([
            'warning few-connections shop-postgres',
            'blocking table-of-other-owner public.film',
            'blocking table-of-other-owner public.film_state',
          ])
        })
      }, version)
    } finally {
      await onPostgres(postgresUrl(undefined, version), `drop role ${role}`)
    }
  })

  it('refuses a pooler in every mode, by the process id that it makes up', async () => {
    await withProxy(postgresUrl(undefined, version), { tls: false, pooler: true }, async (port) => {
      await withOpened(`postgresql://postgres@127.0.0.1:${port}/postgres`, null, async (target) => {
        expect(brief(await target.check('shop', 'public'))).toEqual(['blocking pooler-in-between shop-postgres'])
        await expect(target.ensureDatabase()).rejects.toMatchObject({ kind: 'refused', message: /PgBouncer/ })
      })
    })
  })
})

async function withOpened(
  url: string,
  database: string | null,
  use: (target: ReturnType<typeof openPostgresTarget>) => Promise<void>,
): Promise<void> {
  const target = openPostgresTarget(url, 'shop-postgres', database)
  try {
    await use(target)
  } finally {
    await target.close()
  }
}
