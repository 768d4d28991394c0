import pg from 'pg'
import { describe, expect, it } from 'vitest'
import type { TargetPort } from '../../core/ports.js'
import { ascending, begin, column, id, loadLines, planOf, primaryKey, table, withTarget } from '../support/target.js'
import { waitUntil } from '../support/wait.js'

/** Checks that take their time: each row of the default below sleeps. */
const plan = planOf([
  table('parent', [id()], primaryKey('parent_pkey', 'id')),
  table('child', [id(), column('parent_id', 'bigint')], {
    ...primaryKey('child_pkey', 'id'),
    indexes: [{ source: 'i', target: 'child_parent', unique: false, columns: [ascending('parent_id')], comment: '' }],
    foreignKeys: [
      {
        source: 'f',
        target: 'child_parent_fkey',
        columns: ['parent_id'],
        referencedTable: 'parent',
        referencedColumns: ['id'],
        onUpdate: 'NO ACTION',
        onDelete: 'NO ACTION',
      },
    ],
  }),
])
const child = plan.tables[1]!

type Step = (target: TargetPort, signal: AbortSignal) => Promise<unknown>
const STEPS: readonly (readonly [string, Step])[] = [
  ['a primary key', (target, signal) => target.buildPrimaryKey(plan, child, signal)],
  ['an index', (target, signal) => target.buildIndex(plan, child, 0, signal)],
  ['a validation', (target, signal) => target.validateForeignKeys(plan, child, signal)],
  ['a vacuum', (target, signal) => target.vacuum(plan, child, signal)],
  ['a count', (target, signal) => target.count(plan, child, signal)],
]

describe.each([15, 18] as const)('a step on PostgreSQL %i', (version) => {
  it.each(STEPS)('(%s) ends within a second of its cancel, and works when it is tried again', async (_what, step) => {
    await withTarget(async (target, sql, url) => {
      await begin(target, plan)
      await loadLines(target, plan, 0, ['1'])
      await loadLines(target, plan, 1, ['1\t1'])
      await target.buildPrimaryKey(plan, plan.tables[0]!, new AbortController().signal)
      await target.addForeignKeys(plan, child)
      const stop = new AbortController()
      // A lock makes every step last as long as the test wants.
      const took = await locking(url, 'child', async () => {
        const running = step(target, stop.signal).catch((error: unknown) => error)
        await waitUntil('the step to wait', async () => (await waiting(sql)) === 1)
        const from = performance.now()
        stop.abort(new Error('paused'))
        expect(await running).toEqual(new Error('paused'))
        const milliseconds = performance.now() - from
        expect(await waiting(sql)).toBe(0)
        return milliseconds
      })
      expect(took).toBeLessThan(1000)
      await expect(step(target, AbortSignal.abort(new Error('at once')))).rejects.toThrow('at once')
      await step(target, new AbortController().signal)
    }, version)
  })

  it('whose server ends it for others, by deadlock or by hand, is a conflict that is tried again', async () => {
    await withTarget(async (target, sql, url) => {
      await begin(target, plan)
      await locking(url, 'child', async () => {
        const running = target.count(plan, child, new AbortController().signal).catch((error: unknown) => error)
        await waitUntil('the count to wait', async () => (await waiting(sql)) === 1)
        await sql(
          `select pg_cancel_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
        )
        expect(await running).toMatchObject({ kind: 'target-conflict', policy: 'retry' })
      })
    }, version)
  })
})

type Sql = (text: string) => Promise<Record<string, unknown>[]>
const waiting = async (sql: Sql): Promise<unknown> =>
  (
    await sql(`select count(*)::int as n from pg_stat_activity where datname = current_database()
    and wait_event_type = 'Lock' and application_name = 'nightferry'`)
  )[0]?.n

async function locking<T>(url: string, name: string, work: () => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(`begin; lock table ${name}`)
    return await work()
  } finally {
    await client.end()
  }
}
