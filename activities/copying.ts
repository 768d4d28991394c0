import { Failure } from '../core/failure.js'
import type { PlannedTable } from '../core/plan/types.js'
import type { ChunkClaim } from '../core/ledger.js'
import type { CopyCounts } from '../core/ports.js'
import type { RunId } from '../core/run.js'
import { digestForm } from '../core/plan/digest-form.js'
import { digesterOf } from './digest/digester.js'
import { teeSink } from './digest/sinks.js'
import type { Site } from './plans.js'
import type { Throttle } from './throttle.js'
import { witnessCopied } from './witness-copied.js'

/** How often a chunk's progress reaches the ledger; a reader sees numbers a second old at most. */
const PROGRESS_MS = 1000

/**
 * One claimed chunk from the source into the target: its rows, their digest (S0) and its ledger row in one transaction.
 * When it throws, nothing of it is kept. Needs a claim of its own: a newer one makes the commit keep nothing.
 */
export async function copyRange(
  site: Site,
  table: PlannedTable,
  claim: ChunkClaim,
  signal: AbortSignal,
  onCounts: (counts: { rows: number; bytes: number }) => void = () => {},
  throttle: Throttle | null = null,
): Promise<CopyCounts> {
  const digester = site.undigested ? null : digesterOf(digestForm(table))
  const load = await site.target.load(site.plan, table, claim, signal)
  const loading = throttle?.sink(load.sink) ?? load.sink
  const sink = digester === null ? loading : teeSink(loading, digester)
  let written = Date.now()
  const onProgress = (rows: number, bytes: number): void => {
    onCounts({ rows, bytes })
    if (Date.now() - written < PROGRESS_MS) return
    written = Date.now()
    // Lossy on purpose: progress that cannot be written must not stop the rows.
    site.ledger.chunkProgress(claim, rows, bytes).catch(() => {})
  }
  try {
    const counts = await site.source.copy(table, claim.range, sink, { signal, onProgress, ...inSnapshotOf(site) })
    await throttle?.settle()
    signal.throwIfAborted()
    const digest = digester && { rows: counts.rows, bytes: counts.bytes, value: digester.value() }
    const { kept } = await load.commit(counts, digest)
    if (!kept) throw overtaken(table)
    await witnessCopied(site, table, claim, counts.rows, signal)
    return counts
  } catch (error) {
    await load.abandon(signal.aborted ? 'cancelled' : 'failed')
    throw await withKey(site, table, claim, error)
  }
}

const inSnapshotOf = ({ snapshot }: Site): { snapshot?: RunId } => (snapshot === undefined ? {} : { snapshot })

/** Another attempt has a newer claim. It is not known here whether it got through, so whoever is left asks again. */
const overtaken = (table: PlannedTable): Failure =>
  new Failure('target-conflict', 'Another attempt at the same rows was faster', {
    table: table.source,
    remedy: 'Nothing: the next attempt finds the rows there, or copies them.',
  })

/** The target knows a refused row by its line in the COPY only; the source tells whose key that is. */
async function withKey(site: Site, table: PlannedTable, claim: ChunkClaim, error: unknown): Promise<unknown> {
  if (!(error instanceof Failure) || error.kind !== 'row-refused') return error
  const { copyLine, private: known } = error.details
  if (copyLine === undefined || known?.key !== undefined) return error
  try {
    const key = await site.source.nameRow(table, claim.range, copyLine - 1)
    return new Failure(error.kind, error.message, { ...error.details, private: { ...known, key } }, { cause: error })
  } catch {
    // The refusal is what matters; a source that is away now only costs the row's name.
    return error
  }
}
