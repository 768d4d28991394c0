import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMysqlSource } from '../../databases/mysql/adapter.js'
import { ownFolder } from '../../scripts/servers/folder.js'
import { startMysql } from '../../scripts/servers/mysql.js'
import { onMysql } from '../support/servers.js'

/** On a server of its own: what is blocked here is blocked for everybody. */
const { folder, remove } = ownFolder('read-only')
let server: Awaited<ReturnType<typeof startMysql>>

beforeAll(async () => {
  server = await startMysql({ folder, report: () => {}, settings: ['--innodb-buffer-pool-size=64M'] })
  await onMysql(
    server.url,
    `create database shop; create user reader@'%' identified by 'x'; grant select on shop.* to reader@'%'`,
  )
})

afterAll(async () => {
  await server?.stop()
  remove()
})

async function isReadOnly(account = 'root'): Promise<boolean | null> {
  const url = new URL(`${server.url}/shop`)
  url.username = account
  if (account !== 'root') url.password = 'x'
  const source = openMysqlSource(url.href, 'shop-mysql')
  try {
    return await source.readOnly(AbortSignal.timeout(10_000))
  } finally {
    await source.close()
  }
}

describe('a source', () => {
  it.each(['root', 'reader'])('takes writes until its server is read_only, as %s sees it', async (account) => {
    expect(await isReadOnly(account)).toBe(false)
    await onMysql(server.url, 'set global read_only = 1')
    try {
      expect(await isReadOnly(account)).toBe(true)
    } finally {
      await onMysql(server.url, 'set global read_only = 0')
    }
    expect(await isReadOnly(account)).toBe(false)
  })

  it('that is a replica is read_only as replicas are, which is no fence', async () => {
    const [row] = await onMysql(server.url, 'select version() as version')
    const [follow, forget] = String(row?.['version']).includes('MariaDB')
      ? [`change master to master_host = '127.0.0.1', master_port = 1, master_user = 'nobody'`, 'reset slave all']
      : [`change replication source to source_host = '127.0.0.1', source_user = 'nobody'`, 'reset replica all']
    await onMysql(server.url, `set global read_only = 1; ${follow}`)
    try {
      expect(await isReadOnly()).toBe(false)
    } finally {
      await onMysql(server.url, `${forget}; set global read_only = 0`)
    }
  })
})
