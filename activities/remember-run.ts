import { Failure } from '../core/failure.js'
import type { RunMemory } from '../core/memory.js'
import type { Plan } from '../core/plan/types.js'
import type { SourcePort, TargetPort } from '../core/ports.js'
import type { RunReport } from '../core/report.js'
import type { PublishedState, RunId, RunSummary } from '../core/run.js'
import { noted, remember, rememberUnread, type Ended } from '../core/remembering.js'
import type { RunRef } from './messages.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

export interface RememberInput {
  readonly migration: string
  /** Where the memory lies: core's MEMORY_DATABASE, or the target's own database. */
  readonly memory: RunRef['target']
  /** How the run ended, or why it was refused: kept where its ledger has nothing of it. */
  readonly summary: RunSummary
  /** Where its ledger lies; null: it has none, since the run was refused, or it was read before: what was kept then stays. */
  readonly ledger: RunRef['target'] | null
  readonly published: PublishedState
  /** Why it was not published; of each hook that failed, one line. Absent: what was kept stays. */
  readonly notes?: readonly string[]
  /** A line more, which stands there once. */
  readonly also?: string
}

/** What a workflow is told of it. */
export interface RememberedRun {
  /** The run that it was compared with. */
  readonly since: RunId | null
  readonly news: number
}

/**
 * Keeps an ended run, or a night that was refused, in the migration's memory, with its news against the run before it.
 * Repeatable, also once more is known of the run: the latest counts.
 */
export const rememberRun = (tools: Tools) =>
  step(tools, 'rememberRun', async (input: RememberInput, { signal }): Promise<RememberedRun> => {
    const { migration, summary, published } = input
    const memory = await tools.ports.memory(input.memory.connection, input.memory.database, migration)
    await memory.open()
    const ended = await endedRun(tools, input, signal)
    const before = await memory.run(summary.run)
    const notes = notesOf(input, before)
    const kept =
      ended === null
        ? keptBefore(before, input, notes)
        : remember({ ...ended, published, notes }, await memory.before(summary.run))
    await memory.saveRun(kept)
    await tools.pages?.write(memory, migration, summary.run)
    return { since: kept.since, news: kept.news.length }
  })

function notesOf({ notes, also }: RememberInput, before: RunMemory | null): readonly string[] {
  const said = notes ?? before?.notes ?? []
  return also === undefined || said.includes(also) ? said : [...said, also]
}

/** A generation may be closed once it is published: what was read of it before counts. */
function keptBefore(
  kept: RunMemory | null,
  { migration, summary, published }: RememberInput,
  notes: readonly string[],
): RunMemory {
  return kept === null || kept.report === null
    ? rememberUnread(migration, summary, notes)
    : noted(kept, { published, notes })
}

/** Null: its ledger does not know it, since it ended before it was registered. */
async function endedRun(
  { ports }: Tools,
  { summary: { run }, ledger }: RememberInput,
  signal: AbortSignal,
): Promise<Omit<Ended, 'published' | 'notes'> | null> {
  if (ledger === null) return null
  const target = await ports.target(ledger.connection, ledger.database)
  const report = await reportOf(target, run)
  if (report === null) return null
  const { plan } = await target.ledger.version(report.summary.version)
  const counters = await countersOf(await ports.source(plan.source.connection), plan, signal)
  return { report, plan, counters }
}

async function reportOf({ ledger }: TargetPort, run: RunId): Promise<RunReport | null> {
  const known = (await ledger.runs(RECENT)).some((one) => one.run === run)
  return known ? await ledger.report(run) : null
}

/** As many as may have begun since in the same database. */
const RECENT = 500

/** As they are now: the plan's are of when its version was first applied. A source that is away takes none with it. */
async function countersOf(source: SourcePort, plan: Plan, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const counters = new Map<string, string>()
  for (const table of plan.tables.filter(({ identity }) => identity !== null)) {
    signal.throwIfAborted()
    try {
      const next = await source.nextIdentity(table)
      if (next !== null) counters.set(table.source, next)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      // Gone, or not to be reached: asking for the others would wait as long for each of them.
      if (error.kind !== 'source-missing' && error.kind !== 'object-refused') break
    }
  }
  return counters
}
