import { describe, expect, test } from 'vitest'
import type { Encoding } from '../../core/cast.js'
import { type Key, rangesBetween, WHOLE } from '../../core/key-range.js'
import type { ChunkKeyColumn, Plan, PlannedTable } from '../../core/plan/types.js'
import type { RowSink, TargetPart, TargetPort } from '../../core/ports.js'
import { Collector } from '../support/mysql-copy.js'
import { begin, column, planOf, primaryKey, table, withTarget } from '../support/target.js'

const signal = new AbortController().signal
const REFUSE = { do: 'refuse' } as const

interface KeyCase {
  readonly type: string
  readonly encoding: Encoding
  readonly source: string
  readonly descending?: boolean
}

/** A table whose key has these columns (k0, k1, ...) and a text beside them. */
function keyed(...keys: KeyCase[]): Plan {
  const columns = keys.map(({ type, encoding }, i) =>
    column(`k${i}`, type, { notNull: true, cast: { rule: 'house', from: type, to: type, encoding } }),
  )
  const key = {
    index: 'PRIMARY',
    unique: true,
    columns: keys.map(({ source, descending = false }, i): ChunkKeyColumn => ({
      ...{ column: `k${i}`, type: source, charset: null, collation: null, descending },
    })),
  }
  const names = keys.map((_, i) => `k${i}`)
  return planOf([table('t', [...columns, column('v', 'text')], { key, ...primaryKey('t_pkey', ...names) })])
}

async function read(target: TargetPort, plan: Plan, part: TargetPart, rowIds = false): Promise<string[]> {
  const sink = new Collector()
  const { rows, bytes } = await target.read(plan, plan.tables[0] as PlannedTable, part, sink, { signal, rowIds })
  const text = sink.text.toString()
  expect(bytes).toBe(sink.text.length)
  const lines = text === '' ? [] : text.slice(0, -1).split('\n')
  expect(lines.length).toBe(rows)
  return lines
}

const cases: [string, KeyCase[], string, Key[]][] = [
  [
    'integers',
    [{ type: 'bigint', encoding: { as: 'integer' }, source: 'bigint' }],
    'select g, g from generate_series(-500, 500) g',
    [['-7'], ['0'], ['400']],
  ],
  [
    'decimals',
    [{ type: 'numeric(20,3)', encoding: { as: 'decimal' }, source: 'decimal' }],
    'select g / 8.0, g from generate_series(-500, 500) g',
    [['-3.125'], ['0.500']],
  ],
  [
    'moments',
    [{ type: 'timestamptz(3)', encoding: { as: 'timestamp', zone: true, onZero: REFUSE }, source: 'timestamp' }],
    "select timestamptz '2026-01-01 00:00:00+00' + g * interval '11 min', g from generate_series(1, 900) g",
    [['2026-01-01 05:00:00.000'], ['2026-01-03 00:00:00.125']],
  ],
  [
    'days',
    [{ type: 'date', encoding: { as: 'date', onZero: REFUSE }, source: 'date' }],
    "select date '1999-01-01' + g, g from generate_series(1, 900) g",
    [['1999-06-01']],
  ],
  [
    'bytes',
    [{ type: 'bytea', encoding: { as: 'bytes' }, source: 'varbinary' }],
    "select decode(lpad(to_hex(g), 6, '0'), 'hex'), g from generate_series(1, 900) g",
    [['000010'], ['000100'], ['0001FF00']],
  ],
  [
    'two columns, the second descending',
    [
      { type: 'integer', encoding: { as: 'integer' }, source: 'int' },
      { type: 'date', encoding: { as: 'date', onZero: REFUSE }, source: 'date', descending: true },
    ],
    "select g % 30, date '2020-01-01' + g, g from generate_series(1, 900) g",
    [
      ['3', '2020-02-20'],
      ['3', '2020-01-01'],
      ['29', '2021-01-01'],
    ],
  ],
]

describe('ranges of a key', () => {
  test.each(cases)('%s: ranges together are the table in the key’s order', async (_name, keys, rows, boundaries) => {
    await withTarget(async (target, sql) => {
      const plan = keyed(...keys)
      await begin(target, plan)
      await sql(`insert into public.t ${rows}`)
      const order = keys.map(({ descending }, i) => `k${i}${descending ? ' desc' : ''}`).join(', ')
      const expected = (await sql(`select v from public.t order by ${order}`)).map(({ v }) => String(v))
      const lines: string[] = []
      for (const range of rangesBetween(null, boundaries, true)) {
        const part = await read(target, plan, { by: 'key', range })
        expect(part.length).toBeGreaterThan(0)
        lines.push(...part)
      }
      expect(lines.map((line) => line.split('\t').at(-1))).toEqual(expected)
    })
  })
})

const plain = keyed({ type: 'bigint', encoding: { as: 'integer' }, source: 'bigint' })

describe('pages', () => {
  test('together are the table, each row once, also with row ids', async () => {
    await withTarget(async (target, sql) => {
      await begin(target, plain)
      await sql(`insert into public.t select g, repeat('x', 500) || g from generate_series(1, 3000) g`)
      const pages = await target.pages(plain, plain.tables[0] as PlannedTable)
      expect(pages).toBeGreaterThan(100)
      const parts: TargetPart[] = [0, 50, 100].map((from, i) => ({
        by: 'pages',
        from,
        to: [50, 100, null][i] as number | null,
      }))
      const lines = []
      for (const part of parts) lines.push(...(await read(target, plain, part)))
      expect(new Set(lines.map((line) => line.split('\t')[0])).size).toBe(3000)
      expect(lines.length).toBe(3000)
      const [first] = await read(target, plain, { by: 'pages', from: 0, to: 1 }, true)
      expect(first).toMatch(/^\(0,1\)\t1\tx+1$/)
    })
  })
})

describe('a reading', () => {
  const many = `insert into public.t select g, repeat('y', 200) from generate_series(1, 60000) g`

  test('waits for a slow sink and loses nothing; the session is used again', async () => {
    await withTarget(async (target, sql) => {
      await begin(target, plain)
      await sql(many)
      let [bytes, waits] = [0, 0]
      const slow: RowSink = {
        write: (block) => ((bytes += block.length), false),
        drained: () => new Promise((resolve) => setImmediate(() => resolve(void waits++))),
        failed: new Promise(() => {}),
      }
      const part: TargetPart = { by: 'key', range: WHOLE }
      const counts = await target.read(plain, plain.tables[0] as PlannedTable, part, slow, { signal })
      expect(counts).toMatchObject({ rows: 60000, bytes })
      expect(waits).toBeGreaterThan(50)
      expect((await read(target, plain, part)).length).toBe(60000)
    })
  })

  test('ends within a second when it is cancelled or its sink fails, and the next one works', async () => {
    await withTarget(async (target, sql) => {
      await begin(target, plain)
      await sql(many)
      const part: TargetPart = { by: 'key', range: WHOLE }
      const one = plain.tables[0] as PlannedTable
      const stuck: RowSink = { write: () => false, drained: () => new Promise(() => {}), failed: new Promise(() => {}) }
      const controller = new AbortController()
      const reading = target.read(plain, one, part, stuck, { signal: controller.signal })
      setImmediate(() => controller.abort(new Error('enough')))
      const started = Date.now()
      await expect(reading).rejects.toThrow('enough')
      const broken: RowSink = { ...stuck, drained: () => Promise.reject(new Error('the sink broke')) }
      await expect(target.read(plain, one, part, broken, { signal })).rejects.toThrow('the sink broke')
      expect(Date.now() - started).toBeLessThan(1000)
      expect((await read(target, plain, part)).length).toBe(60000)
    })
  })

  test('of a table that is gone is a Failure with a remedy', async () => {
    await withTarget(async (target, sql) => {
      await begin(target, plain)
      await sql('drop table public.t')
      await expect(read(target, plain, { by: 'key', range: WHOLE })).rejects.toMatchObject({
        ...{ name: 'Failure', details: { remedy: expect.stringMatching(/.+/) as string } },
      })
      expect((await target.ledger.runs(1)).length).toBe(1)
    })
  })
})
