import type { Alongside } from '../core/alongside.js'
import { consistencyOf } from '../core/config/consistency.js'
import type { ConsistencyConfig } from '../core/config/types.js'
import { Failure } from '../core/failure.js'
import type { OpenedSnapshot } from '../core/snapshot.js'
import { Gathering } from './gathering.js'
import { stopDrifted } from './drifting.js'
import type { OpenedReading, OpenInput, Part, RunRef } from './messages.js'
import { bundlesOfRun, type Site } from './plans.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/** How long a lock is tried for, in one attempt of a config that insists; and where nobody asked for a snapshot. */
const PATIENCE_MS = { insisting: 30_000, willing: 60_000 } as const

/**
 * Decides of which moment the run's rows are, opens its reading sessions in this process where that is to be one, and
 * writes it down. Without the right, or the lock, a config that leaves it open goes on as best-effort and says so; one
 * that asks for a snapshot ends here. Repeatable: what an earlier attempt opened closes by itself.
 */
export const openSnapshot = (tools: Tools) =>
  step(
    tools,
    'openSnapshot',
    async ({ ref, parallelism, others = 0 }: OpenInput, { signal }): Promise<OpenedReading> => {
      const site = await tools.plans.siteOf(ref)
      const consistency = consistencyOf(site.stored.config)
      const most = Math.max(1, parallelism ?? site.plan.limits.parallelism)
      const gathering = new Gathering(site.ledger, ref.run, tools.queue ?? '', others)
      const alongside = others > 0 ? { alongside: gathering } : {}
      const { snapshot, reason } = await open(tools, site, { ref, most, ...consistency, ...alongside }, signal)
      const label = snapshot === null ? 'best-effort' : 'snapshot'
      const { migration } = ref
      if (snapshot !== null)
        tools.measure?.('nightferry_source_blocked_milliseconds_total', snapshot.blockedMs, { migration })
      await site.ledger.setReading(ref.run, { label, reason, snapshot })
      const stopped = await stopDrifted(site, ref.run, undefined, signal)
      const members = snapshot === null ? [] : await gathering.agree()
      const held = members.reduce((sum, { sessions }) => sum + sessions, snapshot?.sessions ?? most)
      const sessions = Math.min(most, held)
      const first = snapshot === null ? [] : await partsOf(site, ref, snapshot.locked)
      return {
        label,
        queue: snapshot === null ? null : (tools.queue ?? null),
        ...(members.length > 0 && { others: members.map(({ queue }) => queue) }),
        sessions,
        locked: snapshot?.locked.length ?? 0,
        stopped,
        first,
      }
    },
  )

/** The parts that hold these tables: a child of their own each, or the bundles that they are in. */
async function partsOf({ ledger, plan }: Site, { run }: RunRef, tables: readonly string[]): Promise<Part[]> {
  if (tables.length === 0) return []
  const locked = new Set(plan.tables.filter(({ source }) => tables.includes(source)).map(({ ordinal }) => ordinal))
  const parts: Part[] = []
  for (const [bundle, ordinals] of (await bundlesOfRun(ledger, run)).entries()) {
    if (ordinals.some((ordinal) => locked.has(ordinal))) parts.push({ bundle })
    for (const ordinal of ordinals) locked.delete(ordinal)
  }
  return [...[...locked].map((table) => ({ table })), ...parts]
}

interface Open {
  readonly snapshot: OpenedSnapshot | null
  readonly reason: string | null
}

async function open(
  tools: Tools,
  { source, plan }: Site,
  {
    ref: { run },
    most,
    read,
    lockTimeoutMs,
    uncovered,
    alongside,
  }: ConsistencyConfig & { ref: RunRef; most: number; alongside?: Alongside },
  signal: AbortSignal,
): Promise<Open> {
  if (read === 'best-effort') return { snapshot: null, reason: null }
  if (tools.queue == null) return { snapshot: null, reason: 'this worker has no queue of its own to read it on' }
  const tables = plan.tables.map((table) => table.source)
  const sessions = most
  const patienceMs = PATIENCE_MS[read === 'snapshot' ? 'insisting' : 'willing']
  const request = { run, tables, sessions, lockTimeoutMs, patienceMs, uncovered, ...(alongside && { alongside }) }
  try {
    return { snapshot: await source.openSnapshot(request, signal), reason: null }
  } catch (error) {
    const isRefused =
      error instanceof Failure && (error.kind === 'source-privilege' || error.kind === 'source-conflict')
    if (read === 'snapshot' || !isRefused) throw error
    return { snapshot: null, reason: `${error.message} ${error.details.remedy}` }
  }
}
