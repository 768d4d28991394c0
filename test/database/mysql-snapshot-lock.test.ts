import { describe, expect, it } from 'vitest'
import { asAccount, failureOf, longestWaits, never, request, rowsOf, withPerson } from '../support/snapshot.js'
import { withSource } from '../support/source.js'
import { waitUntil } from '../support/wait.js'

const ACCOUNTS = `CREATE TABLE account (id int PRIMARY KEY, v int) ENGINE=InnoDB;
  INSERT INTO account VALUES (1, 100), (2, 100), (5, 100);
  CREATE TABLE other (id int PRIMARY KEY) ENGINE=InnoDB; INSERT INTO other VALUES (1), (2);`

const LONG = 'SELECT COUNT(*), SLEEP(4) FROM account WHERE id = 1'

/** The seconds for which somebody has been at `LONG`; null: nobody is. */
const LONG_SINCE = `SELECT MAX(time) AS t FROM information_schema.processlist
  WHERE db = DATABASE() AND info LIKE '%SLEEP(4)%' AND info NOT LIKE '%processlist%'`

describe('the lock of a snapshot', () => {
  it.each([1, 0])(
    'is not waited for behind a query that has run for %i s, and nobody waits meanwhile',
    async (since) => {
      await withSource(ACCOUNTS, async ({ source, url, sql }) => {
        await withPerson(url, async (say) => {
          const long = say(LONG)
          await waitUntil('the long query', async () => {
            const [row] = await sql(LONG_SINCE)
            return row?.t !== null && Number(row?.t) >= since
          })
          // Other tests have long queries on this server too.
          const opening = source.openSnapshot(request(['account', 'other'], { patienceMs: 45_000 }), never())
          const waits = await longestWaits(url, opening)
          const opened = await opening
          expect(waits.write).toBeLessThan(1000)
          expect(waits.read).toBeLessThan(1000)
          expect(opened.blockedMs).toBeLessThan(1000)
          await long
        })
      })
    },
  )

  it.each(['SELECT, RELOAD', 'RELOAD'])(
    'nor is it by an account without PROCESS that may %s: it sees statements in performance_schema, or tables in use',
    async (rights) => {
      await withSource(ACCOUNTS, async ({ database, url, sql }) => {
        const grants = [`GRANT SELECT ON ${database}.*`, `GRANT ${rights} ON *.*`]
        await asAccount(database, grants, async (source) => {
          await withPerson(url, async (say) => {
            const long = say(LONG)
            await waitUntil('the long query', async () => (await sql(LONG_SINCE))[0]?.t !== null)
            const opening = source.openSnapshot(request(['account', 'other'], { patienceMs: 45_000 }), never())
            const waits = await longestWaits(url, opening)
            expect(Math.max(waits.write, waits.read)).toBeLessThan(1000)
            expect((await opening).attempts).toBe(1)
            await long
          })
        })
      })
    },
  )

  it('is given up after its time, and tried again', async () => {
    await withSource(ACCOUNTS, async ({ database, url, sql }) => {
      const grants = [`GRANT SELECT, LOCK TABLES ON ${database}.*`, 'GRANT PROCESS ON *.*']
      await asAccount(database, grants, async (source) => {
        await withPerson(url, async (say) => {
          await say('START TRANSACTION; UPDATE account SET v = 1 WHERE id = 1')
          const opening = source.openSnapshot(request(['account', 'other'], { lockTimeoutMs: 300 }), never())
          const isWaiting = async (): Promise<boolean> => {
            const rows = await sql("SELECT 1 FROM information_schema.processlist WHERE info LIKE 'LOCK TABLES%'")
            return rows.length > 0
          }
          await waitUntil('a lock that waits', isWaiting, 10_000, 20)
          await waitUntil('a lock that is given up', async () => !(await isWaiting()), 10_000, 20)
          await say('COMMIT')
          const opened = await opening
          expect(opened).toMatchObject({ lock: 'LOCK TABLES' })
          expect(opened.attempts).toBeGreaterThan(1)
          expect(await rowsOf(source, 'account')).toContain('1\t1')
        })
      })
    })
  })

  it('of tables is not asked for behind an old transaction that wrote, and minds neither readers nor other databases', async () => {
    await withSource(ACCOUNTS, async ({ database, url, sql }) => {
      const grants = [`GRANT SELECT, LOCK TABLES ON ${database}.*`, 'GRANT PROCESS ON *.*']
      await asAccount(database, grants, async (source) => {
        const patient = request(['account', 'other'], { patienceMs: 1500 })
        await withPerson(url, async (write) => {
          await write('START TRANSACTION; UPDATE account SET v = v + 1 WHERE id = 1')
          await waitUntil('an old transaction', async () => {
            const [row] = await sql(
              'SELECT MIN(trx_started) <= NOW() - INTERVAL 2 SECOND AS old FROM information_schema.innodb_trx',
            )
            return Number(row?.old) === 1
          })
          const failure = await failureOf(source.openSnapshot(patient, never()))
          expect({ kind: failure.kind, message: failure.message }).toEqual({
            kind: 'source-conflict',
            message: expect.stringContaining('asked for 0 times') as unknown,
          })
          await write('ROLLBACK')
        })
        await withPerson(url, async (read) => {
          await read('START TRANSACTION; SELECT * FROM account')
          const long = read(LONG)
          await waitUntil('the long query', async () => Number((await sql(LONG_SINCE))[0]?.t) >= 1)
          expect(await source.openSnapshot(request(['account', 'other']), never())).toMatchObject({
            lock: 'LOCK TABLES',
            attempts: 1,
          })
          await long
        })
      })
    })
  })

  it('is asked for three times in a run where the account cannot see what it waits for, and says how it could', async () => {
    await withSource(ACCOUNTS, async ({ database, url }) => {
      await asAccount(database, [`GRANT SELECT, LOCK TABLES ON ${database}.*`], async (source, account) => {
        await withPerson(url, async (write) => {
          await write('START TRANSACTION; UPDATE account SET v = v + 1 WHERE id = 1')
          const asked: string[] = []
          for (const patienceMs of [12_000, 12_000, 12_000]) {
            const one = request(['account', 'other'], { patienceMs, lockTimeoutMs: 300 })
            const failure = await failureOf(source.openSnapshot(one, never()))
            expect(failure.kind).toBe('source-privilege')
            expect(failure.details.remedy).toContain(`GRANT PROCESS ON *.* TO ${account}`)
            asked.push(/asked for (\d+) times/.exec(failure.message)?.[1] ?? '')
          }
          expect(asked).toEqual(['2', '3', '3'])
        })
      })
    })
  })

  it('is the shortest that the account may take, or a refusal with the grant to give', async () => {
    await withSource(ACCOUNTS, async ({ source, database, isMariaDb }) => {
      const open = async (grants: readonly string[]) =>
        await asAccount(database, grants, async (limited) => await limited.openSnapshot(request(['account']), never()))
      const select = `GRANT SELECT ON ${database}.*`
      expect((await open([select, 'GRANT RELOAD ON *.*'])).lock).toBe(
        isMariaDb ? 'BACKUP STAGE' : 'FLUSH TABLES WITH READ LOCK',
      )
      expect((await open([select, `GRANT LOCK TABLES ON ${database}.*`])).lock).toBe('LOCK TABLES')
      const failure = await failureOf(open([select]))
      expect(failure.kind).toBe('source-privilege')
      expect(failure.details.remedy).toContain('GRANT RELOAD, PROCESS ON *.* TO')
      expect(failure.details.remedy).toContain(`GRANT LOCK TABLES ON \`${database}\`.* TO`)
      expect(source).toBeDefined()
    })
  })
})
