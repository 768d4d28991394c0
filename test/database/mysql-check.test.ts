import { describe, expect, it } from 'vitest'
import type { Finding } from '../../core/finding.js'
import { openMysqlSource } from '../../databases/mysql/adapter.js'
import { mysqlUrl, onMysql, uniqueName } from '../support/servers.js'
import { withSource } from '../support/source.js'

const ALL: { include: readonly string[]; exclude: readonly string[] } = { include: ['*'], exclude: [] }

/** What check says to an account with just these rights. */
async function findings(
  database: string,
  grants: readonly string[],
  tables = ALL,
  read: 'snapshot' | 'best-effort' | null = 'best-effort',
): Promise<Finding[]> {
  const account = uniqueName('c').slice(0, 16)
  const hosts = ['localhost', '127.0.0.1', '%'].map((host) => `'${account}'@'${host}'`)
  await onMysql(
    mysqlUrl(),
    hosts
      .map((who) => [`CREATE USER ${who} IDENTIFIED BY 'x'`, ...grants.map((grant) => `${grant} TO ${who}`)].join(';'))
      .join(';'),
  )
  const source = openMysqlSource(`mysql://${account}:x@${new URL(mysqlUrl()).host}/${database}`, 'test-mysql')
  try {
    return (await source.check(tables, read)).filter((finding) => !finding.name.startsWith('source-version'))
  } finally {
    await source.close()
    await onMysql(mysqlUrl(), hosts.map((who) => `DROP USER ${who}`).join(';'))
  }
}

const MAKE = 'CREATE TABLE a (id int PRIMARY KEY, x int); CREATE TABLE b (id int); CREATE TABLE c (id int)'

describe('the check of a MySQL source', () => {
  it('finds nothing where the account may see and read all', async () => {
    await withSource(MAKE, async ({ source, database }) => {
      expect((await source.check(ALL)).filter((finding) => finding.severity !== 'info')).toEqual([])
      const grants = [`GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, EXECUTE ON ${database}.*`]
      expect(await findings(database, grants)).toEqual([])
      expect(
        await findings(database, [grants[0]!.replace(database, `\`${database.replaceAll('_', '\\_')}\``)]),
      ).toEqual([])
    })
  })

  it('tells what an account with only SELECT does not see, and which grant helps', async () => {
    await withSource(MAKE, async ({ database }) => {
      const [finding, ...more] = await findings(database, [`GRANT SELECT ON ${database}.*`])
      expect(more).toEqual([])
      expect(finding).toMatchObject({ name: 'account-sees-some-objects', severity: 'info' })
      expect(finding?.message).toMatch(/text of views, triggers, events, procedures/)
      expect(finding?.remedy).toContain(`GRANT SHOW VIEW, TRIGGER, EVENT, EXECUTE ON \`${database}\`.*`)
    })
  })

  it('warns that an account with rights on single tables sees no others, and blocks those it cannot read', async () => {
    await withSource(MAKE, async ({ database }) => {
      const grants = [
        `GRANT SELECT ON ${database}.b`,
        `GRANT SELECT (id), INSERT ON ${database}.a`,
        `GRANT SELECT (id) ON ${database}.c`,
      ]
      const found = await findings(database, grants)
      expect(
        found.map(({ severity, name, subject }) => `${severity} ${name} ${subject.startsWith('c_') ? '' : subject}`),
      ).toEqual([
        'warning account-sees-some-tables ',
        'blocking table-not-readable a',
        'blocking table-not-readable c',
        'info account-sees-some-objects ',
      ])
      const excluded = await findings(database, grants, { include: ['*'], exclude: ['a', '/^c$/'] })
      expect(excluded.filter((finding) => finding.severity === 'blocking')).toEqual([])
    })
  })

  it('counts rights that come by a role', async () => {
    await withSource(MAKE, async ({ database, isMariaDb }) => {
      const role = uniqueName('r').slice(0, 16)
      await onMysql(
        mysqlUrl(),
        `CREATE ROLE ${role}; GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, EXECUTE ON ${database}.* TO ${role}`,
      )
      const account = uniqueName('d').slice(0, 16)
      const hosts = ['localhost', '127.0.0.1', '%'].map((host) => `'${account}'@'${host}'`)
      const use = (who: string) =>
        isMariaDb ? `SET DEFAULT ROLE ${role} FOR ${who}` : `SET DEFAULT ROLE ${role} TO ${who}`
      await onMysql(
        mysqlUrl(),
        hosts.map((who) => `CREATE USER ${who} IDENTIFIED BY 'x'; GRANT ${role} TO ${who}; ${use(who)}`).join(';'),
      )
      const source = openMysqlSource(`mysql://${account}:x@${new URL(mysqlUrl()).host}/${database}`, 'test-mysql')
      try {
        expect((await source.check(ALL)).filter((finding) => !finding.name.startsWith('source-version'))).toEqual([])
      } finally {
        await source.close()
        await onMysql(mysqlUrl(), `${hosts.map((who) => `DROP USER ${who}`).join(';')}; DROP ROLE ${role}`)
      }
    })
  })

  it('leaves a table that cannot be opened to the plan, which gets it from the catalog', async () => {
    const make = `CREATE TABLE base (a int) ENGINE = MyISAM; CREATE TABLE merged (a int) ENGINE = MERGE UNION = (base); DROP TABLE base; CREATE TABLE fine (a int)`
    await withSource(make, async ({ source }) => {
      const { tables, others } = await source.catalog()
      expect(tables.map((table) => table.name)).toEqual(['fine'])
      expect(others).toMatchObject([
        { kind: 'table', name: 'merged', definition: expect.stringMatching(/./) as unknown },
      ])
    })
  })

  it('refuses a config that asks for a snapshot which the account cannot have, and warns where none is asked for', async () => {
    await withSource(MAKE, async ({ database, isMariaDb }) => {
      const all = `GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, EXECUTE ON ${database}.*`
      const asked = async (grants: readonly string[], read: 'snapshot' | 'best-effort' | null) =>
        (await findings(database, grants, ALL, read)).map(({ name, severity }) => `${severity} ${name}`)
      expect(await asked([all], 'snapshot')).toEqual(['blocking account-may-not-lock'])
      expect(await asked([all], null)).toEqual(['warning account-may-not-lock'])
      expect(await asked([all], 'best-effort')).toEqual([])
      expect(await asked([all, `GRANT LOCK TABLES ON ${database}.*`], 'snapshot')).toEqual([
        'warning account-sees-no-processes',
      ])
      // Of these only MySQL's lock waits for what the account does not see.
      expect(await asked([all, 'GRANT RELOAD ON *.*'], 'snapshot')).toEqual([
        `${isMariaDb ? 'info' : 'warning'} account-sees-no-processes`,
      ])
      // Whoever may read performance_schema sees statements there.
      expect(await asked([all, 'GRANT RELOAD, SELECT ON *.*'], 'snapshot')).toEqual(
        isMariaDb ? ['info account-sees-no-processes'] : [],
      )
      expect(await asked([all, 'GRANT RELOAD, PROCESS ON *.*'], 'snapshot')).toEqual([])
    })
  })
})
