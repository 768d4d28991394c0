import type { SourceCatalog } from '../core/catalog.js'
import { consistencyOf } from '../core/config/consistency.js'
import { Failure } from '../core/failure.js'
import { isBlocked, type Finding } from '../core/finding.js'
import { type Bundling, bundlesOf } from '../core/plan/bundles.js'
import { changedSincePlan } from '../core/plan/drift.js'
import { brokenFailure, type BrokenDecision } from '../core/plan/renew.js'
import type { Plan, PlannedTable } from '../core/plan/types.js'
import type { LedgerPort } from '../core/ledger.js'
import { describeRun } from './describe-run.js'
import { stopTable } from './failing.js'
import { changedFailure, noteMade } from './drifting.js'
import type { PreparedRun, RunRef } from './messages.js'
import { bundlesOfRun } from './plans.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

export interface PrepareInput {
  readonly ref: RunRef
  /** Their tables are stopped before they are read: as the night's plan named them. Absent: none. */
  readonly broken?: readonly BrokenDecision[]
}

/**
 * Registers the run, looks whether source and target are still what the plan says, and builds the bare tables.
 * A table whose definition changed, or of which a decision is broken, stops here; a target that would lose something of
 * others refuses the run.
 * Repeatable: what an earlier attempt of this run made is dropped and made again, and no row is there yet.
 */
export const prepareRun = (tools: Tools) =>
  step(tools, 'prepareRun', async ({ ref, broken = [] }: PrepareInput, { signal }): Promise<PreparedRun> => {
    const { stored: version, plan: stored, source, target, ledger } = await tools.plans.siteOf(ref)
    const [catalog, findings] = await Promise.all([
      source.catalog(signal),
      target.check(ref.migration, stored.target.schema),
    ])
    const plan = withSizes(stored, catalog)
    const bundling = await openRun(ledger, ref, plan)
    refuseBlocked(findings)
    const changed = changedSincePlan(plan, catalog)
    for (const { ordinal, what } of changed)
      await stopTable(ledger, ref.run, ordinal, changedFailure(plan, ordinal, what))
    for (const decision of broken) await stopTable(ledger, ref.run, decision.ordinal, brokenFailure(plan, decision))
    await noteMade(ledger, ref.run, plan, catalog)
    await target.buildSchema(plan, ref.run, signal)
    await ledger.enterPhase(ref.run, 'clone')
    const { onLost, holdMs, read } = consistencyOf(version.config)
    const readers = read === 'best-effort' ? [] : await readersOf(tools, plan)
    return {
      ...describeRun(plan, bundling, new Set([...changed, ...broken].map(({ ordinal }) => ordinal))),
      reading: { onLost, holdMs, ...(readers.length > 1 && { readers }) },
    }
  })

/** Not more processes than sessions. A Temporal that cannot tell is no reason to stop: one process reads alone then. */
async function readersOf({ readers }: Tools, { limits }: Plan): Promise<readonly string[]> {
  const found = await readers?.().catch(() => [])
  return (found ?? []).slice(0, Math.max(1, limits.parallelism))
}

/**
 * Registers the run and how its tables are copied. What the ledger has counts: estimates move, and a second attempt
 * that packed the bundles anew would lose tables.
 */
async function openRun(ledger: LedgerPort, { run, version }: RunRef, plan: Plan): Promise<Bundling> {
  const wanted = bundlesOf(plan)
  const tables = [
    ...wanted.big.map((table) => ({ table, bundle: null })),
    ...wanted.bundles.flatMap((ordinals, bundle) => ordinals.map((table) => ({ table, bundle }))),
  ]
  await ledger.openRun({ run, version, label: 'best-effort', tables })
  await ledger.enterPhase(run, 'schema')
  const bundles = await bundlesOfRun(ledger, run)
  const bundled = new Set(bundles.flat())
  return { big: plan.tables.map(({ ordinal }) => ordinal).filter((ordinal) => !bundled.has(ordinal)), bundles }
}

/** The plan with the source's estimates of now: its own may be months old. */
export function withSizes(plan: Plan, catalog: SourceCatalog): Plan {
  const found = new Map(catalog.tables.map((table) => [table.name, table]))
  const sized = (table: PlannedTable): PlannedTable => {
    const { estimatedRows, estimatedBytes } = found.get(table.source) ?? table
    return { ...table, estimatedRows, estimatedBytes }
  }
  return { ...plan, tables: plan.tables.map(sized) }
}

export function refuseBlocked(findings: readonly Finding[]): void {
  if (!isBlocked(findings)) return
  const blocking = findings.filter((finding) => finding.severity === 'blocking')
  const first = blocking[0] as Finding
  const more = blocking.length > 1 ? ` (and ${blocking.length - 1} more: see \`nightferry check\`)` : ''
  throw new Failure('refused', `${first.message}${more}`, { remedy: first.remedy })
}
