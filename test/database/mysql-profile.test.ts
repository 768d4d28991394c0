import { describe, expect, it } from 'vitest'
import type { ProfileQuestion } from '../../core/plan/types.js'
import { onMysql } from '../support/servers.js'
import { tableNamed, planned, withSource } from '../support/source.js'

const ask = (column: string, question: ProfileQuestion['ask'], table = 't'): ProfileQuestion => ({
  table,
  column,
  ask: question,
})
const never = new AbortController().signal

describe('the profile', () => {
  it('answers from the data what a cast must know, in the order of the questions', async () => {
    const make = `CREATE TABLE t (id bigint unsigned PRIMARY KEY, flag tinyint(1), odd tinyint(1) zerofill, void tinyint(1), at time(3), late time, KEY (late));
      INSERT INTO t VALUES (1, 0, 0, NULL, '00:00:00', '10:00:00'), (18446744073709551615, 1, 7, NULL, '23:59:59.999', '-838:59:59'), (3, NULL, 1, NULL, '00:00:01', '100:00:00');
      CREATE TABLE vacant (id bigint unsigned)`
    await withSource(make, async ({ source }) => {
      const questions = [
        ask('late', 'within-a-day'),
        ask('flag', 'boolean'),
        ask('id', 'fits-bigint', 'vacant'),
        ask('odd', 'boolean'),
        ask('void', 'boolean'),
        ask('id', 'fits-bigint'),
        ask('at', 'within-a-day'),
      ]
      const answers = await source.profile(questions, never)
      expect(answers.map(({ table, column, smallest, largest }) => [table, column, smallest, largest])).toEqual([
        ['t', 'late', '-838:59:59', '100:00:00'],
        ['t', 'flag', '0', '1'],
        ['vacant', 'id', null, null],
        ['t', 'odd', '0', '7'],
        ['t', 'void', null, null],
        ['t', 'id', '1', '18446744073709551615'],
        ['t', 'at', '00:00:00.000', '23:59:59.999'],
      ])
      expect(await source.profile([], never)).toEqual([])
    })
  })

  it('of a big table, read in ranges, sees its every row', async () => {
    const digits =
      '(SELECT 0 d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)'
    const make = `CREATE TABLE t (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, n tinyint(1), at time);
      INSERT INTO t (n, at) SELECT a.d % 2, '01:00:00' FROM ${digits} a, ${digits} b, ${digits} c, ${digits} d, ${digits} e, (SELECT 0 d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4) f;
      UPDATE t SET n = 9, at = '-00:00:01' WHERE id = 1; INSERT INTO t VALUES (2000000, -9, '99:00:00'); ANALYZE TABLE t`
    await withSource(make, async ({ source }) => {
      const { profile } = source
      const answers = await profile([ask('n', 'boolean'), ask('at', 'within-a-day')], never)
      expect(answers.map(({ smallest, largest }) => [smallest, largest])).toEqual([
        ['-9', '9'],
        ['-00:00:01', '99:00:00'],
      ])
    })
  })

  it('says so when a table or column has gone, and stops within a second when it is cancelled', async () => {
    await withSource(
      'CREATE TABLE t (id int PRIMARY KEY, n tinyint(1)); INSERT INTO t VALUES (1, 1)',
      async ({ source, sql, url }) => {
        await expect(source.profile([ask('gone', 'boolean')], never)).rejects.toMatchObject({
          kind: 'schema-changed',
          details: { table: 't' },
        })
        await expect(source.profile([ask('n', 'boolean', 'gone')], never)).rejects.toMatchObject({
          kind: 'schema-changed',
        })
        // A lock on the table stands for a scan that takes long.
        await sql('SELECT 1')
        const blocked = onMysql(url, 'LOCK TABLES t WRITE; SELECT SLEEP(3); UNLOCK TABLES')
        const started = performance.now()
        await expect(source.profile([ask('n', 'boolean')], AbortSignal.timeout(500))).rejects.toThrow(/timeout/)
        expect(performance.now() - started).toBeLessThan(1500)
        await blocked
      },
    )
  })
})

describe('a row', () => {
  it('is named by all columns of its key, as a person reads them', async () => {
    const make = `CREATE TABLE t (region varchar(9) NOT NULL, id int unsigned zerofill NOT NULL, code binary(2) NOT NULL, note text, PRIMARY KEY (region, id, code));
      INSERT INTO t VALUES ('eu', 1, X'00FF', ''), ('eu', 2, X'0102', ''), ('süd', 1, 'ab', '');
      CREATE TABLE prefixed (a int NOT NULL, b text NOT NULL, PRIMARY KEY (a, b(9))); INSERT INTO prefixed VALUES (1, 'x'), (1, 'y');
      CREATE TABLE keyless (a int)`
    await withSource(make, async ({ source }) => {
      const catalog = await source.catalog()
      const named = (name: string, n: number, from: string[] | null = null) =>
        source.nameRow(planned(tableNamed(catalog, name)), { from, to: null }, n)
      expect(await named('t', 0)).toBe("region='eu', id=0000000001, code=0x00FF")
      expect(await named('t', 2)).toBe("region='süd', id=0000000001, code=0x6162")
      expect(await named('prefixed', 1)).toBe("a=1, b='y'")
      expect(await named('t', 99)).toMatch(/^row 100 of a range/)
      expect(await named('keyless', 11)).toBe('row 12 of a table without a key')
    })
  })

  it('has a counter that is read as it is now', async () => {
    await withSource(
      'CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY); CREATE TABLE plain (id int)',
      async ({ source, sql }) => {
        const catalog = await source.catalog()
        const [table, plain] = ['t', 'plain'].map((name) => planned(tableNamed(catalog, name)))
        expect([await source.nextIdentity(table!), await source.nextIdentity(plain!)]).toEqual(['1', null])
        await sql('INSERT INTO t VALUES (NULL), (41); DELETE FROM t')
        expect(await source.nextIdentity(table!)).toBe('42')
      },
    )
  })
})
