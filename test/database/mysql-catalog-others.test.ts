import { describe, expect, it } from 'vitest'
import { withSource } from '../support/source.js'

describe('the catalog', () => {
  it('lists what is no table with its original text', async () => {
    const make = `CREATE TABLE t (id int PRIMARY KEY, v int);
      CREATE VIEW v AS SELECT id FROM t;
      CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.v = 1;
      CREATE PROCEDURE pr(IN a int) SELECT a;
      CREATE FUNCTION fn(a int) RETURNS int DETERMINISTIC RETURN a + 1;
      CREATE EVENT ev ON SCHEDULE EVERY 1 DAY DO DELETE FROM t`
    await withSource(make, async ({ source }) => {
      const { tables, others } = await source.catalog()
      expect(tables.map((table) => table.name)).toEqual(['t'])
      expect(others.map(({ kind, name, table }) => `${kind} ${name}${table ? ` of ${table}` : ''}`)).toEqual([
        'view v',
        'trigger tr of t',
        'routine fn',
        'routine pr',
        'event ev',
      ])
      for (const other of others) expect(other.definition, other.name).toMatch(/^CREATE /)
    })
  })

  it('takes MariaDB’s versioned tables as tables without their past, and its sequences as sequences', async () => {
    const make = (isMariaDb: boolean): string =>
      isMariaDb
        ? `CREATE SEQUENCE sq START WITH 5;
           CREATE TABLE implicit (id int PRIMARY KEY, x int) WITH SYSTEM VERSIONING;
           CREATE TABLE explicit (id int PRIMARY KEY, x int, rs timestamp(6) GENERATED ALWAYS AS ROW START,
             re timestamp(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (rs, re)) WITH SYSTEM VERSIONING`
        : ''
    await withSource(make, async ({ source, isMariaDb }) => {
      const { tables, others } = await source.catalog()
      expect(others.map(({ kind, name, definition }) => `${kind} ${name} ${definition.slice(0, 15)}`)).toEqual(
        isMariaDb ? ['sequence sq CREATE SEQUENCE'] : [],
      )
      const brief = tables.map(({ name, columns, indexes, extras }) => ({
        name,
        columns: columns.map((column) => column.name),
        keys: indexes.map((index) => index.columns.map((part) => part.column)),
        extras: extras.map(({ kind, definition }) => `${kind} ${definition.endsWith('WITH SYSTEM VERSIONING')}`),
      }))
      const versioned = (name: string) => ({ name, columns: ['id', 'x'], keys: [['id']], extras: ['table true'] })
      expect(brief).toEqual(isMariaDb ? [versioned('explicit'), versioned('implicit')] : [])
    })
  })

  it('takes as many questions for many tables as for one', async () => {
    const tables = Array.from(
      { length: 150 },
      (_, i) => `CREATE TABLE t${i} (id int PRIMARY KEY, a int, KEY (a))`,
    ).join(';')
    await withSource(tables, async ({ source }) => {
      const started = performance.now()
      expect((await source.catalog()).tables).toHaveLength(150)
      // 0.1 s here; one question for each table would take ten times as long.
      expect(performance.now() - started).toBeLessThan(3000)
    })
  })

  it('spells names as the source does, whatever they hold', async () => {
    const make = 'CREATE TABLE `a``b ü"\'\\\\` (`c``d e` int PRIMARY KEY, KEY `k``1` (`c``d e`))'
    await withSource(make, async ({ source }) => {
      const [table] = (await source.catalog()).tables
      expect(table).toMatchObject({
        name: 'a`b ü"\'\\\\',
        columns: [{ name: 'c`d e' }],
        indexes: [{ name: 'PRIMARY' }, { name: 'k`1' }],
      })
    })
  })
})
