import mysql from 'mysql2/promise'
import { describe, expect, it } from 'vitest'
import { openMysqlSource } from '../../databases/mysql/adapter.js'
import { onMysql, mysqlUrl, uniqueName, withMysqlDatabase } from '../support/servers.js'

const never = (): AbortSignal => new AbortController().signal

/** As an account that may see this database and nothing else. */
const withFacts = (use: (ask: () => ReturnType<ReturnType<typeof openMysqlSource>['facts']>) => Promise<void>) =>
  withMysqlDatabase(async (name, url) => {
    const user = uniqueName('facts').slice(0, 32)
    await onMysql(url, `create user ${user}@'%' identified by 'x'; grant select on ${name}.* to ${user}@'%'`)
    const address = new URL(url)
    address.username = user
    address.password = 'x'
    const source = openMysqlSource(address.href, 'shop-mysql')
    try {
      await use(() => source.facts(never()))
    } finally {
      await source.close()
      await onMysql(url, `drop user ${user}@'%'`)
    }
  })

/** As the session's own clock tells moments of UTC. */
async function seasonsOf(session: mysql.Connection): Promise<number[]> {
  const [rows] = await session.query(
    [1, 7]
      .map(
        (month) =>
          `select timestampdiff(second, '1970-01-01', from_unixtime(${startOf(month)})) - ${startOf(month)} as shift`,
      )
      .join(' union all '),
  )
  return (rows as { shift: number }[]).map(({ shift }) => shift)
}

const startOf = (month: number): number => Date.UTC(new Date().getUTCFullYear(), month - 1, 1) / 1000

describe('what a source says of itself, to an account that may read one database', () => {
  it('its product, how many may come and how many came', () =>
    withFacts(async (ask) => {
      const [row] = await onMysql(mysqlUrl(), 'select @@max_connections as most')
      const mostUsed = async () => {
        const [used] = await onMysql(mysqlUrl(), `show global status like 'Max_used_connections'`)
        return Number(used!['Value'])
      }
      const before = await mostUsed()
      const facts = await ask()
      expect(facts.product).toMatch(/^(MariaDB|MySQL) \d+\.\d+\.\d+$/)
      expect(facts.maxConnections).toBe(Number(row!['most']))
      expect(facts.mostUsed).toBeGreaterThanOrEqual(before)
      expect(facts.mostUsed).toBeLessThanOrEqual(await mostUsed())
    }))

  it('the offset that sessions of others begin with: ours are pinned to UTC', () =>
    withFacts(async (ask) => {
      const other = await mysql.createConnection(mysqlUrl())
      const [rows] = await other.query('select timestampdiff(second, utc_timestamp(), now()) as shift')
      expect((await ask()).utcOffsetSeconds).toBe((rows as { shift: number }[])[0]!.shift)
      expect((await ask()).seasonOffsets).toEqual(await seasonsOf(other))
      await other.end()
    }))
})
