import { Failure } from '../core/failure.js'
import type { PlannedTable } from '../core/plan/types.js'
import type { LedgerPort, StoredVersion } from '../core/ledger.js'
import { memoryOf } from '../core/place.js'
import type { Ports, SourcePort, TargetPort } from '../core/ports.js'
import type { RunId } from '../core/run.js'
import type { Part, RunRef } from './messages.js'

/** Everything a step of a run works with. */
export interface Site {
  readonly stored: StoredVersion
  readonly plan: StoredVersion['plan']
  readonly source: SourcePort
  readonly target: TargetPort
  readonly ledger: LedgerPort
  /** Only where a benchmark measures what the proof costs: chunks are copied without S0, and nothing is proved. */
  readonly undigested: boolean
  /** Rows are read in the snapshot of this run, which this process holds; absent: as they are now. */
  readonly snapshot?: RunId
}

export interface Plans {
  /**
   * Reads the version from the ledger once for each run: there it never changes. Without a run (its id is empty) it is read
   * anew, since after a `clean` another version has the same number; of what is built aside, from the memory.
   */
  siteOf(ref: RunRef): Promise<Site>
}

/** A plan of 500 tables is about a megabyte, and a process rarely serves more than two migrations at a time. */
const MOST = 4

export function cachePlans(ports: Ports, undigested = false): Plans {
  const versions = new Map<string, Promise<StoredVersion>>()
  const versionOf = async (ref: RunRef, ledger: LedgerPort): Promise<StoredVersion> => {
    if (ref.run === '') {
      if (ref.target.published === undefined) return await ledger.version(ref.version)
      const place = memoryOf(ref.target)
      return await (await ports.memory(place.connection, place.database, ref.migration)).version(ref.version)
    }
    const id = JSON.stringify([ref.target.connection, ref.target.database, ref.migration, ref.run, ref.version])
    const known = versions.get(id)
    if (known) return await known
    const reading = ledger.version(ref.version)
    versions.set(id, reading)
    // A read that failed is asked again by the next step.
    reading.catch(() => versions.delete(id))
    for (const old of versions.keys()) if (versions.size > MOST) versions.delete(old)
    return await reading
  }
  return {
    async siteOf(ref) {
      const target = await ports.target(ref.target.connection, ref.target.database)
      const stored = await versionOf(ref, target.ledger)
      const source = await ports.source(stored.plan.source.connection)
      return { stored, plan: stored.plan, source, target, ledger: target.ledger, undigested }
    },
  }
}

/** The same, reading in the run's snapshot where a step was told to. */
export const inSnapshot = (site: Site, ref: RunRef, snapshot: boolean | undefined): Site =>
  snapshot === true ? { ...site, snapshot: ref.run } : site

/** The plan's table of an ordinal that came through Temporal. */
export function tableOf(site: Site, ordinal: number): PlannedTable {
  const table = site.plan.tables[ordinal]
  if (table) return table
  throw new Failure('internal', `The plan of version ${site.stored.number} has no table ${ordinal}`, {
    remedy: 'Apply the config again and start a new run.',
  })
}

/** The tables of a part, in the plan's order. */
export async function tablesOf(site: Site, ref: RunRef, part: Part): Promise<PlannedTable[]> {
  const ordinals = 'table' in part ? [part.table] : await site.ledger.tablesOfBundle(ref.run, part.bundle)
  return ordinals.map((ordinal) => tableOf(site, ordinal))
}

/** The run's bundles as the ledger has them, in their order: ordinals of tables. */
export async function bundlesOfRun(ledger: LedgerPort, run: RunId): Promise<number[][]> {
  const bundles: number[][] = []
  for (;;) {
    const ordinals = await ledger.tablesOfBundle(run, bundles.length)
    if (ordinals.length === 0) return bundles
    bundles.push(ordinals)
  }
}

/**
 * Bundles all of whose tables are meant, in their places; of others none: their tables that are meant are worked on alone,
 * so that nobody touches the rest of the bundle.
 */
export const wholeBundles = (bundles: readonly number[][], meant: ReadonlySet<number>): number[][] =>
  bundles.map((tables) => (tables.every((table) => meant.has(table)) ? tables : []))
