import { Failure } from '../core/failure.js'
import type { PlannedTable } from '../core/plan/types.js'
import { isClean, type ProofRequest, type Verdict } from '../core/proof.js'
import { statesOf } from './each-table.js'
import { asFailure, stopTable } from './failing.js'
import { judgeTable, type Judgement } from './judging.js'
import type { Judged, JudgeInput } from './messages.js'
import { type Site, tablesOf } from './plans.js'
import { requestOf } from './proof-request.js'
import { type Attempt, step } from './step.js'
import type { Tools } from './tools.js'

/**
 * The last step of a table's proof: reads what no piece has read, compares, names the rows that differ, and writes the
 * verdict down. In a run's own proof a table that is equal is `done`, any other is stopped, until a repair's proof of it is
 * clean. Repeatable.
 */
export const judgeTables = (tools: Tools) =>
  step(tools, 'judgeTables', async ({ ref, proof, part }: JudgeInput, attempt): Promise<Judged> => {
    const site = await tools.plans.siteOf(ref)
    const request = await requestOf(site, proof)
    const states = await statesOf(site, ref.run)
    const wanted = request.tables === null ? null : new Set(request.tables)
    const tables = (await tablesOf(site, ref, part)).filter(({ ordinal }) => wanted?.has(ordinal) ?? true)
    const total = { stopped: 0, unclean: 0, differences: 0 }
    for (const [i, table] of tables.entries()) {
      attempt.signal.throwIfAborted()
      attempt.beat({ tables: i, of: tables.length })
      const load = request.kind === 'load'
      if (load && states.get(table.ordinal) !== 'indexed' && states.get(table.ordinal) !== 'done') continue
      const judged = await judgeOne(site, tools, request, table, attempt)
      if (!isClean(judged.verdict)) total.unclean++
      total.differences += judged.differences
      if (load && (await endLoad(site, request, table, judged))) total.stopped++
      if (request.kind === 'repair' && isClean(judged.verdict))
        await site.ledger.endMended(ref.run, request.proof, table.ordinal)
    }
    return total
  })

/** A table whose proof fails for good is `not proved`, and the next one follows. */
async function judgeOne(
  site: Site,
  tools: Tools,
  request: ProofRequest,
  table: PlannedTable,
  attempt: Attempt,
): Promise<Judgement> {
  try {
    const judged = await judgeTable(site, tools, request, table, attempt)
    await site.ledger.setVerdict(request.proof, table.ordinal, judged.verdict, judged.rows)
    return judged
  } catch (error) {
    if (!attempt.endsTable(error)) throw error
    const failure = asFailure(error, 'judgeTables')
    tools.log('a table could not be proved', { proof: request.proof, table: table.source, kind: failure.kind })
    const rows = { source: null, target: null }
    await site.ledger.setVerdict(request.proof, table.ordinal, 'not proved', rows)
    return { verdict: 'not proved', rows, differences: 0, failure }
  }
}

/** True: the table was stopped. */
async function endLoad(
  site: Site,
  { run }: ProofRequest,
  table: PlannedTable,
  { verdict, rows, differences, failure }: Judgement,
): Promise<boolean> {
  const rowsCounted = rows.target === null ? {} : { rowsCounted: rows.target }
  if (isClean(verdict)) {
    await site.ledger.setTable(run, table.ordinal, { state: 'done', doing: null, ...rowsCounted })
    return false
  }
  await site.ledger.setTable(run, table.ordinal, { doing: null, ...rowsCounted })
  await stopTable(site.ledger, run, table.ordinal, failure ?? notEqual(table, verdict, differences))
  return true
}

const notEqual = (table: PlannedTable, verdict: Verdict, differences: number): Failure =>
  new Failure('not-equal', `The proof says: ${verdict}${differences === 0 ? '' : ` (${differences} rows differ)`}`, {
    table: table.source,
    remedy:
      'Somebody else wrote to the table while it was loaded, or the copy is wrong: `nightferry verify NAME --table ' +
      `${table.source}\` names the rows. Then start a new run.`,
  })
