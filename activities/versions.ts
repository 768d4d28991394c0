import { Failure } from '../core/failure.js'
import type { StoredVersion } from '../core/ledger.js'
import { memoryOf, type Place } from '../core/place.js'
import type { Ports } from '../core/ports.js'

/** Where the versions of a migration lie: in the memory where it is built aside, else in the target's ledger. */
export interface Versions {
  /** Null: none was applied. */
  latest(): Promise<StoredVersion | null>
  /** Makes the place where it is not there. Repeatable. */
  save(version: StoredVersion): Promise<void>
}

export async function versionsOf(
  ports: Pick<Ports, 'memory' | 'target'>,
  migration: string,
  home: Place,
): Promise<Versions> {
  const target = await ports.target(home.connection, home.database)
  const inLedger: Versions = {
    latest: async () => await orNone(() => target.ledger.latestVersion()),
    async save(version) {
      await target.ensureDatabase()
      await target.ledger.open(migration)
      await target.ledger.saveVersion(version)
    },
  }
  if (home.published === undefined) return inLedger
  const place = memoryOf(home)
  const memory = await ports.memory(place.connection, place.database, migration)
  return {
    // It may have been built in place before.
    latest: async () => (await memory.latestVersion()) ?? (await inLedger.latest()),
    async save(version) {
      await memory.open()
      await memory.saveVersion(version)
    },
  }
}

/** Null where the database or the ledger is not there yet. */
async function orNone(ask: () => Promise<StoredVersion | null>): Promise<StoredVersion | null> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof Failure && error.kind === 'target-missing') return null
    throw error
  }
}
