import type { RunId } from '../../../core/run.js'
import { rowsOf, type Queryable } from './query.js'

/** Named in the sentence; the report has them all. It travels through Temporal, so it does not grow with the tables. */
const NAMED = 5

/** One sentence: `2 tables stopped: orders (row refused), items (constraint violated)`. Null where none stopped. */
export async function stoppedReason(db: Queryable, run: RunId): Promise<string | null> {
  const stopped = await rowsOf<{ name: string; kind: string | null }>(
    db,
    `select n.source_name as name, f.kind
     from nightferry.run r
     join nightferry.run_table t on t.run = r.run and t.state = 'stopped'
     join nightferry.version_table n on n.version = r.version and n.ordinal = t.table_ordinal
     left join lateral (
       select kind from nightferry.failure where run = t.run and table_ordinal = t.table_ordinal
       order by id limit 1) f on true
     where r.run = $1 order by n.ordinal`,
    [run],
  )
  return sentence(stopped)
}

export function sentence(stopped: readonly { readonly name: string; readonly kind: string | null }[]): string | null {
  if (stopped.length === 0) return null
  const named = stopped
    .slice(0, NAMED)
    .map(({ name, kind }) => (kind === null ? name : `${name} (${kind.replaceAll('-', ' ')})`))
  const more = stopped.length > NAMED ? [`${stopped.length - NAMED} more`] : []
  return `${stopped.length} ${stopped.length === 1 ? 'table' : 'tables'} stopped: ${[...named, ...more].join(', ')}`
}
