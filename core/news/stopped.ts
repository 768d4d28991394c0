import type { RunMemory, TableMemory } from '../memory.js'
import type { News } from '../news.js'
import type { Decision } from '../plan/types.js'

/** What the data had decided, and what came that it has no room for. The value itself is in the ledger. */
const BROKEN = {
  boolean: {
    what: 'a value other than 0, 1 and NULL came, and the column had been decided to be boolean',
    type: 'smallint',
  },
  'fits-bigint': {
    what: 'a value beyond bigint came, and the column had been decided to fit it',
    type: 'numeric(20,0)',
  },
  'within-a-day': {
    what: 'a time outside 24 hours came, and the column had been decided to be a time of day',
    type: 'interval',
  },
} as const satisfies Record<Decision['question'], { what: string; type: string }>

/** Tables that do not come through: each reason once, and only where the run before had it not. */
export function stoppedNews(tonight: RunMemory, before: RunMemory): News[] {
  const known = new Set(
    before.tables.flatMap((table) => reasons(table, before).map(({ kind, subject }) => `${kind} ${subject}`)),
  )
  const found = tonight.tables.flatMap((table) => reasons(table, tonight))
  const seen = new Set(known)
  return found.filter(({ kind, subject }) => {
    const id = `${kind} ${subject}`
    const isNew = !seen.has(id)
    seen.add(id)
    return isNew
  })
}

function reasons(table: TableMemory, { report }: RunMemory): News[] {
  if (table.failures.length > 0)
    return table.failures.map((failure) => reason(table.table, failure, report?.decisions ?? []))
  if (table.state !== 'stopped') return []
  return [{ kind: 'table-stopped', subject: table.table, what: 'stopped', remedy: 'see the report, and retry it' }]
}

/** A decision breaks where its plan is made anew (then the failure says so), or at the row that does not fit it. */
function reason(
  table: string,
  { kind, column, message, remedy }: TableMemory['failures'][number],
  decisions: readonly Decision[],
): News {
  const subject = column === null ? table : `${table}.${column}`
  if (kind === 'decision-broken') return { kind, subject, what: message, remedy }
  if (kind !== 'row-refused') return { kind: 'table-stopped', subject: table, what: message, remedy }
  const decision = decisions.find((one) => one.table === table && one.column === column && one.answer)
  if (decision === undefined)
    return { kind, subject, what: message, remedy: `${remedy}; then \`nightferry apply FILE\`` }
  const { what, type } = BROKEN[decision.question]
  const own = `or have it by a rule of your own: {column: ${subject}, to: ${type}}`
  return { kind: 'decision-broken', subject, what, remedy: `\`nightferry apply FILE\` decides anew (${type}), ${own}` }
}
