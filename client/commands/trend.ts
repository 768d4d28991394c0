import { TREND_RUNS } from '../../core/trend.js'
import type { Context } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { Problem } from '../problem.js'
import { renderTrend } from '../render/trend.js'
import { withTemporal } from '../session.js'
import { knownMigration, targetOf } from './known.js'

export interface TrendOptions {
  readonly table?: string
  readonly runs?: string
}

/** Where nothing says how wide the terminal is. */
const COLUMNS = 80

/** `trend`: rows, bytes and seconds over the last runs, drawn; of one table where it is named. Changes nothing. */
export async function trend(context: Context, migration: string, options: TrendOptions): Promise<ExitCode> {
  const most = mostRuns(options.runs)
  const all = await withTemporal(context, async (session) => {
    const status = await knownMigration(session, migration)
    return await session.api.trend(targetOf(status), migration, options.table ?? null)
  })
  const found = { ...all, runs: all.runs.slice(-most) }
  const { output } = context
  output.text(renderTrend(found, process.stdout.columns ?? COLUMNS, output.paint).join('\n'))
  output.document(found)
  return EXIT.done
}

function mostRuns(text: string | undefined): number {
  if (text === undefined) return TREND_RUNS
  const most = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (most >= 1 && most <= TREND_RUNS) return most
  throw new Problem(
    EXIT.usage,
    `--runs ${text} is no number of runs`,
    `Give a whole number from 1 to ${TREND_RUNS}, or leave it out for the last ${TREND_RUNS}.`,
  )
}
