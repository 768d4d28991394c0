import type { PublishedState } from '../core/run.js'
import { MOST_PARALLELISM } from '../core/knobs.js'
import type { Halt } from './halt.js'
import { holding } from './holding.js'
import type { RunCursor, RunInput } from './run.js'
import { data, named } from './steps.js'

/** What a run that ended is taken up again for: these tables (ordinals), and no other. */
export interface Retried {
  readonly tables: readonly number[]
  /** What had become of its database. Absent: nobody knows. */
  readonly published?: PublishedState
}

/** Where a run begins that is taken up again. Its moment is over: rows are read as they are now. */
export async function prepareAgain({ ref }: RunInput, { tables }: Retried, halt: Halt): Promise<RunCursor> {
  const summary = `version ${ref.version}: take ${tables.length} ${tables.length === 1 ? 'table' : 'tables'} up again`
  const prepared = await holding(halt, () => named(data.prepareRetry, summary, { ref, tables }))
  const { done, stopped, referring } = prepared
  const reading = { sessions: MOST_PARALLELISM }
  return { prepared, reading, step: 'clone', next: 0, done, stopped, only: tables, referring }
}

/** For steps over a whole run. */
export const onlyOf = ({ only }: RunCursor): { readonly tables?: readonly number[] } =>
  only === undefined ? {} : { tables: only }
