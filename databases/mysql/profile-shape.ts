import { groupBy, literal, queryText, type TextRow } from './query.js'
import { quoteName } from './range.js'
import type { Session } from './connect.js'
import type { Sessions } from './sessions.js'

/** What decides how a table is scanned. */
export interface TableShape {
  /** Columns that lead a whole, ordered index: their smallest and largest values are its ends. */
  readonly leading: ReadonlySet<string>
  /** Conditions that together cover every row once. */
  readonly ranges: readonly string[]
}

/** Below this many rows a second session costs more than it saves. */
const BIG = 400_000

/** Ranges of a big table; more than lanes, so that uneven ones even out. */
const PIECES = 4

const INTEGERS = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint'])

/** Asks information_schema once for all tables, and the two ends of the key of each big one. */
export async function readTableShapes(
  sessions: Sessions,
  tables: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, TableShape>> {
  return await sessions.withSession(async (session) => {
    const names = tables.map(literal).join(', ')
    const parts = await queryText(
      session.raw,
      `SELECT table_name, index_name, seq_in_index, column_name, sub_part, index_type
        FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name IN (${names})`,
    )
    const facts = await queryText(
      session.raw,
      `SELECT t.table_name, t.table_rows FROM information_schema.tables t
        WHERE t.table_schema = DATABASE() AND t.table_name IN (${names}) AND t.table_rows >= ${BIG}`,
    )
    const big = new Set(facts.map((row) => row.table_name))
    const shapes = new Map<string, TableShape>()
    for (const [table, rows] of groupBy(parts, 'table_name')) {
      const ranges = big.has(table) ? await rangesOf(session, table, rows) : ['1=1']
      shapes.set(table, { leading: new Set(rows.filter(isLeading).map((row) => row.column_name ?? '')), ranges })
    }
    return shapes
  }, signal)
}

const isLeading = (part: TextRow): boolean =>
  part.seq_in_index === '1' && part.index_type === 'BTREE' && part.sub_part == null && part.column_name != null

/** Equal widths between the ends of an integer primary key: uneven where values have gaps, and never wrong. */
async function rangesOf(session: Session, table: string, parts: readonly TextRow[]): Promise<string[]> {
  const primary = parts.filter((part) => part.index_name === 'PRIMARY' && isLeading(part))[0]?.column_name ?? null
  if (primary === null) return ['1=1']
  const [type] = await queryText(
    session.raw,
    `SELECT data_type FROM information_schema.columns
      WHERE table_schema = DATABASE() AND table_name = ${literal(table)} AND column_name = ${literal(primary)}`,
  )
  if (!INTEGERS.has(type?.data_type ?? '')) return ['1=1']
  const name = quoteName(primary)
  const [ends] = await queryText(
    session.raw,
    `SELECT MIN(${name}) AS low, MAX(${name}) AS high FROM ${quoteName(table)}`,
  )
  if (ends?.low == null || ends.high == null) return ['1=1']
  const cuts = evenCuts(BigInt(ends.low), BigInt(ends.high), PIECES)
  return [null, ...cuts].map((from, i) => rangeOf(name, from, cuts[i] ?? null))
}

function rangeOf(name: string, from: bigint | null, to: bigint | null): string {
  const ends = [from === null ? '' : `${name} >= ${from}`, to === null ? '' : `${name} < ${to}`].filter(Boolean)
  return ends.length === 0 ? '1=1' : ends.join(' AND ')
}

/** Inner cuts of `pieces` equal widths between two values, strictly increasing; fewer where the values lie close. */
export function evenCuts(low: bigint, high: bigint, pieces: number): bigint[] {
  const cuts = Array.from({ length: pieces - 1 }, (_, i) => low + ((high - low) * BigInt(i + 1)) / BigInt(pieces))
  return cuts.filter((cut, i) => cut > low && (i === 0 || cut > cuts[i - 1]!))
}
