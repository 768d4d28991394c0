import { API_ROUTES, API_VERSION, type KeptDocument, type MigrationsDocument, type OpenMigration } from '../core/api.js'
import type { LedgerPort } from '../core/ledger.js'
import type { Ports, TargetPort } from '../core/ports.js'
import { PRODUCT } from '../core/product.js'
import { evidenceFile } from './evidence.js'
import { askMemory, MOST_AUDITED, MOST_RUNS } from './memory-documents.js'
import type { Migrations } from './migrations.js'
import { NotThere, noSuchPath } from './not-there.js'
import { repairDocument } from './repair-document.js'
import { askProof, schemaDocument } from './proof-documents.js'
import { targetOfRun, type Where } from './run-documents.js'

/** What the read API answers from. */
export interface Answers {
  readonly ports: Ports
  /** Absent: Temporal is not asked here. */
  readonly migrations?: Migrations
  readonly kept: (ref: string) => KeptDocument | null
}

/** Where a question about a target is answered from. */
export interface Asked {
  readonly ports: Ports
  readonly target: TargetPort
  readonly ledger: LedgerPort
}

/** The document of a path; throws `NotThere`, or whatever the ledger throws. */
export async function route(url: string, { ports, kept, migrations }: Answers): Promise<unknown> {
  const path = url.split('?')[0] ?? ''
  if (path === API_ROUTES.health()) return { product: PRODUCT.name, version: PRODUCT.version, pid: process.pid }
  const parts = path.split('/').slice(1).map(decode)
  const [version, what, ...rest] = parts
  if (version !== API_VERSION) throw noSuchPath()
  if (what === 'migrations' && rest.length < 2) return await migrationsDocument(migrations, rest[0])
  if (what === 'kept' && rest.length === 1) return keptDocument(kept, rest[0] ?? '')
  if (what !== 'targets' || rest.length < 3) throw noSuchPath()
  const [connection = '', database = '', ...question] = rest
  const place = { connection, database: database === '-' ? null : database }
  if (question[0] === 'memory') return await askMemory(ports, place, question.slice(1))
  const target = await targetAsked(ports, place, question)
  return await ask({ ports, target, ledger: target.ledger }, question)
}

/** What is asked of a run is answered by the database that it built, as long as that is there. */
async function targetAsked(
  ports: Ports,
  place: Omit<Where, 'migration'>,
  [list, id, what]: readonly string[],
): Promise<TargetPort> {
  const run = list === 'runs' ? id : list === 'proofs' ? id?.split('.')[0] : undefined
  const found = run === undefined ? null : await targetOfRun(ports, place, run, what === 'progress')
  return found ?? (await ports.target(place.connection, place.database))
}

async function ask(asked: Asked, [list, id, ...more]: readonly string[]): Promise<unknown> {
  const { ledger } = asked
  if (list === 'versions' && id !== undefined && more.length === 0 && /^\d{1,9}$/.test(id))
    return await ledger.version(Number(id))
  if (list === 'runs' && id === undefined) return await ledger.runs(MOST_RUNS)
  if (list === 'runs' && id !== undefined) return await askRun(asked, id, more)
  if (list === 'audit' && id === undefined) return await ledger.auditTrail(MOST_AUDITED)
  if (list === 'proofs' && id !== undefined) return await askProof(asked, id, more)
  throw noSuchPath()
}

async function askRun(asked: Asked, run: string, [what, ...more]: readonly string[]): Promise<unknown> {
  const { ledger } = asked
  if (more.length > 0) throw noSuchPath()
  switch (what) {
    case undefined:
      return await ledger.report(run)
    case 'progress':
      return await ledger.progress(run)
    case 'proofs':
      return await ledger.proofsOf(run)
    case 'evidence':
      return await evidenceFile(asked, run)
    case 'repair':
      return await repairDocument(asked, run)
    case 'schema':
      return await schemaDocument(asked, run)
    default:
      throw noSuchPath()
  }
}

async function migrationsDocument(
  migrations: Migrations | undefined,
  name: string | undefined,
): Promise<MigrationsDocument | (OpenMigration & Pick<MigrationsDocument, 'format'>)> {
  if (migrations === undefined) throw noSuchPath()
  if (name === undefined) return { format: 1, migrations: await migrations.all() }
  const found = await migrations.one(name)
  if (found === null) throw new NotThere(`There is no migration ${name}`, 'List those there are: GET /v1/migrations.')
  return { format: 1, ...found }
}

function keptDocument(kept: Answers['kept'], ref: string): KeptDocument {
  const document = kept(ref)
  if (document !== null) return document
  throw new NotThere(
    'That document is not kept any more',
    'Ask again: a plan is kept for an hour, by the worker that made it.',
  )
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw noSuchPath()
  }
}
