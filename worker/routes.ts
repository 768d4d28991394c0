import { API_ROUTES, API_VERSION, type InspectionDocument } from '../core/api.js'
import type { LedgerPort } from '../core/ledger.js'
import type { Ports } from '../core/ports.js'
import { PRODUCT } from '../core/product.js'

/** What the read API answers from. */
export interface Answers {
  readonly ports: Ports
  readonly kept: (ref: string) => InspectionDocument | null
}

/** Something that was asked for and is not there. */
export class NotThere extends Error {
  override readonly name = 'NotThere'
  constructor(
    message: string,
    readonly remedy: string,
  ) {
    super(message)
  }
}

/** As many runs as a person reads; the ledger has them all. */
const MOST_RUNS = 500

/** The document of a path; throws `NotThere`, or whatever the ledger throws. */
export async function route(url: string, { ports, kept }: Answers): Promise<unknown> {
  const path = url.split('?')[0] ?? ''
  if (path === API_ROUTES.health()) return { product: PRODUCT.name, version: PRODUCT.version, pid: process.pid }
  const parts = path.split('/').slice(1).map(decode)
  const [version, what, ...rest] = parts
  if (version !== API_VERSION) throw noSuchPath()
  if (what === 'kept' && rest.length === 1) return keptDocument(kept, rest[0] ?? '')
  if (what !== 'targets' || rest.length < 3) throw noSuchPath()
  const [connection = '', database = '', ...question] = rest
  const target = await ports.target(connection, database === '-' ? null : database)
  return await ask(target.ledger, question)
}

async function ask(ledger: LedgerPort, [list, id, more, ...rest]: readonly string[]): Promise<unknown> {
  if (rest.length > 0) throw noSuchPath()
  if (list === 'versions' && id !== undefined && more === undefined && /^\d{1,9}$/.test(id))
    return await ledger.version(Number(id))
  if (list !== 'runs') throw noSuchPath()
  if (id === undefined) return await ledger.runs(MOST_RUNS)
  if (more === undefined) return await ledger.report(id)
  if (more === 'progress') return await ledger.progress(id)
  throw noSuchPath()
}

function keptDocument(kept: Answers['kept'], ref: string): InspectionDocument {
  const document = kept(ref)
  if (document !== null) return document
  throw new NotThere(
    'That document is not kept any more',
    'Ask again: a plan is kept for an hour, by the worker that made it.',
  )
}

const noSuchPath = (): NotThere => new NotThere('There is no such document', 'See core/api.ts for the paths.')

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw noSuchPath()
  }
}
