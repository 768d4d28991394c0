import { describe, expect, it } from 'vitest'
import { Failure } from '../../core/failure.js'
import { begin, claim, column, id, planOf, table } from '../support/target.js'
import { withTarget } from '../support/target.js'
import { waitUntil } from '../support/wait.js'

const plan = planOf([table('Order', [id(), column('total', 'numeric(6,2)'), column('note', 'varchar(5)')])])
const orders = plan.tables[0]!
const counts = (rows: number) => ({ rows, bytes: 0, zeroDates: {} })
const failureOf = async (promise: Promise<unknown>): Promise<Failure> => {
  const error = await promise.then(
    () => expect.unreachable('it did not fail'),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(Failure)
  return error as Failure
}

describe.each([15, 18] as const)('loading into PostgreSQL %i', (version) => {
  it('keeps the rows and the ledger row together', async () => {
    await withTarget(async (target, sql) => {
      await begin(target, plan)
      const load = await target.load(plan, orders, await claim(target))
      load.sink.write(Buffer.from('1\t2.50\ta\\tb\n2\t\\N\t\\N\n'))
      expect(await load.commit(counts(2))).toEqual({ kept: true })
      expect(await sql('select * from "Order" order by 1')).toEqual([
        { id: '1', total: '2.50', note: 'a\tb' },
        { id: '2', total: null, note: null },
      ])
      expect(await sql('select state, rows_loaded from nightferry.chunk')).toEqual([
        { state: 'done', rows_loaded: '2' },
      ])
      await load.abandon('too late, which is harmless')
    }, version)
  })

  it('keeps nothing of an attempt that a newer claim fenced out', async () => {
    await withTarget(async (target, sql) => {
      await begin(target, plan)
      const zombie = await target.load(plan, orders, await claim(target))
      zombie.sink.write(Buffer.from('1\t1\tx\n'))
      const second = await target.load(plan, orders, await claim(target))
      second.sink.write(Buffer.from('1\t2\ty\n'))
      expect(await second.commit(counts(1))).toEqual({ kept: true })
      expect(await zombie.commit(counts(1))).toEqual({ kept: false })
      expect(await sql('select total from "Order"')).toEqual([{ total: '2.00' }])
    }, version)
  })

  it('names line and column of a row that the target refuses, and keeps its value private', async () => {
    await withTarget(async (target, sql) => {
      await begin(target, plan)
      const load = await target.load(plan, orders, await claim(target))
      load.sink.write(Buffer.from('1\t1\tx\n2\t1\tx\n3\t123456\tsecret\n'))
      const failure = await failureOf(load.commit(counts(3)))
      expect(failure).toMatchObject({ kind: 'row-refused', details: { table: 'Order', column: 'total', copyLine: 3 } })
      expect(JSON.stringify([failure.message, failure.cause])).not.toMatch(/123456|secret/)
      expect(failure.details.private?.reason).toContain('123456')
      expect(await sql('select count(*) from "Order"')).toEqual([{ count: '0' }])
      expect(await sql('select state from nightferry.chunk')).toEqual([{ state: 'running' }])
    }, version)
  })

  it.each([
    ['a text that is too long', '1\t1\tabcdef\n', 'note'],
    ['NULL in NOT NULL', '\\N\t1\ta\n', 'id'],
    ['a NUL byte (which no column is told for)', '1\t1\ta\\000b\n', undefined],
    ['bytes that are no UTF-8 (nor here)', Buffer.from([0x31, 9, 0x31, 9, 0xff, 10]), undefined],
    ['a column too many', '1\t1\ta\tb\n', undefined],
  ])('refuses %s as a row', async (_what, line, name) => {
    await withTarget(async (target) => {
      await begin(target, plan)
      const load = await target.load(plan, orders, await claim(target))
      load.sink.write(Buffer.from('1\t1\ta\n2\t1\ta\n'))
      load.sink.write(Buffer.from(line as string))
      const { kind, details } = await failureOf(load.commit(counts(3)))
      expect({ kind, column: details.column, line: details.copyLine }).toEqual({
        kind: 'row-refused',
        column: name,
        line: 3,
      })
    }, version)
  })

  it('names no line for a row that fits no page, since COPY tells that of another row', async () => {
    const columns = Array.from({ length: 600 }, (_, i) => column(`c${i}`, 'text'))
    const wide = planOf([table('wide', columns)])
    const line = (text: string): string => `${columns.map(() => text).join('\t')}\n`
    await withTarget(async (target) => {
      await begin(target, wide)
      const load = await target.load(wide, wide.tables[0]!, await claim(target))
      load.sink.write(Buffer.from(line('') + line('fifteen letters') + line('').repeat(3)))
      const failure = await failureOf(load.commit(counts(5)))
      expect(failure).toMatchObject({ kind: 'row-refused', details: { table: 'wide' } })
      expect(failure.details.private?.reason).toContain('row is too big')
      expect(failure.details.copyLine).toBeUndefined()
    }, version)
  })

  it('calls a difference between rows read and loaded rows-lost, and keeps none', async () => {
    await withTarget(async (target, sql) => {
      await begin(target, plan)
      const load = await target.load(plan, orders, await claim(target))
      load.sink.write(Buffer.from('1\t1\tx\n'))
      expect((await failureOf(load.commit(counts(2)))).kind).toBe('rows-lost')
      expect(await sql('select count(*) from "Order"')).toEqual([{ count: '0' }])
    }, version)
  })

  it('tells a reader at once that the target refused, in the middle of the stream', async () => {
    await withTarget(async (target) => {
      await begin(target, plan)
      const load = await target.load(plan, orders, await claim(target))
      const block = Buffer.from('1\t1\tx\n'.repeat(20_000))
      load.sink.write(Buffer.from('bad\t1\tx\n'))
      const reading = (async () => {
        for (;;) {
          load.sink.write(Buffer.from(block))
          await Promise.race([load.sink.failed, load.sink.drained().then(() => new Promise(setImmediate))])
        }
      })()
      expect(await failureOf(reading)).toMatchObject({ kind: 'row-refused', details: { copyLine: 1 } })
      await load.abandon('refused')
      await load.abandon('twice')
    }, version)
  })

  it('leaves no session, row or lock behind when it is abandoned in the middle', async () => {
    await withTarget(async (target, sql) => {
      await begin(target, plan)
      for (let i = 0; i < 5; i++) {
        const load = await target.load(plan, orders, await claim(target))
        load.sink.write(Buffer.from('1\t1\tx\n'.repeat(50_000)))
        await load.abandon('a pause')
        expect((await failureOf(load.commit(counts(50_000)))).kind).toBe('internal')
      }
      await waitUntil('the sessions to go', async () => (await copies(sql)) === 0)
      expect(await sql('select count(*) from "Order"')).toEqual([{ count: '0' }])
    }, version)
  })

  it('is a target that went away when its session is ended', async () => {
    await withTarget(async (target, sql) => {
      await begin(target, plan)
      const load = await target.load(plan, orders, await claim(target))
      load.sink.write(Buffer.from('1\t1\tx\n'))
      await sql(
        `select pg_terminate_backend(pid) from pg_stat_activity where query like '%COPY%' and pid <> pg_backend_pid()`,
      )
      expect((await failureOf(load.sink.failed)).kind).toBe('target-unreachable')
      expect((await failureOf(load.commit(counts(1)))).kind).toBe('target-unreachable')
    }, version)
  })

  it('stops opening when it is cancelled while somebody else locks the table', async () => {
    await withTarget(async (target, sql, url) => {
      await begin(target, plan)
      const chunk = await claim(target)
      await locked(url, async () => {
        const stop = new AbortController()
        const opening = target.load(plan, orders, chunk, stop.signal)
        await waitUntil('the COPY to wait', async () => (await copies(sql)) === 1)
        stop.abort(new Error('paused'))
        await expect(opening).rejects.toThrow('paused')
      })
    }, version)
  })

  it('holds a bounded number of bytes, whatever the reader writes', async () => {
    await withTarget(async (target) => {
      await begin(target, plan)
      const load = await target.load(plan, orders, await claim(target))
      const row = Buffer.from('1\t1\tx\n'.repeat(10_000))
      let refused = 0
      for (let i = 0; i < 400; i++) {
        if (load.sink.write(Buffer.from(row))) continue
        refused++
        await load.sink.drained()
      }
      expect(refused).toBeGreaterThan(5)
      expect(await load.commit(counts(4_000_000))).toEqual({ kept: true })
    }, version)
  })

  it('carries one value of 60 MB', async () => {
    await withTarget(async (target, sql) => {
      const big = planOf([table('big', [id(), column('body', 'text')])])
      await begin(target, big)
      const load = await target.load(big, big.tables[0]!, await claim(target))
      const line = Buffer.concat([Buffer.from('1\t'), Buffer.alloc(60_000_000, 'x'), Buffer.from('\n')])
      if (!load.sink.write(line)) await load.sink.drained()
      expect(await load.commit(counts(1))).toEqual({ kept: true })
      expect(await sql('select length(body) as n from big')).toEqual([{ n: 60_000_000 }])
    }, version)
  })
})

type Sql = (text: string) => Promise<Record<string, unknown>[]>
const copies = async (sql: Sql): Promise<unknown> =>
  (
    await sql(`select count(*)::int as n from pg_stat_activity where datname = current_database()
    and query like '%COPY%' and pid <> pg_backend_pid() and state <> 'idle'`)
  )[0]?.n

async function locked(url: string, work: () => Promise<void>): Promise<void> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('begin; lock table "Order"')
    await work()
  } finally {
    await client.end()
  }
}
