import { describe, expect, it } from 'vitest'
import { notGreen } from '../../core/green.js'
import type { ProofReport } from '../../core/proof.js'
import type { RunReport, TableReport } from '../../core/report.js'
import type { RunSummary } from '../../core/run.js'
import { summaryOf } from '../support/scripted.js'

const RUN = '20261120-030000'
const proofOf = (more: Partial<ProofReport> = {}): ProofReport => ({
  ...{ format: 1, migration: 'shop', proof: RUN, run: RUN, kind: 'load', withSource: false, witness: 0 },
  ...{ started: '2026-11-20T03:00:00.000Z', ended: '2026-11-20T03:01:00.000Z', verdict: 'equal', tables: [] },
  differences: 0,
  ...more,
})
const tableOf = (more: Partial<TableReport> = {}): TableReport => ({
  ...{ table: 'a', target: 'a', state: 'done', rowsRead: 1, rowsLoaded: 1, rowsCounted: 1, bytes: 1, chunks: 1 },
  ...{ seconds: { copy: 0, indexes: 0, constraints: 0, vacuum: 0 }, failures: [] },
  ...more,
})

type Judged = Pick<RunReport, 'summary' | 'proofs' | 'tables'>

const ended = (summary: Partial<RunSummary> = {}, more: Partial<Judged> = {}): Judged => ({
  summary: { ...summaryOf(RUN, 'complete', null), label: 'snapshot', ...summary },
  proofs: [proofOf()],
  tables: [tableOf()],
  ...more,
})

describe('a run is green', () => {
  it('where it is complete, proved, and of one moment', () => {
    expect(notGreen(ended())).toBeNull()
    // Later proofs stand before it: newest first.
    const verify = proofOf({ kind: 'verify', proof: `${RUN}.2`, ended: null })
    expect(notGreen(ended({}, { proofs: [verify, proofOf()] }))).toBeNull()
  })

  const cases: readonly [string, Judged, string][] = [
    ['under way', ended({ state: 'running' }), 'the run is running'],
    ['incomplete with a reason', ended({ state: 'incomplete', reason: 'r' }), 'the run is incomplete: r'],
    ['incomplete without one', ended({ state: 'incomplete', stopped: 1 }), '1 of 1 tables stopped'],
    ['with rejects', ended({ state: 'complete with rejects' }), 'the run is complete with rejects'],
    ['with a table set aside', ended({ skipped: 1, tables: 3 }), '1 of 3 tables were set aside'],
    ['best-effort', ended({ label: 'best-effort' }), 'best-effort, not of one moment'],
    ['without a proof', ended({}, { proofs: [] }), 'its load was not proved'],
    ['with a proof that did not end', ended({}, { proofs: [proofOf({ ended: null })] }), 'its load was not proved'],
    ['with only a later proof', ended({}, { proofs: [proofOf({ kind: 'verify' })] }), 'its load was not proved'],
    ['with a table that is not done', ended({}, { tables: [tableOf({ state: 'indexed' })] }), 'table a is indexed'],
    [
      'with a table that a repair brought later',
      ended({}, { tables: [tableOf(), tableOf({ table: 'b', label: 'best-effort' })] }),
      "table b is best-effort, not of the run's moment",
    ],
  ]
  it.each(cases)('never %s, and says so', (_name, judged, why) => expect(notGreen(judged)).toContain(why))
})
