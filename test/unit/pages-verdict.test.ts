import { describe, expect, it } from 'vitest'
import type { RunState, PublishedState, RunSummary } from '../../core/run.js'
import type { Verdict } from '../../core/proof.js'
import type { PageDocument } from '../../worker/pages/page-document.js'
import { verdictOf, type Tone } from '../../worker/pages/verdict.js'
import { goodDocument } from '../support/pages-document.js'

/** A good night, but for this. */
function night(more: Partial<RunSummary>, published: PublishedState = 'published', last?: Verdict): PageDocument {
  const { run, ...rest } = goodDocument(2, 3)
  const summary: RunSummary = { ...run.summary, ...more, published }
  const proofs = run.report!.proofs
  const later = proofs.map((proof) => ({ ...proof, proof: `${proof.run}.2`, kind: 'verify' as const, verdict: last! }))
  const report = { ...run.report!, summary, label: summary.label, proofs: last ? [...later, ...proofs] : proofs }
  return { ...rest, run: { ...run, summary, report, remembered: { ...run.remembered!, published } } }
}

const STATES: Readonly<Record<RunState, readonly [Tone, string]>> = {
  running: ['busy', 'Under way'],
  complete: ['good', 'Complete, proved equal, published'],
  'complete with rejects': ['warn', 'Complete, but rows were refused'],
  incomplete: ['bad', 'Incomplete: 1 of 3 tables stopped'],
  refused: ['warn', 'This night was not taken'],
}

const PUBLISHED: Readonly<Record<PublishedState, readonly [Tone, string]>> = {
  published: ['good', 'Complete, proved equal, published'],
  'was published': ['good', 'Complete and proved equal'],
  'not published': ['warn', 'Complete and proved equal, not published'],
  'in place': ['good', 'Complete and proved equal'],
}

const LAST: Readonly<Record<Verdict, readonly [Tone, string]>> = {
  equal: ['good', 'Complete, proved equal, published'],
  'differs from the source now': ['good', 'Complete, proved equal, published'],
  'target changed': ['bad', 'Complete, but the last proof says: target changed'],
  'copy wrong': ['bad', 'Complete, but the last proof says: copy wrong'],
  'witness disagrees': ['bad', 'Complete, but the last proof says: witness disagrees'],
  'not proved': ['bad', 'Complete, but the last proof says: not proved'],
}

const said = (document: PageDocument): readonly [Tone, string] => {
  const { tone, title } = verdictOf(document)
  return [tone, title]
}

describe('what a page says first', () => {
  it.each(Object.entries(STATES))('has a word for a run that is %s', (state, expected) => {
    const stopped = state === 'incomplete' ? 1 : 0
    expect(said(night({ state: state as RunState, stopped }))).toEqual(expected)
  })

  it.each(Object.entries(PUBLISHED))('says of a complete run whether people read it: %s', (published, expected) => {
    expect(said(night({}, published as PublishedState))).toEqual(expected)
  })

  it.each(Object.entries(LAST))('believes the last proof, whatever the load was: %s', (verdict, expected) => {
    expect(said(night({}, 'published', verdict as Verdict))).toEqual(expected)
  })

  it('is not green where rows are of no one moment, and says so', () => {
    const { tone, title, why } = verdictOf(night({ label: 'best-effort' }, 'in place'))
    expect([tone, title]).toEqual(['warn', 'Complete, not green'])
    expect(why.join()).toContain('best-effort')
  })

  it('names what to do wherever it is not good', () => {
    const commands = (document: PageDocument): string[] => verdictOf(document).next.map(({ command }) => command)
    expect(commands(night({ state: 'incomplete', stopped: 1 }))[0]).toBe('nightferry retry shop')
    expect(commands(night({ state: 'refused' }))).toEqual(['nightferry status shop'])
    expect(commands(night({}, 'not published'))[0]).toMatch(/^nightferry publish shop --run \S+$/)
    expect(commands(night({}, 'published', 'target changed'))[0]).toMatch(/^nightferry repair shop --run \S+$/)
  })

  it('tells a run that was mended since from one that still waits for somebody', () => {
    const mended = { tables: 1, by: '20261120-030000.2' }
    expect(said(night({ state: 'incomplete', stopped: 0, mended }))).toEqual([
      'warn',
      'Incomplete when it ended, mended since',
    ])
    expect(said(night({ state: 'incomplete', stopped: 1, mended }))[0]).toBe('bad')
  })
})
