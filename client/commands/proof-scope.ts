import { runToProve, type RunId } from '../../core/run.js'
import type { MigrationStatus } from '../../core/status.js'
import { EXIT } from '../exit-codes.js'
import { Problem } from '../problem.js'
import { patiently } from '../read-api.js'
import type { Session } from '../session.js'
import { targetOf } from './known.js'

/** Which run a proof is of, and which tables; null: all of them. */
export interface ProofScope {
  readonly run: RunId
  /** As the source spells them. */
  readonly tables: readonly string[] | null
}

/**
 * What `--run` and `--table` mean: what people read, or in place the last run that ended, unless told. Exit 2 for a name
 * that is not there: a proof of no table would be clean.
 */
export async function scopeOf(
  { api }: Session,
  status: MigrationStatus,
  { run: wanted, table: names = [] }: { readonly run?: string; readonly table?: readonly string[] },
): Promise<ProofScope> {
  const { migration, runs, running } = status
  const target = targetOf(status)
  if (running !== null && (wanted ?? running.run) === running.run)
    throw new Problem(EXIT.refused, `run ${running.run} is under way`, 'Wait for its end.')
  const run =
    wanted === undefined
      ? runToProve(runs, status.target?.published !== undefined)
      : runs.find((summary) => summary.run === wanted)
  if (run === undefined) {
    if (wanted === undefined)
      throw new Problem(EXIT.usage, `${migration} has no run yet`, 'Start one with `nightferry run FILE`.')
    throw new Problem(EXIT.usage, `${migration} has no run ${wanted}`, `List them: nightferry runs ${migration}`)
  }
  if (names.length === 0) return { run: run.run, tables: null }
  const { plan } = await patiently(async () => await api.version(target, migration, run.version))
  const tables = names.map((name) => {
    const found = plan.tables.find((t) => t.source === name) ?? plan.tables.find((t) => t.target === name)
    if (found) return found.source
    throw new Problem(
      EXIT.usage,
      `run ${run.run} has no table ${name}`,
      'Spell it as the report does, which lists them.',
    )
  })
  return { run: run.run, tables: [...new Set(tables)] }
}
