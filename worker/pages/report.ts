import { moment } from '../../core/numbers.js'
import { chartLibrary } from './chart-library.js'
import { markup } from './html.js'
import { layout, type Page } from './layout.js'
import type { PageDocument } from './page-document.js'
import { trendPart } from './report-charts.js'
import { evidencePart } from './report-evidence.js'
import { findingsPart } from './report-findings.js'
import { fitnessPart } from './report-fitness.js'
import { REPORT_SCRIPT } from './report-script.js'
import { stoppedPart, tablesPart } from './report-tables.js'
import { timelinePart } from './report-timeline.js'
import { newsPart, verdictPart } from './report-top.js'
import { verdictOf } from './verdict.js'

/**
 * A run as one page: what a person reads every morning, the verdict first. It needs nothing beside itself, and no value of a
 * cell is on it. The same document gives the same page.
 */
export function reportPage(document: PageDocument): Page {
  const { migration, summary } = document.run
  return layout({
    title: `${verdictOf(document).title} · ${migration} ${summary.run}`,
    trail: [
      document.served ? { text: 'Migrations', href: '/' } : { text: 'Report' },
      { text: migration },
      { text: summary.run },
    ],
    body: [
      verdictPart(document),
      stoppedPart(document),
      newsPart(document),
      evidencePart(document),
      fitnessPart(document),
      trendPart(document),
      timelinePart(document),
      tablesPart(document),
      findingsPart(document),
    ],
    scripts: [chartLibrary(), REPORT_SCRIPT],
    foot: markup`Written ${moment(document.written)}. Values of cells, and keys of rows, are never on this page.`,
  })
}
