import { expect, test } from 'vitest'
import { witnessedColumns } from '../../core/plan/witnessed.js'
import { VALUE_CASES } from '../support/mysql-values.js'
import { BY_ID, plannedTable } from '../support/mysql-copy.js'
import { planOf } from '../support/target.js'
import { hasVector, inSource, inTarget, isMariaDb, withCopied } from '../support/witnessed.js'

const CASES = VALUE_CASES.filter(({ only }) => (only === undefined ? true : only === 'mariadb' ? isMariaDb : hasVector))

test.each(CASES)('the witness takes every value of $name for equal, and sees one that is another', async (one) => {
  const { mysql, postgres, encoding, values } = one
  const rows = [...values, 'NULL'].map((value, i) => `(${i}, ${value})`)
  const statements = `create table t (id int primary key, v ${mysql} ${mysql.endsWith(' null') ? '' : 'null'}) character set utf8mb4; ${inserts(rows)}`
  const base = plannedTable('t', { id: { as: 'integer' }, v: encoding }, BY_ID)
  const columns = base.columns.map((c, i) => {
    const cast = { ...c.cast, from: i === 0 ? 'int' : mysql, to: i === 0 ? 'integer' : postgres }
    return { ...c, notNull: i === 0, cast }
  })
  const plan = planOf([{ ...base, columns }])
  await withCopied(
    statements,
    () => Promise.resolve(plan),
    async (copied) => {
      const table = plan.tables[0]!
      expect(witnessedColumns(table)).toHaveLength(2)
      const right = await inSource(copied, table)
      expect(await inTarget(copied, table)).toEqual(right)
      for (const other of [
        '(select b.v from t b where b.v is distinct from t.v order by b.id desc limit 1)',
        '(select b.v from t b where b.v is distinct from t.v and b.v is not null order by b.id limit 1)',
      ]) {
        await copied.postgres(`create table kept as select * from t; update t set v = ${other} where id = 1`)
        expect(await inTarget(copied, table)).not.toEqual(right)
        await copied.postgres('update t set v = kept.v from kept where kept.id = t.id and t.id = 1; drop table kept')
        expect(await inTarget(copied, table)).toEqual(right)
      }
    },
  )
})

const inserts = (rows: readonly string[]): string => {
  const statements = []
  for (let i = 0; i < rows.length; i += 500)
    statements.push(`insert into t values ${rows.slice(i, i + 500).join(', ')}`)
  return statements.join('; ')
}
