import { describe, expect, test } from 'vitest'
import { copied, plannedTable, throughPostgres } from '../support/mysql-copy.js'
import { VALUE_CASES, type ValueCase } from '../support/mysql-values.js'
import { mysqlUrl, onMysql, postgresUrl, withMysqlDatabase } from '../support/servers.js'

const version = String((await onMysql(mysqlUrl(), 'select version() as version'))[0]?.['version'])
const [major = 0, minor = 0] = version.split('.').map(Number)
const isMariaDb = version.includes('MariaDB')
const has = { mariadb: isMariaDb, vector: isMariaDb ? major > 11 || (major === 11 && minor >= 7) : major >= 9 }
const cases = VALUE_CASES.filter(({ only }) => only === undefined || has[only])

/** Every value once, and a NULL, in a table of its own. */
async function fill(url: string, { mysql, values }: ValueCase): Promise<void> {
  const rows = [...values, 'NULL'].map((value, i) => `(${i}, ${value})`)
  const statements = []
  for (let at = 0; at < rows.length; at += 50)
    statements.push(`insert into v values ${rows.slice(at, at + 50).join(', ')}`)
  const nullable = mysql.endsWith('null') ? '' : ' null'
  await onMysql(
    url,
    `set sql_mode = ''; create table v (id int primary key, v ${mysql}${nullable}); ${statements.join('; ')}`,
  )
}

describe('what is written for every encoding is what PostgreSQL prints', () => {
  test.each(cases)('$name', async (value) => {
    await withMysqlDatabase(async (_, url) => {
      await fill(url, value)
      const table = plannedTable('v', { id: { as: 'integer' }, v: value.encoding })
      const { text, counts } = await copied(url, table)
      expect(counts).toEqual({ rows: value.values.length + 1, bytes: text.length, zeroDates: {} })
      for (const major of [15, 18] as const) {
        const printed = await throughPostgres(postgresUrl(undefined, major), ['int', value.postgres], text)
        expect(text.toString().split('\n')).toEqual(printed.toString().split('\n'))
      }
    }, 'copy_canonical')
  })
})
