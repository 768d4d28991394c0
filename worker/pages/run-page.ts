import type { Ports } from '../../core/ports.js'
import type { RunId } from '../../core/run.js'
import { runDocument, type Where } from '../run-documents.js'
import { markup } from './html.js'
import { layout, type Page } from './layout.js'

/** The page of a run that is over. Throws `NotThere` where nobody knows it, and what its target threw. */
export async function endedPage(ports: Ports, where: Where, run: RunId, _served: boolean): Promise<Page> {
  const { summary } = await runDocument(ports, where, run)
  return layout({
    title: `${where.migration} ${run}`,
    trail: [{ text: 'Migrations', href: '/' }, { text: where.migration }],
    body: markup`<section><h1>Run ${run} is ${summary.state}</h1></section>`,
  })
}
