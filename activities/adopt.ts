import { Failure } from '../core/failure.js'
import type { AuditEntry } from '../core/audit.js'
import type { LedgerPort } from '../core/ledger.js'
import type { RunSummary } from '../core/run.js'
import type { VersionSummary } from '../core/status.js'
import { hashOf } from './hash.js'
import type { RunRef } from './messages.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

export interface AdoptInput {
  readonly migration: string
  readonly target: RunRef['target']
}

/** What an entity begins anew with. */
export interface Adopted {
  /** Oldest first. */
  readonly versions: readonly VersionSummary[]
  /** Newest first. */
  readonly runs: readonly RunSummary[]
  /** Runs and proofs whose workflows went with Temporal's storage: closed here. */
  readonly closed: readonly string[]
  /** Holds that nobody had lifted: they are gone. */
  readonly holds: readonly { readonly by: string; readonly table: string | null; readonly why: string }[]
  /** Holds that there ever were. */
  readonly holdsEver: number
}

/** As the entity remembers them. */
const MOST = 60
const MOST_REASON = 400
const MOST_AUDITED = 10_000

const GONE = "Its workflow is gone with Temporal's storage"

/**
 * Reads what a migration's ledger knows, and closes what was under way when Temporal's storage was lost. Refused where
 * there is no ledger, or that of another migration. Repeatable.
 */
export const adoptLedger = (tools: Tools) =>
  step(tools, 'adoptLedger', async ({ migration, target }: AdoptInput): Promise<Adopted> => {
    const { ledger } = await tools.ports.target(target.connection, target.database)
    const versions = await ledger.versions(MOST)
    if (versions.length === 0) throw nothing(migration)
    // Refuses the ledger of another one.
    await ledger.open(migration)
    const closed = await closeOpen(ledger)
    const trail = await ledger.auditTrail(MOST_AUDITED)
    return {
      versions: versions.map(({ number, config, planHash, by, at, tables }) => {
        return { number, planHash, configHash: hashOf(config), by, at, tables }
      }),
      runs: (await ledger.runs(MOST)).map((run) => ({ ...run, reason: run.reason?.slice(0, MOST_REASON) ?? null })),
      closed,
      ...holdsOf(trail),
    }
  })

const nothing = (migration: string): Failure =>
  new Failure('refused', `The target has no ledger of ${migration}: there is nothing to adopt`, {
    remedy: 'Begin as usual, with `nightferry apply FILE`; or correct target.connection and target.database.',
  })

async function closeOpen(ledger: LedgerPort): Promise<string[]> {
  const closed: string[] = []
  const runs = await ledger.runs(MOST)
  for (const { run, state } of runs) {
    for (const { proof, ended } of await ledger.proofsOf(run)) {
      if (ended !== null) continue
      await ledger.closeProof(proof)
      if (proof !== run) closed.push(proof)
    }
    if (state !== 'running') continue
    await ledger.closeRun(run, 'incomplete', GONE)
    closed.push(run)
  }
  return closed
}

/** Who paused and was not resumed, as the trail says (newest first); failures and windows leave no trace there. */
function holdsOf(trail: readonly AuditEntry[]): Pick<Adopted, 'holds' | 'holdsEver'> {
  const lifted = new Set<unknown>()
  const holds: { by: string; table: string | null; why: string }[] = []
  let holdsEver = 0
  for (const { what, by, why, about } of trail) {
    const { hold, table } = about
    if (typeof hold === 'string') holdsEver = Math.max(holdsEver, Number(/^h(\d{1,9})$/.exec(hold)?.[1] ?? 0))
    if (what === 'resume') lifted.add(hold)
    if (what !== 'pause' || lifted.has(hold)) continue
    lifted.add(hold)
    holds.unshift({ by, table: typeof table === 'string' ? table : null, why })
  }
  return { holds: holds.slice(-MOST), holdsEver }
}
