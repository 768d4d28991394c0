import { describe, expect, test } from 'vitest'
import type { Encoding } from '../../core/cast.js'
import { digestForm } from '../../core/plan/digest-form.js'
import type { ChunkKeyColumn } from '../../core/plan/types.js'
import { plannedTable } from '../support/mysql-copy.js'

const keyOf = (type: string, unique = true) => ({ index: 'PRIMARY', unique, columns: [columnOf('id', type)] })
const columnOf = (column: string, type: string): ChunkKeyColumn => ({
  ...{ column, type, charset: null, collation: null, descending: false },
})
const REFUSE = { do: 'refuse' } as const

const formOf = (encoding: Encoding, type: string, unique = true) =>
  digestForm(plannedTable('t', { id: encoding }, keyOf(type, unique)))

describe('a key that both servers order alike gives ordered digests', () => {
  const alike: [Encoding, string][] = [
    [{ as: 'integer' }, 'bigint'],
    [{ as: 'integer' }, 'year'],
    [{ as: 'decimal' }, 'decimal'],
    [{ as: 'bytes' }, 'varbinary'],
    [{ as: 'date', onZero: REFUSE }, 'date'],
    [{ as: 'timestamp', zone: true, onZero: REFUSE }, 'timestamp'],
    [{ as: 'time' }, 'time'],
  ]
  test.each(alike)('%j', (encoding, type) => {
    expect(formOf(encoding, type)).toEqual({ form: 'ordered' })
  })
})

describe('any other key gives buckets, with the reason', () => {
  const unlike: [Encoding, string][] = [
    [{ as: 'text', charset: 'utf8mb4' }, 'varchar'],
    [{ as: 'uuid' }, 'uuid'],
    [{ as: 'inet' }, 'inet6'],
    [{ as: 'boolean' }, 'tinyint'],
    [{ as: 'date', onZero: { do: 'literal', value: '1970-01-01' } }, 'date'],
  ]
  test.each(unlike)('%j', (encoding, type) => {
    expect(formOf(encoding, type)).toMatchObject({ form: 'buckets', because: expect.stringContaining('id') as string })
  })
  test('several rows that share a key, and no key at all', () => {
    expect(formOf({ as: 'integer' }, 'int', false)).toMatchObject({
      form: 'buckets',
      because: expect.stringMatching(/share/),
    })
    expect(digestForm(plannedTable('t', { a: { as: 'integer' } }, null))).toMatchObject({ form: 'buckets' })
  })
})

test('there are more buckets where there are more rows, within bounds', () => {
  const of = (estimatedRows: number) =>
    digestForm({ ...plannedTable('t', { a: { as: 'integer' } }, null), estimatedRows })
  expect([0, 1000, 1_000_000, 10 ** 12].map((rows) => of(rows))).toMatchObject([
    { buckets: 16 },
    { buckets: 16 },
    { buckets: 256 },
    { buckets: 1024 },
  ])
})
