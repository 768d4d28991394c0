import { describe, expect, it } from 'vitest'
import type { Ports } from '../../core/ports.js'
import { numbers, runAll, verifyAll } from '../support/repair.js'
import { withSite } from '../support/site.js'

/** Ranges of some rows each, and a table in buckets beside them. */
const small = { limits: { parallelism: 2, chunkBytes: 2000 } }

const SHOP = `
  create table item (id bigint primary key, name varchar(40), note varchar(40), price decimal(10, 2) not null);
  insert into item ${numbers(400)} select n - 100, concat('name ', n), if(n % 7 = 0, null, ''), n / 4 from s;
  create table visit (at datetime(3) not null, page varchar(20));
  insert into visit ${numbers(100)} select '2026-01-01 10:00:00.250' + interval n % 20 second, concat('p', n % 3) from s`

const FAULTS: readonly { what: string; sql: string; names: readonly string[] }[] = [
  {
    what: 'one changed byte',
    sql: `update item set name = 'namE 117' where id = 17`,
    names: ['changed item id=17: name name 117 -> namE 117'],
  },
  { what: 'a missing row', sql: 'delete from item where id = -99', names: ['missing item id=-99'] },
  { what: 'an extra row', sql: `insert into item values (99999, 'new', null, 1)`, names: ['extra item id=99999'] },
  {
    what: 'two columns swapped in one row',
    sql: 'update item set name = note, note = name where id = 1',
    names: ['changed item id=1: name name 101 -> , note  -> name 101'],
  },
  {
    what: 'the values of two rows swapped',
    sql: `update item set name = case id when 10 then 'name 120' else 'name 110' end where id in (10, 20)`,
    names: ['changed item id=10: name name 110 -> name 120', 'changed item id=20: name name 120 -> name 110'],
  },
  {
    what: 'NULL against an empty text, both ways',
    sql: "update item set note = case when note is null then '' end where id in (5, 6)",
    names: ['changed item id=5: note NULL -> ', 'changed item id=6: note  -> NULL'],
  },
  {
    what: 'a number that is equal and not the same',
    sql: 'update item set price = price + 0.01 where id = 0',
    names: ['changed item id=0: price 25.00 -> 25.01'],
  },
  {
    what: 'a duplicate in a table without a key, where another row vanished',
    sql: `delete from visit where ctid = (select ctid from visit where page = 'p1' limit 1);
      insert into visit select * from visit where page = 'p2' limit 1`,
    names: ['missing visit row (hash)', 'extra visit row (hash)'],
  },
]

describe('a row that differs', () => {
  it.each(FAULTS)('is named: $what', ({ sql, names }) =>
    withSite(SHOP, async (site) => {
      await runAll(site, small)
      await site.postgres(sql)
      const found = await verifyAll(site)
      expect(found.map((one) => one.replace(/row [0-9a-f]{16}$/, 'row (hash)')).sort()).toEqual([...names].sort())
    }),
  )

  it('is named once, however often its proof is judged', () =>
    withSite(SHOP, async (site) => {
      await runAll(site, small)
      await site.postgres(`update item set name = 'x' where id % 50 = 0; delete from visit where page = 'p0'`)
      const first = await verifyAll(site)
      expect(first.filter((one) => one.startsWith('changed item'))).toHaveLength(8)
      expect(await verifyAll(site)).toEqual(first)
    }))

  it('is one in a source that lives only when it is seen twice', async () => {
    const copies = new Map<string, number>()
    let goBack = async (): Promise<unknown> => null
    // A range is copied for its load, its S1, a first look and a second one; before that the row is what it was.
    const watched = (ports: Ports): Ports => ({
      ...ports,
      source: async (connection) => {
        const source = await ports.source(connection)
        const copy: typeof source.copy = async (table, range, sink, options) => {
          const id = JSON.stringify([table.source, range])
          copies.set(id, (copies.get(id) ?? 0) + 1)
          if (copies.get(id) === 4) await goBack()
          return await source.copy(table, range, sink, options)
        }
        return Object.assign(Object.create(source) as typeof source, { copy })
      },
    })
    await withSite(
      SHOP,
      async (site) => {
        await runAll(site, small)
        await site.mysql(`update item set name = 'moving' where id = 10; update item set name = 'moved' where id = 11`)
        goBack = () => site.mysql(`update item set name = 'name 110' where id = 10`)
        expect(await verifyAll(site, 2, { withSource: true })).toEqual(['changed item id=11: name moved -> name 111'])
      },
      watched,
    )
  })
})
