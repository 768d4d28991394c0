import { describe, expect, it } from 'vitest'
import type { RunSummary } from '../../core/run.js'
import { runWords, signOf, toneOf } from '../../worker/pages/index-words.js'
import { reportPage } from '../../worker/pages/report.js'
import { summary } from '../support/client-documents.js'
import { goodDocument } from '../support/pages-document.js'

/** A run that is complete and yet not green looks otherwise than one that is, also for those who see no colours. */

const GREEN: Partial<RunSummary> = { state: 'complete', label: 'snapshot', published: 'published' }

const APART: Readonly<Record<string, readonly [Partial<RunSummary>, string]>> = {
  'rows are of no one moment': [{ label: 'best-effort' }, 'complete, not green'],
  'tables were set aside': [{ skipped: 2 }, 'complete, not green'],
  'nobody reads it': [{ published: 'not published' }, 'complete, not published'],
}

describe.each(Object.entries(APART))('a complete run of which %s', (_why, [more, words]) => {
  const green = summary(GREEN)
  const apart = summary({ ...GREEN, ...more })

  it('has a sign and words of its own on the list', () => {
    expect([signOf(green), toneOf(green)]).toEqual(['✓', 'good'])
    expect(signOf(apart)).not.toBe(signOf(green))
    expect(toneOf(apart)).toBe('warn')
    expect(runWords(apart)).toContain(`: ${words}, `)
    expect(runWords(apart)).not.toContain('not published, not published')
  })

  it('is not green among the runs on a report', () => {
    const { trend, ...rest } = goodDocument(3, 4)
    const { label = 'snapshot', published = 'published', skipped = 0 } = more
    const runs = trend.map((one) => ({
      ...{ ...one, label, published },
      tables: one.tables.map((of, i) => (i < skipped ? { ...of, state: 'skipped' } : of)),
    }))
    const { html } = reportPage({ ...rest, trend: runs })
    expect(html.split(`<span class="badge is-warn">${words}</span>`)).toHaveLength(4)
    expect(html).not.toContain('<span class="badge is-good">complete</span>')
  })
})
