import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { RunPages } from '../activities/tools.js'
import type { Log } from '../core/log.js'
import type { MemoryPort, RunMemory } from '../core/memory.js'
import type { RunId } from '../core/run.js'
import { TREND_RUNS } from '../core/trend.js'
import type { PageDocument } from './pages/page-document.js'
import { reportPage } from './pages/report.js'
import { replaceFile } from './replace-file.js'

/** As many runs of a migration as its charts show. */
const KEPT = TREND_RUNS

/** That of the run that began last, under a name that stays. */
const LATEST = 'latest.html'

/**
 * Writes the page of each run that is over into a folder: `MIGRATION/RUN.html` below NIGHTFERRY_REPORTS, else below
 * `.nightferry/reports` of the worker's home; `off` writes none. Null: nothing is to be written. Files are replaced as a
 * whole. What goes wrong is a line of the log, and nothing else: a page is not worth a run.
 */
export function openRunPages(
  variables: Readonly<Record<string, string | undefined>>,
  home: string,
  log: Log,
): RunPages | null {
  const wanted = variables['NIGHTFERRY_REPORTS'] ?? ''
  if (wanted === 'off') return null
  const folder = wanted === '' ? join(home, '.nightferry', 'reports') : resolve(home, wanted)
  return {
    async write(memory, migration, run) {
      try {
        const document = await documentOf(memory, migration, run)
        if (document !== null) keepPage(join(folder, encodeURIComponent(migration)), run, reportPage(document).html)
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        log('the page of a run could not be written', { run, reason })
      }
    },
  }
}

/** Of what its memory keeps, which is all there is of a run whose generation is closed. */
async function documentOf(memory: MemoryPort, migration: string, run: RunId): Promise<PageDocument | null> {
  const kept = await memory.run(run)
  if (kept === null) return null
  return {
    run: { format: 1, migration, summary: kept.summary, report: kept.report, remembered: rememberedOf(kept) },
    trend: await memory.trend(TREND_RUNS, null),
    fitness: await memory.fitness(),
    written: new Date().toISOString(),
    served: false,
  }
}

const rememberedOf = ({ published, notes, since, news }: RunMemory): PageDocument['run']['remembered'] => ({
  ...{ published, notes, since, news },
})

/** Repeatable. Ids of runs sort by when they began. */
function keepPage(folder: string, run: RunId, page: string): void {
  mkdirSync(folder, { recursive: true })
  replaceFile(join(folder, `${run}.html`), page)
  const [newest, ...others] = readdirSync(folder)
    .filter((file) => /^\d{8}-\d{6}(-\d+)?\.html$/.test(file))
    .map((file) => file.slice(0, -'.html'.length))
    .toSorted()
    .toReversed()
  if (newest === run) replaceFile(join(folder, LATEST), page)
  for (const old of others.slice(KEPT - 1)) rmSync(join(folder, `${old}.html`), { force: true })
}
