import { expect, test } from 'vitest'
import { openMysqlSource } from '../../databases/mysql/adapter.js'
import { mysql9Url, onMysql, uniqueName } from '../support/servers.js'

test('a database of MySQL 9 that is READ ONLY takes no writes, while others of its server do', async () => {
  const [fenced, free] = [uniqueName('fenced'), uniqueName('free')]
  const sources = [fenced, free].map((name) => openMysqlSource(mysql9Url(name), name))
  const areReadOnly = async (): Promise<(boolean | null)[]> =>
    await Promise.all(sources.map(async (source) => await source.readOnly(AbortSignal.timeout(10_000))))
  await onMysql(mysql9Url(), `create database ${fenced}; create database ${free}`)
  try {
    expect(await areReadOnly()).toEqual([false, false])
    await onMysql(mysql9Url(), `alter database ${fenced} read only = 1`)
    expect(await areReadOnly()).toEqual([true, false])
    await onMysql(mysql9Url(), `alter database ${fenced} read only = 0`)
    expect(await areReadOnly()).toEqual([false, false])
  } finally {
    await Promise.all(sources.map(async (source) => await source.close()))
    await onMysql(mysql9Url(), `alter database ${fenced} read only = 0; drop database ${fenced}; drop database ${free}`)
  }
})
