import { describe, expect, test } from 'vitest'
import type { ChunkKey, ChunkKeyColumn } from '../../core/plan/types.js'
import { CHUNKABLE_TYPES as PLANNED } from '../../core/plan/chunk-key.js'
import { CHUNKABLE_TYPES, keySelectList, orderBy, quoteName, rangeWhere } from '../../databases/mysql/range.js'

const column = (name: string, type: string, more: Partial<ChunkKeyColumn> = {}): ChunkKeyColumn => ({
  column: name,
  type,
  charset: null,
  collation: null,
  descending: false,
  ...more,
})
const key = (...columns: ChunkKeyColumn[]): ChunkKey => ({ index: 'PRIMARY', unique: true, columns })

const ID = key(column('id', 'bigint'))
const THREE = key(
  column('a', 'int'),
  column('b', 'varchar', { charset: 'latin1' }),
  column('c', 'date', { descending: true }),
)
const BOUND = ['1', 'C4', '2024-01-01']

describe('the condition of a range', () => {
  test('is true for the whole table', () => {
    expect(rangeWhere(ID, { from: null, to: null })).toBe('1=1')
  })

  test('takes its first key in and leaves its last out', () => {
    expect(rangeWhere(ID, { from: ['1'], to: ['18446744073709551615'] })).toBe(
      '`id` >= 1 AND `id` < 18446744073709551615',
    )
  })

  test('of several columns is written out with OR behind a comparison that an index can take', () => {
    expect(rangeWhere(THREE, { from: BOUND, to: null })).toBe(
      "`a` >= 1 AND (`a` > 1 OR (`a` = 1 AND (`b` > _latin1 X'C4' OR (`b` = _latin1 X'C4' AND `c` <= '2024-01-01'))))",
    )
    expect(rangeWhere(THREE, { from: null, to: BOUND })).toBe(
      "`a` <= 1 AND (`a` < 1 OR (`a` = 1 AND (`b` < _latin1 X'C4' OR (`b` = _latin1 X'C4' AND `c` > '2024-01-01'))))",
    )
  })

  test('takes nothing into SQL that is not the form of its type', () => {
    const bad: [ChunkKeyColumn, string][] = [
      [column('a', 'int'), '1 or 1=1'],
      [column('a', 'date'), "2024-01-01' or '1"],
      [column('a', 'varchar', { charset: 'utf8mb4' }), "C4' or '1"],
      [column('a', 'binary'), 'C'],
      [column('a', 'uuid'), "'"],
    ]
    for (const [one, text] of bad)
      expect(() => rangeWhere(key(one), { from: [text], to: null })).toThrow('not in its form')
    expect(() => rangeWhere(key(column('a', 'enum')), { from: ['1'], to: null })).toThrow('cannot cut')
    expect(() => rangeWhere(THREE, { from: ['1'], to: null })).toThrow('as many parts')
  })
})

test('a boundary is read as text that its type can be written back from, in the order of the key', () => {
  expect(keySelectList(THREE)).toBe('CAST(`a` AS CHAR), HEX(`b`), CAST(`c` AS CHAR)')
  expect(orderBy(THREE)).toBe('`a`, `b`, `c` DESC')
  expect(quoteName('odd`name')).toBe('`odd``name`')
})

test('the planner and the adapter agree which types can be boundaries', () => {
  expect([...CHUNKABLE_TYPES].sort()).toEqual([...PLANNED].sort())
})
