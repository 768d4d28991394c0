import { expect, test } from 'vitest'
import { renderReading } from '../../client/render/reading.js'
import { readingTrouble } from '../../core/snapshot.js'

const SNAPSHOT = {
  moment: '2026-11-20T03:00:01.250Z',
  position: '0-1-17 at mbin.000002:337',
  lock: 'BACKUP STAGE',
  blockedMs: 12.5,
  attempts: 2,
  locked: ['old'],
  labelled: ['a', 'b', 'c', 'd', 'e', 'f'],
}

test('a snapshot is told with its moment, its position and what it cost', () => {
  const reading = { label: 'snapshot', reason: null, snapshot: SNAPSHOT, rowsAgain: 1200 } as const
  expect(renderReading('snapshot', reading)).toEqual([
    'read under one snapshot: every table is of one moment',
    'moment 2026-11-20 03:00:01 UTC, position 0-1-17 at mbin.000002:337; writes were blocked for 13 ms (BACKUP STAGE, asked for 2 times)',
    'no snapshot covers old: locked against writers until they were read',
    'no snapshot covers a, b, c, d, e and 1 more: best-effort',
    'at least 1,200 rows read more than once',
  ])
  expect(readingTrouble(reading)).toEqual([])
})

test('best-effort is said at once where nobody chose it, with the reason, and not where somebody did', () => {
  const reading = { label: 'best-effort', reason: 'no right to lock.', snapshot: null, rowsAgain: 0 } as const
  expect(readingTrouble(reading)).toEqual(['goes on as best-effort, each chunk of its own moment: no right to lock.'])
  expect(renderReading('best-effort', reading).at(-1)).toBe('because: no right to lock.')
  expect(readingTrouble({ ...reading, reason: null })).toEqual([])
  expect(readingTrouble(undefined)).toEqual([])
})
