import type { AuditEntry } from '../core/audit.js'
import type { AppliedVersion, LedgerPort } from '../core/ledger.js'
import type { Place } from '../core/place.js'
import type { RunSummary } from '../core/run.js'
import type { VersionSummary } from '../core/status.js'
import { hashOf } from './hash.js'
import type { Around } from './messages.js'

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
  /** What people read, where it is built aside. Absent: the target that was asked for, in place. */
  readonly home?: Place
  /** Of the latest version. Absent: an older release told. */
  readonly around?: Around
}

/** As the entity remembers them. */
export const MOST_ADOPTED = 60
const MOST_REASON = 400
export const MOST_AUDITED = 10_000

const GONE = "Its workflow is gone with Temporal's storage"

export const versionSummaries = (versions: readonly AppliedVersion[]): VersionSummary[] =>
  versions.map(({ number, config, planHash, by, at, tables }) => {
    return { number, planHash, configHash: hashOf(config), by, at, tables }
  })

export const shortened = (runs: readonly RunSummary[]): RunSummary[] =>
  runs.map((run) => ({ ...run, reason: run.reason?.slice(0, MOST_REASON) ?? null }))

/** Closes what the ledger calls running; what was closed. Repeatable. */
export async function closeOpen(ledger: LedgerPort): Promise<string[]> {
  const closed: string[] = []
  const runs = await ledger.runs(MOST_ADOPTED)
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
export function holdsOf(trail: readonly AuditEntry[]): Pick<Adopted, 'holds' | 'holdsEver'> {
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
  return { holds: holds.slice(-MOST_ADOPTED), holdsEver }
}
