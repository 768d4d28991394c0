import { describe, expect, it } from 'vitest'
import { BOUNDS } from '../../core/compare/surplus.js'
import type { Ports } from '../../core/ports.js'
import { numbers, repairAll, repairOf, runAll, verifyAll } from '../support/repair.js'
import { mysqlUrl, onMysql } from '../support/servers.js'
import { withSite, type SiteUnderTest } from '../support/site.js'

const small = { limits: { parallelism: 2, chunkBytes: 2000 } }

const SHOP = `
  create table customer (id int auto_increment primary key, name varchar(40) not null, updated_at datetime not null,
    unique key customer_name (name));
  create table orders (id int auto_increment primary key, customer_id int, total decimal(10, 2), key (total),
    foreign key (customer_id) references customer (id) on delete cascade);
  create table visit (page varchar(20), n int);
  insert into customer ${numbers(200)} select n, concat('name ', n), '2026-01-01 10:00:00' from s;
  insert into orders ${numbers(600)} select n, 1 + n % 200, n / 4 from s;
  insert into visit ${numbers(90)} select concat('p', n % 3), n % 9 from s`

/** What an application adds: it must see nothing of a repair. */
const TRIGGERS = `
  create table touched (what text);
  create function touch() returns trigger language plpgsql as
    $$ begin insert into public.touched values (tg_op); new.updated_at := now(); return new; end $$;
  create function gone() returns trigger language plpgsql as
    $$ begin insert into public.touched values (tg_op); return old; end $$;
  create trigger touch before insert or update on customer for each row execute function touch();
  create trigger gone after delete on customer for each row execute function gone();
  create trigger always after delete on customer for each row execute function gone();
  alter table customer enable always trigger always;
  create trigger off after delete on customer for each row execute function gone();
  alter table customer disable trigger off`

/** Which transaction wrote each row, and where it lies: a row that nobody touched has both as before. */
const rowsOf = async (site: SiteUnderTest, name: string): Promise<Map<unknown, unknown>> => {
  const rows = await site.postgres(`select id, xmin::text || ' ' || ctid::text as version from ${name}`)
  return new Map(rows.map(({ id, version }) => [id, version]))
}

const touchedBetween = (before: Map<unknown, unknown>, after: Map<unknown, unknown>): unknown[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((id) => before.get(id) !== after.get(id)).sort(numerically)

const numerically = (a: unknown, b: unknown): number => Number(a) - Number(b)

describe('a repair', () => {
  it('mends every kind of fault, and nothing else: no child, no trigger, no row beside them', () =>
    withSite(SHOP, async (site) => {
      await runAll(site, small)
      const [customers, orders] = [await rowsOf(site, 'customer'), await rowsOf(site, 'orders')]
      await site.postgres(`
        set session_replication_role = replica;
        update customer set name = 'Name 5' where id = 5;
        update customer set name = 'aside' where id = 8;
        update customer set name = 'name 8' where id = 7;
        update customer set name = 'name 7' where id = 8;
        delete from customer where id = 100;
        insert into customer values (999, 'extra', now());
        update orders set total = null where id = 300;
        delete from visit where ctid = (select ctid from visit where page = 'p1' limit 1);
        insert into visit select * from visit where page = 'p2' limit 1`)
      await site.postgres(TRIGGERS)
      expect(await verifyAll(site)).toHaveLength(8)
      const { mended, proved } = await repairAll(site, repairOf(site, 3))
      expect(mended.map(({ table, deleted, inserted }) => [table, deleted, inserted])).toEqual([
        ['customer', 4, 4],
        ['orders', 1, 1],
        ['visit', 1, 1],
      ])
      expect(proved).toMatchObject({ unclean: 0, differences: 0 })
      expect(await verifyAll(site, 4, { withSource: true })).toEqual([])
      expect(touchedBetween(customers, await rowsOf(site, 'customer'))).toEqual([5, 7, 8, 100])
      expect(touchedBetween(orders, await rowsOf(site, 'orders'))).toEqual([300])
      expect(await site.postgres('select * from touched')).toEqual([])
      expect(
        await site.postgres(`select tgname as n, tgenabled as e from pg_trigger
        where tgrelid = 'customer'::regclass and not tgisinternal order by 1`),
      ).toEqual([
        { n: 'always', e: 'A' },
        { n: 'gone', e: 'O' },
        { n: 'off', e: 'D' },
        { n: 'touch', e: 'O' },
      ])
      const { proved: again, mended: nothing } = await repairAll(site, repairOf(site, 5))
      expect([nothing, again.unclean]).toEqual([[], 0])
    }))

  it('fills an emptied table, and empties one that should have no rows', () =>
    withSite(`${SHOP}; create table nothing (id int primary key)`, async (site) => {
      await runAll(site, small)
      await site.postgres(`truncate visit; insert into nothing select generate_series(1, 3000);
        set session_replication_role = replica; delete from orders`)
      const found = await verifyAll(site)
      expect(found).toHaveLength(600 + 3000 + 9)
      const { mended, proved } = await repairAll(site, repairOf(site, 3))
      expect(mended.map(({ table, deleted, inserted }) => [table, deleted, inserted])).toEqual([
        ['nothing', 3000, 0],
        ['orders', 0, 600],
        ['visit', 0, 90],
      ])
      expect(proved).toMatchObject({ unclean: 0, differences: 0 })
    }))

  it('takes away as many copies of one line as are too many, and more than it may hold ids of', () =>
    withSite(SHOP, async (site) => {
      await runAll(site, small)
      const more = BOUNDS.ids + 20_000
      await site.postgres(`delete from visit where page = 'p2'; insert into visit values ('p7', 7);
        insert into visit select 'p1', 1 from generate_series(1, ${more})`)
      await verifyAll(site)
      const { mended, proved } = await repairAll(site, repairOf(site, 3))
      expect(mended).toMatchObject([{ table: 'visit', deleted: more + 1, inserted: 30 }])
      expect(proved).toMatchObject({ unclean: 0, differences: 0 })
      expect(await verifyAll(site, 4, { withSource: true })).toEqual([])
      expect(await site.postgres('select count(*)::int as n from visit')).toEqual([{ n: 90 }])
    }))

  it('brings what the source holds now, and the ledger knows what that is', () =>
    withSite(SHOP, async (site) => {
      await runAll(site, small)
      await site.mysql(`update orders set total = 7 where id = 10; delete from visit where page = 'p1' limit 1`)
      await site.postgres(`update orders set total = 8 where id = 10; insert into visit values ('p9', 9)`)
      await verifyAll(site)
      expect(await repairAll(site, repairOf(site, 3))).toMatchObject({ proved: { unclean: 0, differences: 0 } })
      expect(await verifyAll(site, 4, { withSource: true })).toEqual([])
      expect(await site.postgres('select total::text from orders where id = 10')).toEqual([{ total: '7.00' }])
      const { ledger } = await site.ports.target('to', null)
      const { tables } = await ledger.report(site.ref.run)
      expect(tables.map(({ rowsLoaded, rowsCounted }) => [rowsLoaded, rowsCounted])).toEqual([
        ...[
          [200, 200],
          [600, 600],
        ],
        [89, 89],
      ])
    }))

  it('asked twice mends once', () =>
    withSite(SHOP, async (site) => {
      await runAll(site, small)
      await site.postgres(`update orders set total = 8 where id = 10; insert into visit values ('p9', 9)`)
      await verifyAll(site)
      const { data, ref, attempt } = site
      const request = repairOf(site, 3)
      const { tables } = await attempt(() => data.planRepair({ ref, request }))
      const mend = () =>
        Promise.all(tables.map((t) => attempt(() => data.repairTable({ ref, proof: request.proof, mend: t }))))
      const first = await mend()
      const after = await rowsOf(site, 'orders')
      await site.postgres(`update orders set total = 9 where id = 10`)
      expect(await attempt(() => data.planRepair({ ref, request }))).toEqual({ tables })
      expect(await mend()).toEqual(first)
      expect(touchedBetween(after, await rowsOf(site, 'orders'))).toEqual([10])
    }))

  it('that is cancelled leaves the table as it was', () => {
    let reading = (): void => {}
    const begun = new Promise<void>((resolve) => (reading = resolve))
    let slow = false
    const change = (ports: Ports): Ports => ({
      ...ports,
      target: async (...where) => {
        const target = await ports.target(...where)
        const repair: typeof target.repair = async (...args) => {
          const open = await target.repair(...args)
          const commit: typeof open.commit = async (digests) => {
            reading()
            // The cancellation comes while the transaction waits for its end.
            if (slow) await new Promise<void>((resolve) => args[3].addEventListener('abort', () => resolve()))
            return await open.commit(digests)
          }
          return Object.assign(Object.create(open) as typeof open, {
            ...{ done: open.done, commit, abandon: () => open.abandon() },
            ...{ read: open.read.bind(open), deleteRows: open.deleteRows.bind(open) },
            insertRows: open.insertRows.bind(open),
          })
        }
        return { ...target, repair }
      },
    })
    return withSite(
      SHOP,
      async (site) => {
        await runAll(site, small)
        await site.postgres(`update orders set total = 8 where id = 10`)
        const found = await verifyAll(site)
        const { data, ref, attempt } = site
        const request = repairOf(site, 3)
        const [mend] = (await attempt(() => data.planRepair({ ref, request }))).tables
        slow = true
        const step = () => data.repairTable({ ref, proof: request.proof, mend: mend! })
        await expect(attempt(step, { cancelAfter: begun })).rejects.toThrow('cancelled')
        slow = false
        expect(await verifyAll(site, 4)).toEqual(found)
        expect(await attempt(step)).toMatchObject({ deleted: 1, inserted: 1 })
        expect(await verifyAll(site, 5)).toEqual([])
        expect(await site.postgres(`select relname from pg_class where relname ~ '^mend_'`)).toEqual([])
      },
      change,
    )
  })

  it('mends the schema: an invalid index, a constraint that is not validated, a counter behind', () =>
    withSite(SHOP, async (site) => {
      await runAll(site)
      await site.postgres(`
        update pg_index set indisvalid = false where indexrelid = (select min(indexrelid) from pg_index
          where indrelid = 'orders'::regclass and not indisprimary);
        update pg_constraint set convalidated = false where conrelid = 'orders'::regclass and contype = 'f';
        select setval(pg_get_serial_sequence('orders', 'id'), 5)`)
      const { ledger } = await site.ports.target('to', null)
      const { plan } = await ledger.version(1)
      const target = await site.ports.target('to', null)
      expect((await target.compareSchema(plan)).filter(({ mendable }) => mendable)).toHaveLength(3)
      const { schema } = await repairAll(site, repairOf(site, 2))
      expect(schema).toEqual({ mended: 3, failures: [] })
      expect((await target.compareSchema(plan)).filter(({ mendable }) => mendable)).toEqual([])
      expect(await site.postgres('insert into orders (customer_id) values (1) returning id > 600 as ok')).toEqual([
        { ok: true },
      ])
    }))

  it('leaves no foreign key that calls itself valid and is not, and validates it once its parent is mended', () =>
    withSite(SHOP, async (site) => {
      await runAll(site, small)
      await site.postgres(`set session_replication_role = replica;
        delete from customer where id = 50; delete from orders where customer_id = 50`)
      await verifyAll(site)
      const valid = async () =>
        (
          await site.postgres(
            `select convalidated as v from pg_constraint where conrelid = 'orders'::regclass and contype = 'f'`,
          )
        )[0]?.['v']
      const { data, ref, attempt } = site
      const request = repairOf(site, 3)
      const { tables } = await attempt(() => data.planRepair({ ref, request }))
      const repair = (name: string) =>
        attempt(() => data.repairTable({ ref, proof: request.proof, mend: tables.find((t) => t.name === name)! }))
      await repair('orders')
      expect(await valid()).toBe(false)
      await repair('customer')
      expect(await attempt(() => data.mendSchema({ ref, tables: null }))).toEqual({ mended: 1, failures: [] })
      expect(await valid()).toBe(true)
    }))
})

const KEYS = (uuid: string): string => `
  create table by_text (code varchar(40) collate utf8mb4_general_ci primary key, n int);
  insert into by_text ${numbers(2000)} select concat(elt(1 + n % 4, 'Größe ', 'naïve ', '🚢 ', 'plain '), n,
    elt(1 + n % 3, '', ' ', 'É')), n from s;
  create table by_uuid (id ${uuid} primary key, n int);
  insert into by_uuid ${numbers(500)} select concat(lpad(hex(n * 7919 % 65536), 8, '0'), '-0000-4000-8000-', lpad(hex(n), 12, '0')), n from s;
  create table by_both (a int not null, b varbinary(8) not null, c decimal(6, 2) not null, n int,
    primary key (a, b desc, c));
  insert into by_both ${numbers(900)} select n % 10 - 5, unhex(lpad(hex(n), 4, '0')), -n / 4, n from s;
  create table by_prefix (a varchar(10) not null, d datetime(6) not null, n int, primary key (d, a));
  insert into by_prefix ${numbers(300)} select concat('k', n), '2026-01-01' + interval n microsecond, n from s`

describe('keys of every kind', () => {
  it('are compared exactly, and their rows are mended', async () => {
    const [{ v }] = (await onMysql(mysqlUrl(), 'select version() as v')) as [{ v: string }]
    await withSite(KEYS(v.includes('MariaDB') ? 'uuid' : 'char(36)'), async (site) => {
      await runAll(site, small)
      await site.postgres(`
        update by_text set code = 'grösse 1000' where code = 'Größe 1000 ';
        update by_text set code = 'naïve 1É ' where code = 'naïve 1 ';
        update by_text set n = 0 where code like '🚢 2%É' and n = 2;
        delete from by_uuid where n = 17; update by_uuid set n = n + 1 where n = 400;
        delete from by_both where n in (1, 900); update by_both set n = 0 where n = 450;
        insert into by_both values (-5, '\\x00', 1, 1), (4, '\\xff', 0, 2), (100, '\\x01', 1, 3);
        update by_prefix set a = 'K7' where a = 'k7'`)
      const found = await verifyAll(site)
      expect(found.map((one) => one.replace(/(id)=[0-9a-f-]+/i, '$1=(uuid)')).sort()).toEqual(
        [
          ...['missing by_text code=Größe 1000 ', 'extra by_text code=grösse 1000'],
          ...['missing by_text code=naïve 1 ', 'extra by_text code=naïve 1É ', 'changed by_text code=🚢 2É: n 2 -> 0'],
          ...['missing by_uuid id=(uuid)', 'changed by_uuid id=(uuid): n 400 -> 401'],
          ...['missing by_both a=-4, b=\\x0001, c=-0.25', 'missing by_both a=-5, b=\\x0384, c=-225.00'],
          ...['extra by_both a=-5, b=\\x00, c=1.00', 'extra by_both a=4, b=\\xff, c=0.00'],
          ...['extra by_both a=100, b=\\x01, c=1.00', 'changed by_both a=-5, b=\\x01c2, c=-112.50: n 450 -> 0'],
          ...[
            'missing by_prefix d=2026-01-01 00:00:00.000007, a=k7',
            'extra by_prefix d=2026-01-01 00:00:00.000007, a=K7',
          ],
        ].sort(),
      )
      expect(await repairAll(site, repairOf(site, 3))).toMatchObject({ proved: { unclean: 0, differences: 0 } })
      expect(await verifyAll(site, 4, { withSource: true })).toEqual([])
    })
  })
})
