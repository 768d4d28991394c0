import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { exitForProof } from '../../client/commands/verify.js'
import { noPaint, outputTo } from '../../client/output.js'
import { proofLine } from '../../client/progress/follow-proof.js'
import { renderDifferences, renderProof, renderProofs } from '../../client/render/proof.js'
import { renderSchema } from '../../client/render/schema.js'
import type { ListedDifference } from '../../core/api.js'
import { VERDICTS, type ProofReport, type Verdict } from '../../core/proof.js'

const proof = (verdict: Verdict, differs: Partial<ProofReport> = {}): ProofReport => ({
  ...{ format: 1, migration: 'shop', proof: 'r.2', run: 'r', kind: 'verify', withSource: true, witness: 0.01 },
  ...{ started: '2026-11-20T03:00:00.000Z', ended: '2026-11-20T03:00:05.000Z', verdict, differences: 0 },
  tables: [
    {
      ...{ table: 'orders', verdict, form: 'ordered', rowsSource: 1000, rowsTarget: 999, differences: 1, seconds: 1 },
      ...{ s0: null, t: null, s1: null, witness: { ranges: 2, rows: 20, agrees: true, notWitnessed: [] } },
    },
  ],
  ...differs,
})

const text = (lines: readonly string[]): string => lines.join('\n')

describe('the exit of a verify', () => {
  it.each(
    VERDICTS.map((verdict) => [verdict, verdict === 'equal' || verdict.startsWith('differs from') ? 0 : 6] as const),
  )('%s is %i', (verdict, code) => expect(exitForProof(proof(verdict))).toBe(code))

  it('is not 0 while it is under way', () => expect(exitForProof(proof('equal', { verdict: null }))).toBe(6))
})

describe('a proof at a terminal', () => {
  it('names the verdict, what was compared, and both counts of each table', () => {
    const shown = text(renderProof(proof('target changed'), noPaint))
    expect(shown).toMatch(/^Proof r\.2: target changed in 5\.0 s/)
    expect(shown).toMatch(/the target with what was copied, the source as it is now, the witness over 1%/)
    expect(shown).toMatch(/orders +target changed +1,000 +999 +1 +20 +ranges/)
    expect(shown).toMatch(/somebody wrote to the target since/)
    expect(text(renderProofs([proof('equal'), proof('copy wrong', { kind: 'load' })], noPaint))).toMatch(
      /before it: Proof of the load of r: copy wrong/,
    )
  })

  it('shows rows by key, columns by name, and values only where they came', () => {
    const cells = [{ column: 'a', source: 'x\u001b[31m', target: null }]
    const rows: ListedDifference[] = [
      { id: '1', table: 't', kind: 'changed', key: 'id=1', columns: [{ column: 'a' }, { column: 'b' }], times: 1 },
      { id: '2', table: 't', kind: 'changed', key: 'id=2', columns: cells, times: 1 },
      { id: '3', table: 't', kind: 'extra', key: 'row ab', columns: [], times: 3 },
    ]
    const shown = text(renderDifferences(rows, 9, noPaint))
    expect(shown).toMatch(/Differences \(9\)/)
    expect(shown).toMatch(/changed {2}t id=1: a, b/)
    expect(shown).toMatch(/a: 'x \[31m' in the source, NULL in the target/)
    expect(shown).toMatch(/extra {2}t row ab \(3 times\)/)
    expect(shown).toMatch(/and 4 more; --json has them all/)
    expect(renderDifferences([], 0, noPaint)).toEqual([])
  })

  it('has one line while it works', () => {
    const tables = { judged: 1, unclean: 1, total: 2 }
    const status = {
      proof: 'r.2',
      run: 'r',
      kind: 'verify',
      started: '',
      doing: 'reading',
      tables,
      differences: 3,
    } as const
    expect(proofLine({ ...status, steps: { begun: 3, total: 12 } }, ['retrying'])).toBe(
      'verify r.2: reading, 3 of 12 steps begun; 1 of 2 tables compared; 1 not equal; 3 differences; retrying',
    )
  })

  it('tells what is otherwise in the schema apart from what people added', () => {
    const one = { subject: 'index t.i', table: 't', planned: 'valid', found: 'not valid', mendable: true }
    const added = { subject: 'index t.mine', table: 't', planned: null, found: '(a)', mendable: false }
    const shown = text(renderSchema({ format: 1, migration: 'shop', run: 'r', differences: [added, one] }, noPaint))
    expect(shown).toMatch(/Schema of run r: 1 difference\n/)
    expect(shown).toMatch(/index t\.i {2}\[nightferry repair mends it\]\n +planned: valid\n +found: +not valid/)
    expect(shown).toMatch(/Added by people \(1\)\n +index t\.mine: \(a\)/)
  })
})

describe('a document whose list is long', () => {
  async function streamed(pages: readonly (readonly unknown[])[]): Promise<unknown> {
    const stdout = new PassThrough({ highWaterMark: 16 })
    const read = (async () => {
      let all = ''
      for await (const part of stdout) all += String(part)
      return all
    })()
    async function* list() {
      for (const page of pages) yield await Promise.resolve(page)
    }
    const streams = { stdout, stderr: new PassThrough() } as unknown as Parameters<typeof outputTo>[0]
    await outputTo(streams, {}, true).stream({ format: 1, n: 2 }, 'items', list())
    stdout.end()
    return JSON.parse(await read)
  }

  it('is one document, page by page, also where the list is empty', async () => {
    expect(await streamed([])).toEqual({ format: 1, n: 2, items: [] })
    expect(await streamed([[{ a: 1 }, { a: '}' }], [], [{ a: 3 }]])).toEqual({
      ...{ format: 1, n: 2 },
      items: [{ a: 1 }, { a: '}' }, { a: 3 }],
    })
  })
})
