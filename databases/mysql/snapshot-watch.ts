import type { TextRow } from './query.js'

const WORKING = new Set(['Query', 'Execute'])

/** Those who work and do not wait for somebody else, who is in the list as well. Our own threads do not count. */
const working = (processes: readonly TextRow[], ours: ReadonlySet<number>): TextRow[] =>
  processes.filter(
    ({ id, command, state }) =>
      WORKING.has(command ?? '') &&
      !ours.has(Number(id)) &&
      !/^waiting for (table|backup|global|commit|metadata)/i.test(state ?? ''),
  )

/** Whether a statement is under way for longer than that; the list has whole seconds. */
export const hasLongQuery = (processes: readonly TextRow[], milliseconds: number, ours: ReadonlySet<number>): boolean =>
  working(processes, ours).some(({ time }) => Number(time) * 1000 >= milliseconds)

const READS = /^\s*(?:select|with|show|explain|describe|desc|do|\()/i

/** The same of statements that may write; a SELECT ... FOR UPDATE shows as a transaction. */
export const hasLongWrite = (processes: readonly TextRow[], milliseconds: number, ours: ReadonlySet<number>): boolean =>
  hasLongQuery(
    processes.filter(({ info }) => !READS.test(bare(info ?? ''))),
    milliseconds,
    ours,
  )

/** Who works at what, one text each. */
export const statementsOf = (processes: readonly TextRow[], ours: ReadonlySet<number>): ReadonlySet<string> =>
  new Set(working(processes, ours).map(({ id, info }) => `${id} ${info}`))

const bare = (statement: string): string => statement.replaceAll(/\/\*.*?\*\//gs, ' ')

/** Who only reads or writes rows waits behind somebody else, who is in the list as well. */
const ROWS = /^\s*(?:select|insert|update|delete|replace|with|show|call|do|set|\()/i

const METADATA = /^waiting for table(?: level)? metadata lock|^waiting for table flush/i

/**
 * Which of these tables somebody waits to change, as the texts of statements that wait for a metadata lock say. A text
 * that names a table of ours and changes another one is taken for both: a table too much is let go of.
 */
export function wantedTables(processes: readonly TextRow[], tables: Iterable<string>, database: string): Set<string> {
  const texts = processes
    .filter(({ state, info, db }) => METADATA.test(state ?? '') && isOurs(info ?? '', db, database))
    .map(({ info }) => subjectOf(info ?? ''))
    .filter((text) => !ROWS.test(text))
  return new Set([...tables].filter((table) => texts.some((text) => names(text, table))))
}

const isOurs = (info: string, db: string | null | undefined, database: string): boolean =>
  db === database || info.toLowerCase().includes(database.toLowerCase())

/** Of `ALTER TABLE a ADD b`: `a`, since column names may be those of other tables. Anything else as it is. */
function subjectOf(info: string): string {
  const text = bare(info)
  const one = /^\s*(?:ALTER(?:\s+(?:ONLINE|IGNORE))*\s+TABLE|TRUNCATE(?:\s+TABLE)?)(?:\s+IF\s+EXISTS)?\s+(\S+)/i.exec(
    text,
  )
  const into = /^\s*CREATE\b.*?\b(?:INDEX|TRIGGER)\b.*?\bON\s+(\S+)/is.exec(text)
  return one?.[1] ?? into?.[1] ?? text
}

function names(text: string, table: string): boolean {
  const quoted = table.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`(?:^|[^\\p{L}\\p{N}_$])${quoted}(?:$|[^\\p{L}\\p{N}_$])`, 'iu').test(text)
}
