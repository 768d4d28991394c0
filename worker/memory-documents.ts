import { askMemories, memoriesOf } from '../activities/memories.js'
import type { GenerationsDocument } from '../core/api.js'
import type { AuditEntry } from '../core/audit.js'
import { Failure } from '../core/failure.js'
import type { StoredVersion } from '../core/ledger.js'
import type { Ports } from '../core/ports.js'
import { fitnessDocument } from './fitness-document.js'
import { inventoryDocument } from './inventory-document.js'
import { noSuchPath } from './not-there.js'
import { runDocument, runsDocument, type Where } from './run-documents.js'
import { trendDocument } from './trend-document.js'

/** As many runs, and lines of the audit trail, as a person reads; the memory has them all. */
export const MOST_RUNS = 500
export const MOST_AUDITED = 100

/** What is asked of a migration, wherever it stands: in its memory, or in the ledger of the database that people read. */
export async function askMemory(
  ports: Ports,
  place: Omit<Where, 'migration'>,
  [migration, list, id, ...more]: readonly string[],
): Promise<unknown> {
  if (migration === undefined || more.length > 0) throw noSuchPath()
  const where = { ...place, migration }
  if (list === 'runs')
    return id === undefined ? await runsDocument(ports, where, MOST_RUNS) : await runDocument(ports, where, id)
  if (list === 'inventory' && (id === undefined || id === 'aside'))
    return await inventoryDocument(ports, where, id !== undefined)
  if (list === 'trend') return await trendDocument(ports, where, id ?? null)
  if (list === 'audit' && id === undefined) return await auditDocument(ports, where)
  if (list === 'fitness' && id === undefined) return await fitnessDocument(ports, where)
  if (list === 'generations' && id === undefined) return await generationsDocument(ports, where)
  if (list === 'versions' && id !== undefined && /^\d{1,9}$/.test(id))
    return await versionDocument(ports, where, Number(id))
  throw noSuchPath()
}

async function generationsDocument(ports: Ports, where: Where): Promise<GenerationsDocument> {
  const { connection, database, migration } = where
  const port = await ports.generations(connection, database, migration)
  const [generations, copies] = [await port.list(), await port.copies()]
  return { format: 1, migration, database: port.published, generations, copies }
}

/** Newest first: what stands in both is one entry. */
async function auditDocument(ports: Ports, where: Where): Promise<AuditEntry[]> {
  const { ledger } = await ports.target(where.connection, where.database)
  const places = [...(await memoriesOf(ports, where.migration, where)), ledger]
  const trails = await Promise.allSettled(places.map((one) => one.auditTrail(MOST_AUDITED)))
  const failed = trails.flatMap((trail) => (trail.status === 'rejected' ? [trail.reason as unknown] : []))
  const unforeseen = failed.find((error) => !(error instanceof Failure))
  if (unforeseen !== undefined || failed.length === trails.length) throw unforeseen ?? failed[0]
  const entries = new Map<string, AuditEntry>()
  for (const entry of trails.flatMap((trail) => (trail.status === 'fulfilled' ? trail.value : [])))
    entries.set(idOf(entry), entry)
  return [...entries.values()].toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, MOST_AUDITED)
}

/** As they are unique in either. */
const idOf = ({ at, what, by, about }: AuditEntry): string =>
  JSON.stringify([at, what, by, Object.entries(about).toSorted(([a], [b]) => (a < b ? -1 : 1))])

async function versionDocument(ports: Ports, where: Where, number: number): Promise<StoredVersion> {
  try {
    const memories = await memoriesOf(ports, where.migration, where)
    const found = await askMemories(memories, (memory) => memory.version(number))
    if (found !== null) return found
  } catch (error) {
    // Applied before there was a memory, or there is none.
    if (!(error instanceof Failure)) throw error
  }
  const { ledger } = await ports.target(where.connection, where.database)
  return await ledger.version(number)
}
