import mysql from 'mysql2/promise'
import { expect, test } from 'vitest'
import { WHOLE } from '../../core/key-range.js'
import { makeTables, planTables, type TypedTable } from '../support/witness-tables.js'
import { withCopied, type Copied } from '../support/witnessed.js'
import { waitUntil } from '../support/wait.js'

const NUMBERS: TypedTable = { from: 'int', values: ['1', '2'], rules: [null] }

/** Asks, waits until that server holds the question up, aborts, and says how long it then took. */
async function abortedAfter(
  ask: (signal: AbortSignal) => Promise<unknown>,
  isWaiting: () => Promise<boolean>,
): Promise<number> {
  const stop = new AbortController()
  const asked = ask(stop.signal)
  asked.catch(() => {})
  await waitUntil('the server to hold the question up', isWaiting)
  const started = performance.now()
  stop.abort(new Error('enough'))
  await expect(asked).rejects.toThrow('enough')
  return performance.now() - started
}

const withNumbers = (use: (copied: Copied) => Promise<void>): Promise<void> =>
  withCopied(makeTables([NUMBERS]), (source) => planTables(source, [NUMBERS]), use)

test('a witness whose target keeps it waiting ends within a second of its abort', () =>
  withNumbers(async ({ target, plan, postgres }) => {
    await postgres('begin; lock table t0 in access exclusive mode')
    const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    const milliseconds = await abortedAfter(
      (signal) => target.witness(plan, plan.tables[0]!, WHOLE, signal),
      async () => (await postgres(waiting)).length > 0,
    )
    expect(milliseconds).toBeLessThan(1000)
  }))

test('a witness whose source keeps it waiting ends within a second of its abort', () =>
  withNumbers(async ({ source, plan, mysql: sql, mysqlUrl }) => {
    const blocker = await mysql.createConnection(mysqlUrl)
    try {
      await blocker.query('lock tables t0 write')
      const waiting = `select id from information_schema.processlist where state like 'Waiting for table metadata lock%' and db = database()`
      const milliseconds = await abortedAfter(
        (signal) => source.witness(plan.tables[0]!, WHOLE, { signal }),
        async () => (await sql(waiting)).length > 0,
      )
      expect(milliseconds).toBeLessThan(1000)
    } finally {
      blocker.destroy()
    }
  }))
