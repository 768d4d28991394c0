import { publishOf } from '../core/config/publish.js'
import { Failure } from '../core/failure.js'
import type { StoredVersion } from '../core/ledger.js'
import { MEMORY_DATABASE, type MemoryPort } from '../core/memory.js'
import { adoptAside } from './adopt-aside.js'
import {
  closeOpen,
  holdsOf,
  MOST_ADOPTED,
  MOST_AUDITED,
  shortened,
  versionSummaries,
  type Adopted,
} from './adopting.js'
import { aroundOf } from './apply-version.js'
import type { RunRef } from './messages.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

export interface AdoptInput {
  readonly migration: string
  /** As the config names it. */
  readonly target: RunRef['target']
}

/**
 * Reads what a migration's memory knows, or its target's ledger where it is built in place, and closes what was under way
 * when Temporal's storage was lost. Refused where there is neither, or the ledger is that of another one. Repeatable.
 */
export const adoptLedger = (tools: Tools) =>
  step(tools, 'adoptLedger', async (input: AdoptInput, { signal }): Promise<Adopted> => {
    const { migration, target } = input
    const { ledger } = await tools.ports.target(target.connection, target.database)
    const inLedger = await ledger.latestVersion()
    const memory = await tools.ports.memory(target.connection, MEMORY_DATABASE, migration)
    const aside = await latestAside(memory, inLedger)
    if (aside !== null) return await adoptAside(tools, input, memory, aside, signal)
    if (inLedger === null) throw nothing(migration)
    // Refuses the ledger of another one.
    await ledger.open(migration)
    const closed = await closeOpen(ledger)
    return {
      versions: versionSummaries(await ledger.versions(MOST_ADOPTED)),
      runs: shortened(await ledger.runs(MOST_ADOPTED)),
      closed,
      ...holdsOf(await ledger.auditTrail(MOST_AUDITED)),
      around: aroundOf(inLedger.config),
    }
  })

/**
 * The version that the next run would be of, where that is built aside: the memory has it. Null: the ledger has a newer one,
 * since it was built in place after that, or there is no memory. A generation's own ledger has no newer one.
 */
async function latestAside(memory: MemoryPort, inLedger: StoredVersion | null): Promise<StoredVersion | null> {
  try {
    const latest = await memory.latestVersion()
    return latest === null || latest.number < (inLedger?.number ?? 0) ? null : latest
  } catch (error) {
    // Nobody can tell then, unless its owner said so.
    if (!(error instanceof Failure) || inLedger === null || publishOf(inLedger.config).mode !== 'in-place') throw error
    return null
  }
}

const nothing = (migration: string): Failure =>
  new Failure('refused', `The target has no ledger of ${migration}: there is nothing to adopt`, {
    remedy: 'Begin as usual, with `nightferry apply FILE`; or correct target.connection and target.database.',
  })
