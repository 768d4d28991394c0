import type { Ports } from '../../core/ports.js'
import type { RunId } from '../../core/run.js'
import type { Where } from '../run-documents.js'
import type { Page } from './layout.js'
import { pageDocument } from './page-document.js'
import { reportPage } from './report.js'

/** The page of a run that is over. Throws `NotThere` where nobody knows it, and what its target threw. */
export const endedPage = async (ports: Ports, where: Where, run: RunId, served: boolean): Promise<Page> =>
  reportPage(await pageDocument(ports, where, run, served))
