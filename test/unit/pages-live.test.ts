import { describe, expect, it, vi } from 'vitest'
import { noPaint } from '../../client/output.js'
import { renderStatus } from '../../client/render/status.js'
import { Failure } from '../../core/failure.js'
import type { Hold } from '../../core/hold.js'
import type { LedgerPort } from '../../core/ledger.js'
import type { TargetPort } from '../../core/ports.js'
import type { RunProgress } from '../../core/report.js'
import type { MigrationStatus, RunStatus, TemporalStatus } from '../../core/status.js'
import { followRuns, type Look } from '../../worker/pages/live-progress.js'
import { liveRun, type LiveRun } from '../../worker/pages/live-words.js'
import { progress, summary, tableProgress } from '../support/client-documents.js'

/** What the page of a run says once its rows are done, and what else stands in words on it. */

const TEMPORAL: TemporalStatus = {
  ...{ reachable: true, address: 'a', namespace: 'n', workflow: 'RUNNING', stuck: null },
  ...{ controlWorker: true, dataWorker: true, retrying: [] },
}

const RUN = '20261122-030000'
const BUILT = 'shop_20261122_030000'

const running: RunStatus = {
  ...{ run: RUN, version: 1, workflowId: `run/shop/${RUN}`, started: '2026-11-22T03:00:00Z' },
  target: { connection: 'pg', database: BUILT, published: 'shop' },
  ...{ phase: 'schema', tables: { total: 2, done: 0, stopped: 0 } },
}

const status = (more: Partial<MigrationStatus> = {}): MigrationStatus => ({
  ...{ format: 1, migration: 'shop', versions: [], applying: false, proving: null, runs: [], holds: [], knobs: {} },
  ...{ target: { connection: 'pg', database: null, published: 'shop' }, running, schedule: null, refused: [] },
  ...{ ownership: 'source', ...more },
})

const copying = (): RunProgress => ({
  ...progress([
    tableProgress('orders', { state: 'copying', rows: 31, estimatedRows: 100 }),
    tableProgress('lines', { state: 'copied' }),
  ]),
  run: RUN,
})

const done = (): RunProgress => ({
  ...progress([tableProgress('orders', { state: 'done' }), tableProgress('lines', { state: 'done' })]),
  ...{ run: RUN, state: 'complete', phase: 'closed' },
})

const missing = (database: string | null): Failure =>
  new Failure('target-missing', `The target pg has no such database (database ${database}): 3D000.`, {
    remedy: "Check the database's name; a run makes it where the account has CREATEDB.",
  })

/** Looks as often as asked, each time into what `databases` has then. */
async function follow(...looks: readonly Readonly<Record<string, () => RunProgress>>[]): Promise<(Look | null)[]> {
  let databases = looks[0] ?? {}
  const target = async (_connection: string, name: string | null): Promise<TargetPort> => {
    const found = databases[name ?? '']
    if (found === undefined) throw missing(name)
    const ledger: Partial<LedgerPort> = { progress: async () => found() }
    return { ledger } as TargetPort
  }
  const away = async (): Promise<never> => await Promise.reject(new Error('nobody asks that'))
  const ports = { source: away, target, memory: away, generations: away }
  const migrations = { all: away, one: away, trouble: async () => [] }
  const followed = followRuns({ ports, migrations })
  const seen: (Look | null)[] = []
  for (const one of looks) {
    databases = one
    // What was asked a moment ago is shared.
    const last = seen.at(-1)
    seen.push(
      await vi.waitFor(async () => {
        const next = await followed.look(status())
        expect(next).not.toBe(last)
        return next
      }, 5000),
    )
  }
  return seen
}

const said = (look: Look | null, more: Partial<MigrationStatus> = {}): LiveRun =>
  liveRun(status(more), running, look, Date.parse('2026-11-22T03:10:00Z'))

const unknown = (): never => {
  throw new Failure('refused', 'The target knows no such run', { remedy: 'List those there are.' })
}

const look = (more: Partial<Look> = {}): Look => ({
  ...{ progress: copying(), rates: { rows: null, byTable: new Map(), left: null }, trouble: null, failing: [] },
  ...{ isPublished: false, ...more },
})

describe('a run whose rows are done', () => {
  it('is read where it was published, without a trouble, while what is behind it goes on', async () => {
    const [before, after] = await follow({ [BUILT]: copying, shop: unknown }, { shop: done })
    expect([before?.isPublished, said(before ?? null).words.headline]).toEqual([false, 'Copying rows'])
    const { words, percent, trouble, tone } = said(after ?? null)
    expect([percent, words.percent, trouble, tone]).toEqual([100, '100 %', [], 'busy'])
    expect(words.headline).toMatch(/^Published; what is done behind it/)
    expect([words.tables, words.tablesOf]).toEqual(['2', 'of 2 done'])
  })

  it('is known by whoever looks for the first time then, and is not what an older run left there', async () => {
    const [first] = await follow({ shop: done })
    expect(said(first ?? null).words.headline).toMatch(/^Published/)
    const [older] = await follow({ shop: unknown })
    expect([older?.progress, older?.trouble?.kind, said(older ?? null).percent]).toEqual([null, 'target-missing', 0])
  })

  it('is no trouble where the migration was told of it and no database says more', () => {
    const told = [summary({ run: RUN, ended: '2026-11-22T03:09:00Z', published: 'published' })]
    const { percent, trouble, words } = said(look({ trouble: missing(BUILT) }), { runs: told })
    expect([percent, trouble]).toEqual([100, []])
    expect(words.headline).toMatch(/^Published/)
  })

  it('may still be published, or never will be', () => {
    expect(said(look({ progress: done() })).words.headline).toMatch(/^Its rows are done; publishing them/)
    const incomplete: RunProgress = { ...done(), state: 'incomplete' }
    expect(said(look({ progress: incomplete })).words.headline).toMatch(/^It has ended/)
  })

  it('is another pass where it was taken up again after that end', () => {
    const told = [summary({ run: RUN, ended: '2026-11-21T03:09:00Z', published: 'published' })]
    expect(said(look(), { runs: told }).words.headline).toBe('Copying rows')
  })
})

describe('tables on the page of a run', () => {
  const hold: Hold = {
    ...{ id: 'h1', kind: 'operator', table: null, by: 'ada', at: '2026-11-22T03:01:00Z', why: 'a release' },
    ...{ remedy: null, lifts: null },
  }

  it('wait where everything waits, or they do', () => {
    const doing = (holds: readonly Hold[]): (string | undefined)[] =>
      said(look(), { holds }).tables.map(({ doing: does }) => does)
    expect(doing([])).toEqual(['copying'])
    expect(doing([hold])).toEqual(['waits'])
    expect(doing([{ ...hold, table: 'orders' }])).toEqual(['waits'])
    expect(doing([{ ...hold, table: 'lines' }])).toEqual(['copying'])
  })

  it('are counted in the words of `status`', () => {
    const { tables, tablesOf } = said(look()).words
    expect(`${tables} ${tablesOf}`).toBe('1 of 2 copied')
    const document = { temporal: TEMPORAL, migration: status(), progress: copying(), format: 1 } as const
    const lines = renderStatus({ migration: 'shop', me: 'ada' }, document, noPaint)
    expect(lines.join('\n')).toContain('clone, 1 of 2 tables copied')
  })
})

it('a trouble ends with one full stop, whatever its message ends with', () => {
  const { trouble } = said(look({ trouble: missing(BUILT) }))
  expect(trouble).toEqual([expect.stringMatching(/: 3D000\. Check the database's name/)])
})
