import { expect, it } from 'vitest'
import { type PublishedState, runToProve, type RunSummary } from '../../core/run.js'
import { type Entity, openEntity, rememberRun } from '../../workflows/entity.js'
import { summary } from '../support/client-documents.js'

/** What people read, among the runs that a migration remembers. */

const run = (n: number, published: PublishedState): RunSummary =>
  summary({ run: `20261120-03${String(n).padStart(4, '0')}`, published })

const entityOf = (): Entity => openEntity({ migration: 'shop', searchAttributes: false, state: { word: 'w' } })

it('is never forgotten for those that came after it and were not published', () => {
  const entity = entityOf()
  rememberRun(entity, run(0, 'not published'))
  rememberRun(entity, run(1, 'published'))
  for (let n = 2; n < 100; n++) rememberRun(entity, run(n, 'not published'))
  expect(entity.runs).toHaveLength(60)
  expect(entity.runs[0]).toEqual(run(99, 'not published'))
  expect(entity.runs.slice(-2)).toEqual([run(41, 'not published'), run(1, 'published')])
  rememberRun(entity, run(100, 'published'))
  expect(entity.runs.at(-1)).toEqual(run(41, 'not published'))
})

it('is what a proof is of where nobody names a run; before there is any, and in place, the last one is', () => {
  const runs = [{ ...run(3, 'not published'), state: 'refused' }, run(2, 'not published'), run(1, 'published')] as const
  expect(runToProve(runs, true)).toBe(runs[2])
  expect(runToProve(runs, false)).toBe(runs[1])
  expect(runToProve(runs.slice(0, 2), true)).toBe(runs[1])
  expect(runToProve([], true)).toBeUndefined()
})
