import { setTimeout as delay } from 'node:timers/promises'
import type { Context } from '../context.js'
import { EXIT, exitForState, type ExitCode } from '../exit-codes.js'
import { Problem } from '../problem.js'
import type { TargetName } from '../read-api.js'
import { renderReport } from '../render/report.js'
import { withTemporal, type Session } from '../session.js'
import { knownMigration, targetOf } from './known.js'

/** `report`: what a run did; the last one unless told. Exit by the run's state. */
export async function report(context: Context, migration: string, options: { run?: string }): Promise<ExitCode> {
  return await withTemporal(context, async (session) => {
    const status = await knownMigration(session, migration)
    const run = options.run ?? status.running?.run ?? status.runs[0]?.run
    if (run === undefined)
      throw new Problem(EXIT.usage, `${migration} has no run yet`, 'Start one with `nightferry run FILE`.')
    return await showReport(context, session, { run, target: targetOf(status) }, 'whole')
  })
}

const API_PATIENCE_MS = 15_000

/** Fetches and shows a report; a control worker that has just died is waited for. */
export async function showReport(
  context: Context,
  { api }: Session,
  of: { run: string; target: TargetName },
  originals: 'whole' | 'short',
): Promise<ExitCode> {
  const found = await patiently(async () => await api.report(of.target, of.run))
  context.output.text(renderReport(found, context.output.paint, originals).join('\n'))
  context.output.document(found)
  return exitForState(found.summary.state)
}

/** Asks the read API again while the control worker, which has perhaps just died, comes back. */
export async function patiently<T>(fetch: () => Promise<T>): Promise<T> {
  const until = Date.now() + API_PATIENCE_MS
  for (;;) {
    try {
      return await fetch()
    } catch (error) {
      const worth = error instanceof Problem && error.exit === EXIT.unreachable && Date.now() < until
      if (!worth) throw error
      await delay(500)
    }
  }
}
