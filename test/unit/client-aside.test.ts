import { describe, expect, test } from 'vitest'
import { noPaint } from '../../client/output.js'
import { renderInventory, type Inventory } from '../../client/render/inventory.js'
import { renderRuns } from '../../client/render/runs.js'
import { renderStatus } from '../../client/render/status.js'
import type { InventoryDocument } from '../../core/api.js'
import { publishedAlone } from '../../core/run.js'
import type { MigrationStatus } from '../../core/status.js'
import { keepRecent } from '../../worker/recent.js'
import { summary } from '../support/client-documents.js'

/** What people see of a migration whose runs are built aside. */

const [FIRST, SECOND, THIRD] = ['20261118-030000', '20261119-030000', '20261120-030000'] as const

const nights = [
  summary({ run: THIRD, state: 'incomplete', published: 'not published' }),
  summary({ run: SECOND, published: 'published', started: '2026-11-19T03:00:00.000Z' }),
  summary({ run: FIRST, published: 'published' }),
]

describe('what is published', () => {
  test('is one run of those that ever were', () => {
    const marks = (now: string | null): string[] =>
      renderRuns(publishedAlone(nights, now), noPaint)
        .slice(1)
        .map((line) => /(not |was )?published/.exec(line)?.[0] ?? '')
    expect(marks(SECOND)).toEqual(['not published', 'published', 'was published'])
    expect(marks(FIRST)).toEqual(['not published', 'was published', 'published'])
    expect(marks(THIRD)).toEqual(['published', 'was published', 'was published'])
    const states = publishedAlone(nights, FIRST).map(({ published }) => published)
    expect(states).toEqual(marks(FIRST))
  })

  test('stands in the status, with the moment from which its rows are', () => {
    const target = { connection: 'to', database: 'shop', published: 'shop' }
    expect(status({ target, runs: nights })).toContain(
      'published as shop: run 20261119-030000, begun 2026-11-19 03:00:00 UTC',
    )
    expect(status({ target, runs: nights.slice(0, 1) })).toContain('published as shop: none of these runs')
    expect(status({ target: { connection: 'to', database: 'shop' }, runs: nights })).not.toContain('published')
  })
})

function status(differs: Partial<MigrationStatus>): string {
  const migration: MigrationStatus = {
    ...{ format: 1, migration: 'shop', target: null, versions: [], applying: false, running: null, proving: null },
    ...{ runs: [], holds: [], knobs: {}, schedule: null, refused: [], ownership: 'source' },
    ...differs,
  }
  const temporal = {
    ...{ reachable: true, address: 'x', namespace: 'x', workflow: 'RUNNING', stuck: null },
    ...{ controlWorker: true, dataWorker: null, retrying: [] },
  }
  const reader = { migration: 'shop', me: 'ada' }
  return renderStatus(reader, { format: 1, temporal, migration, progress: null }, noPaint).join('\n')
}

describe('clean', () => {
  const target: InventoryDocument = {
    ...{ format: 1, database: 'shop' },
    ledger: {
      ...{ migration: 'shop', tables: 20, bytes: 1_000_000, versions: 1, runs: 1, leftovers: [], strangers: [] },
      kept: { tables: ['public.item'], types: [] },
    },
    memory: { versions: 3, runs: 30, entries: 2, others: ['crm'] },
    aside: {
      generations: [
        { run: THIRD, database: 'shop_20261120_030000', published: false, since: null, bytes: 5_000_000 },
        { run: SECOND, database: 'shop', published: true, since: '2026-11-19T03:10:00.000Z', bytes: 6_000_000 },
        { run: FIRST, database: 'shop_20261118_030000', published: false, since: '2026-11-18T03:10:00.000Z', bytes: 7 },
      ],
      copies: [{ run: SECOND, name: 'ci', database: 'shop_ci', made: '2026-11-19T03:20:00.000Z', bytes: 6_000_000 }],
    },
  }
  const text = (document: InventoryDocument, done = false): string => {
    const inventory: Inventory = { migration: 'shop', target: document, workflows: [], schedule: false }
    return renderInventory(inventory, done, noPaint).join('\n')
  }

  test('removes what never was published, and names what people use with the statement that would drop it', () => {
    const [removed = '', kept = ''] = text(target).split('Kept, since people use it:\n')
    expect(removed).toContain('removes schema nightferry of database shop: 20 tables')
    expect(removed).toMatch(
      /removes 1 database that never was published:\n +shop_20261120_030000 of run \S+, 5\.0 MB\n/,
    )
    expect(removed).toContain('removes 3 versions, 30 runs and 2 lines of the audit trail from database nightferry')
    expect(removed).toContain('the database stays, with what another migration has there: crm')
    expect(removed).not.toContain('DROP')
    const line = (name: string): string => kept.split('\n').find((one) => one.includes(`database ${name}:`)) ?? ''
    expect(line('shop')).toMatch(/published, run 20261119-030000.*; DROP DATABASE "shop";$/)
    expect(line('shop_20261118_030000')).toMatch(/was published, .*; DROP DATABASE "shop_20261118_030000";$/)
    expect(line('shop_ci')).toMatch(/copy ci, .*; DROP DATABASE "shop_ci";$/)
    expect(kept).not.toContain('shop_20261120_030000')
    expect(kept).not.toContain('a later run refuses them')
    expect(text(target, true)).toContain('removed 1 database')
  })

  test('names the copy that people read, and the database that it was made from', () => {
    const [, generation] = target.aside!.generations
    const copy = { run: SECOND, name: null, database: 'shop', made: '2026-11-19T03:20:00.000Z', bytes: 1 }
    const closed = { ...generation!, database: 'shop_20261119_030000' }
    const lines = text({ ...target, aside: { generations: [closed], copies: [copy] } })
    expect(lines).toMatch(/database shop: published, run/)
    expect(lines).toMatch(/database shop_20261119_030000: published as a copy, run/)
    expect(lines).not.toContain('never')
  })

  test('says nothing of a memory that has nothing of it, and how an empty one is dropped', () => {
    const none = { versions: 0, runs: 0, entries: 0, others: ['crm'] }
    expect(text({ ...target, memory: none })).not.toContain('memory')
    expect(text({ ...target, memory: { ...none, runs: 1, others: [] } })).toContain('DROP DATABASE nightferry')
    expect(text({ ...target, memory: null, aside: null })).toContain('a later run refuses them')
  })
})

test('what was not asked for longest makes room, and is told', () => {
  const forgotten: string[] = []
  const recent = keepRecent<number>(2, (id, value) => void forgotten.push(`${id} ${value}`))
  recent.set('a', 1)
  recent.set('b', 2)
  expect(recent.get('a')).toBe(1)
  recent.set('c', 3)
  recent.set('c', 4)
  expect([forgotten, recent.get('b'), recent.values()]).toEqual([['b 2'], undefined, [1, 4]])
})
