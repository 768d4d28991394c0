import { describe, expect, it } from 'vitest'
import type { NotCarried, Finding } from '../../core/finding.js'
import { NEWS_KINDS, newsOf } from '../../core/news.js'
import type { Decision, PlannedColumn, PlannedTable } from '../../core/plan/types.js'
import { remember, rememberUnread } from '../../core/remembering.js'
import { plannedTable, summary } from '../support/client-documents.js'
import { ended, failure, memory } from '../support/nights-memory.js'

const THEN = '20261119-030000'
const NOW = '20261120-030000'

type Differs = Parameters<typeof ended>[1]

/** Tonight against last night, as one line each. */
const news = (now: Differs, then: Differs = {}): string[] =>
  newsOf(memory(NOW, now), memory(THEN, then)).map(({ kind, subject }) => `${kind} ${subject}`)

const orders = plannedTable('orders')
const items = plannedTable('items')
const [id, state] = orders.columns as [PlannedColumn, PlannedColumn]
const withState = (cast: Partial<PlannedColumn['cast']>): PlannedTable => ({
  ...orders,
  columns: [id, { ...state, cast: { ...state.cast, ...cast } }],
})
const mail = {
  source: 'idx_mail',
  target: 'idx_mail',
  unique: false,
  columns: [{ column: 'mail', descending: true }],
  comment: '',
}
const boolean: Decision = {
  table: 'orders',
  column: 'state',
  question: 'boolean',
  answer: true,
  because: 'every value is 0',
}
const finding = (name: string, subject: string, severity: Finding['severity'] = 'warning'): Finding => ({
  ...{ name, subject, severity, message: `about ${name}`, remedy: 'mend it' },
})
const left = (kind: string, name: string, table: string | null): NotCarried => ({
  ...{ kind, name, table, reason: 'views come later', original: 'create ...' },
})
const small = (rows: number, bytes: number, copy: number): Differs => ({
  reports: { orders: { rowsLoaded: rows, bytes, seconds: { copy, indexes: 0, constraints: 0, vacuum: 0 } } },
})

const CASES: Record<string, { now: Differs; then?: Differs; news: readonly string[] }> = {
  'nothing, where nothing is otherwise': { now: {}, news: [] },
  'a table that came': { now: { tables: [orders, items] }, news: ['table-new items'] },
  'a table that went': { now: {}, then: { tables: [orders, items] }, news: ['table-gone items'] },
  'a column that came': {
    now: {},
    then: { tables: [{ ...orders, columns: [id] }] },
    news: ['column-new orders.state'],
  },
  'a column that went': { now: { tables: [{ ...orders, columns: [id] }] }, news: ['column-gone orders.state'] },
  'a type of the source': { now: { tables: [withState({ from: 'int(11)' })] }, news: ['column-changed orders.state'] },
  'a type of the target': { now: { tables: [withState({ to: 'boolean' })] }, news: ['column-changed orders.state'] },
  'a column that takes NULL since': {
    now: { tables: [{ ...orders, columns: [{ ...id, notNull: false }, state] }] },
    news: ['column-changed orders.id'],
  },
  'an index that came': { now: { tables: [{ ...orders, indexes: [mail] }] }, news: ['index-new orders'] },
  'an index that was made otherwise': {
    now: { tables: [{ ...orders, indexes: [{ ...mail, unique: true }] }] },
    then: { tables: [{ ...orders, indexes: [mail] }] },
    news: ['index-gone orders', 'index-new orders'],
  },
  'a table a tenth of its size': { now: small(100, 5, 1), then: small(1000, 50, 1), news: ['table-shrunk orders'] },
  'a table that was emptied': { now: small(0, 0, 1), then: small(100, 5, 1), news: ['table-shrunk orders'] },
  'no table that has a fifth less': { now: small(800, 5, 1), then: small(1000, 5, 1), news: [] },
  'no small table that was emptied': { now: small(0, 0, 0), then: small(99, 999_999, 0), news: [] },
  'rows that lost their bytes': {
    now: small(50, 1000, 1),
    then: small(50, 2_000_000, 1),
    news: ['table-shrunk orders'],
  },
  'a table ten times its size': { now: small(1000, 5, 1), then: small(100, 5, 1), news: ['table-grown orders'] },
  'a table of more than none': { now: small(100, 5, 1), then: small(0, 0, 1), news: ['table-grown orders'] },
  'a table twice as slow': { now: small(500, 5, 20), then: small(500, 5, 10), news: ['table-slow orders'] },
  'no table twice as slow, by less than seconds': { now: small(500, 5, 8), then: small(500, 5, 3.9), news: [] },
  'no table that has twice the rows': { now: small(1000, 5, 20), then: small(500, 5, 10), news: [] },
  'a table that is slow for its rows': {
    now: small(1000, 5, 45),
    then: small(500, 5, 10),
    news: ['table-slow orders'],
  },
  'no size of a table that stopped': {
    now: { reports: { orders: { ...small(0, 0, 0)!.reports!['orders'], state: 'waiting' } } },
    then: small(1000, 5, 1),
    news: [],
  },
  'a counter that came near its end': {
    now: { counters: { orders: '8301034833169298227' } },
    then: { counters: { orders: '8301034833169298226' } },
    news: ['range-end orders.id'],
  },
  'no counter that was near its end before': {
    now: { counters: { orders: '9000000000000000000' } },
    then: { counters: { orders: '8400000000000000000' } },
    news: [],
  },
  'a row that was refused': {
    now: { reports: { orders: { state: 'stopped', failures: [failure(), failure({ key: 'id=4712' })] } } },
    news: ['row-refused orders.state'],
  },
  'no row that is refused night after night': {
    now: { reports: { orders: { state: 'stopped', failures: [failure()] } } },
    then: { reports: { orders: { state: 'stopped', failures: [failure({ key: 'id=1' })] } } },
    news: [],
  },
  'a row that the target refuses, of no column': {
    now: { reports: { orders: { state: 'stopped', failures: [failure({ column: null })] } } },
    news: ['row-refused orders'],
  },
  'a decision that no longer holds': {
    now: { reports: { orders: { state: 'stopped', failures: [failure()] } }, report: { decisions: [boolean] } },
    news: ['decision-broken orders.state'],
  },
  'a decision that the planning of the night found broken': {
    now: { reports: { orders: { state: 'stopped', failures: [failure({ kind: 'decision-broken' })] } } },
    news: ['decision-broken orders.state'],
  },
  'no decision of another column': {
    now: {
      reports: { orders: { state: 'stopped', failures: [failure({ column: 'id' })] } },
      report: { decisions: [boolean] },
    },
    news: ['row-refused orders.id'],
  },
  'no decision that made room for everything': {
    now: {
      reports: { orders: { state: 'stopped', failures: [failure()] } },
      report: { decisions: [{ ...boolean, answer: false }] },
    },
    news: ['row-refused orders.state'],
  },
  'a table that stopped, with why': {
    now: { reports: { orders: { state: 'stopped', failures: [failure({ kind: 'constraint-violated' })] } } },
    news: ['table-stopped orders'],
  },
  'a table that stopped and nobody wrote down why': {
    now: { reports: { orders: { state: 'stopped' } } },
    news: ['table-stopped orders'],
  },
  'a finding, by name and subject, worst first': {
    now: {
      report: {
        findings: [finding('b', 'x', 'info'), finding('a', 'x'), finding('a', 'y'), finding('c', 'z', 'blocking')],
      },
    },
    then: { report: { findings: [finding('a', 'x')] } },
    news: ['finding z', 'finding y', 'finding x'],
  },
  'of a new table only what warns': {
    now: {
      tables: [orders, items],
      report: {
        findings: [
          finding('a', 'items', 'info'),
          finding('b', 'items.id', 'info'),
          finding('d', 'items.PRIMARY', 'info'),
          finding('c', 'items'),
        ],
      },
    },
    news: ['finding items', 'table-new items'],
  },
  'what is not carried, but of a new table': {
    now: {
      tables: [orders, items],
      report: {
        notCarried: [left('trigger', 'tr', 'items'), left('trigger', 'tr', 'orders'), left('view', 'v', null)],
      },
    },
    news: ['finding orders.tr', 'finding v', 'table-new items'],
  },
  'no table that a person set aside': {
    now: { report: { notCarried: [left('table', 'orders', 'orders')] } },
    news: [],
  },
}

describe('news of a night', () => {
  for (const [what, { now, then, news: expected }] of Object.entries(CASES))
    it(`are ${what}`, () => expect(news(now, then)).toEqual(expected))

  it('are none where there was no night before', () => {
    expect(newsOf(memory(NOW, { reports: { orders: { state: 'stopped' } } }), null)).toEqual([])
  })

  it('stand worst first, and each says what to do', () => {
    const all = newsOf(
      memory(NOW, {
        tables: [{ ...withState({ from: 'int(11)' }), indexes: [mail] }, items],
        reports: { items: { state: 'stopped', failures: [failure()] } },
        report: { findings: [finding('a', 'x')] },
      }),
      memory(THEN, { tables: [orders, { ...items, columns: [id] }, plannedTable('gone')] }),
    )
    const kinds = all.map(({ kind }) => kind)
    expect(kinds).toEqual(['row-refused', 'table-gone', 'column-changed', 'finding', 'column-new', 'index-new'])
    expect(all.every(({ what, remedy }) => what !== '' && remedy !== '')).toBe(true)
    expect(new Set(NEWS_KINDS).size).toBe(NEWS_KINDS.length)
  })

  it('hold no value and no key of a row, and neither does what is remembered', () => {
    const tonight = ended(NOW, { reports: { orders: { state: 'stopped', failures: [failure()] } } })
    const kept = JSON.stringify(remember(tonight, memory(THEN)))
    expect(kept).toContain('row-refused')
    expect(kept).not.toMatch(/secret|4711/)
  })

  it('of a decision say that apply decides anew, and of a row its own remedy first', () => {
    const stopped = { orders: { state: 'stopped', failures: [failure()] } } as const
    const [broken] = newsOf(memory(NOW, { reports: stopped, report: { decisions: [boolean] } }), memory(THEN))
    expect(broken?.remedy).toContain('`nightferry apply FILE` decides anew (smallint)')
    const [refused] = newsOf(memory(NOW, { reports: stopped }), memory(THEN))
    expect(refused?.remedy).toBe('cast it; then `nightferry apply FILE`')
  })
})

describe('the memory of a run', () => {
  it('has what it was compared with, and its digests by its own proof of the load', () => {
    const proof = (kind: 'load' | 'verify', t: string | null, s0: string | null): object => ({
      kind,
      tables: [{ table: 'orders', t, s0 }],
    })
    const proofs = [proof('verify', 'later', null), proof('load', 'aa', 'aa')] as never
    const kept = remember(ended(NOW, { report: { proofs } }), memory(THEN))
    expect(kept).toMatchObject({ since: THEN, published: 'published', summary: { run: NOW, published: 'published' } })
    expect(kept.tables).toMatchObject([
      {
        table: 'orders',
        digest: 'aa',
        indexes: ['PRIMARY (id)'],
        columns: [
          { name: 'id', source: 'int(10) unsigned', target: 'bigint not null' },
          { name: 'state', source: 'tinyint(1)', target: 'smallint' },
        ],
        counter: { column: 'id', next: '1001', end: '9223372036854775807' },
      },
    ])
  })

  it('of a night that was not taken has its reason and nothing else', () => {
    const refused = rememberUnread('shop', summary({ run: NOW, state: 'refused', reason: 'still running' }), [])
    expect(refused).toMatchObject({ report: null, tables: [], news: [], since: null, published: 'not published' })
    expect(refused.summary).toMatchObject({ state: 'refused', reason: 'still running', version: 3 })
  })
})
