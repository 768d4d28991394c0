import { describe, expect, it } from 'vitest'
import { tableNamed, withSource } from '../support/source.js'

describe('the catalog', () => {
  it('lists indexes in the order of their columns, with prefix, direction, method and comment', async () => {
    const make = `CREATE TABLE t (
      b int NOT NULL, a varchar(20) NOT NULL, x text, p point NOT NULL,
      PRIMARY KEY (b, a), UNIQUE KEY u (a, b), KEY px (x(10), a DESC) COMMENT 'idx com''ment', FULLTEXT KEY ft (x, a), SPATIAL KEY sp (p)) ENGINE = InnoDB`
    await withSource(make, async ({ source }) => {
      const { indexes } = tableNamed(await source.catalog(), 't')
      const brief = indexes.map(
        (index) =>
          `${index.name} ${index.method}${index.unique ? ' unique' : ''}${index.primary ? ' primary' : ''}: ${index.columns
            .map((c) => `${c.column}${c.prefix === null ? '' : `(${c.prefix})`}${c.descending ? ' desc' : ''}`)
            .join(', ')}`,
      )
      expect(brief).toEqual([
        'PRIMARY btree unique primary: b, a',
        'ft fulltext: x, a',
        'px btree: x(10), a desc',
        'sp spatial: p',
        'u btree unique: a, b',
      ])
      expect(indexes.find((index) => index.name === 'px')?.comment).toBe("idx com'ment")
    })
  })

  it('lists functional and hidden indexes', async () => {
    const make = (isMariaDb: boolean): string =>
      isMariaDb
        ? 'CREATE TABLE t (a int, b varchar(9), KEY hidden (a) IGNORED)'
        : "CREATE TABLE t (a int, b varchar(9), KEY hidden (a) INVISIBLE, KEY fx ((concat(b, 'x''y')), a DESC))"
    await withSource(make, async ({ source, isMariaDb }) => {
      const { indexes } = tableNamed(await source.catalog(), 't')
      expect(indexes.find((index) => index.name === 'hidden')?.columns).toMatchObject([{ column: 'a' }])
      if (isMariaDb) return
      expect(indexes.find((index) => index.name === 'fx')?.columns).toEqual([
        { column: null, expression: "concat(`b`,_utf8mb4'x\\'y')", prefix: null, descending: false },
        { column: 'a', expression: null, prefix: null, descending: true },
      ])
    })
  })

  it('lists foreign keys with their rules, also across databases', async () => {
    const make = `CREATE TABLE parent (a int, b int, PRIMARY KEY (b, a));
      CREATE TABLE child (id int PRIMARY KEY, x int, y int, self int,
        CONSTRAINT both_ways FOREIGN KEY (y, x) REFERENCES parent (b, a) ON DELETE CASCADE ON UPDATE SET NULL,
        CONSTRAINT own FOREIGN KEY (self) REFERENCES child (id) ON DELETE RESTRICT)`
    await withSource(make, async ({ source, sql, database }) => {
      await withSource('CREATE TABLE far (id int PRIMARY KEY)', async (other) => {
        await sql(
          `CREATE TABLE near (id int, CONSTRAINT away FOREIGN KEY (id) REFERENCES ${other.database}.far (id) ON UPDATE CASCADE)`,
        )
        const catalog = await source.catalog()
        expect(tableNamed(catalog, 'child').foreignKeys).toEqual([
          {
            name: 'both_ways',
            columns: ['y', 'x'],
            referencedDatabase: database,
            referencedTable: 'parent',
            referencedColumns: ['b', 'a'],
            onUpdate: 'SET NULL',
            onDelete: 'CASCADE',
          },
          expect.objectContaining({ name: 'own', columns: ['self'], referencedTable: 'child', onDelete: 'RESTRICT' }),
        ])
        expect(tableNamed(catalog, 'near').foreignKeys).toMatchObject([
          { name: 'away', referencedDatabase: other.database, referencedTable: 'far', onUpdate: 'CASCADE' },
        ])
        await sql('DROP TABLE near')
      })
    })
  })

  it('keeps what a table has beside columns and keys, with its text', async () => {
    const make = `CREATE TABLE t (id int NOT NULL, d date NOT NULL, CONSTRAINT positive CHECK (id > 0), PRIMARY KEY (id, d)) COMMENT 'tab ''ü'''
      PARTITION BY RANGE (to_days(d)) (PARTITION p0 VALUES LESS THAN (737790), PARTITION p1 VALUES LESS THAN MAXVALUE)`
    await withSource(make, async ({ source }) => {
      const table = tableNamed(await source.catalog(), 't')
      expect(table.comment).toBe("tab 'ü'")
      const [check, partitioning] = table.extras
      expect(check).toEqual({ kind: 'check', name: 'positive', table: 't', definition: 'CHECK (`id` > 0)' })
      expect(partitioning?.kind).toBe('partitioning')
      expect(partitioning?.definition).toMatch(/^PARTITION BY RANGE \(to_days\(`d`\)\)[^]*MAXVALUE[^]*\)$/)
    })
  })
})
