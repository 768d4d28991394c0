import type { ProfileAnswer, ProfileQuestion } from '../../core/plan/types.js'
import { readTableShapes, type TableShape } from './profile-shape.js'
import { larger, readable, smaller } from './profile-values.js'
import { queryText } from './query.js'
import { quoteName } from './range.js'
import type { Sessions } from './sessions.js'

/** Scans at the same time: more would take the source's processors from its users. */
const LANES = 3

/** One SELECT: the smallest and largest values of some columns in one range of one table. */
interface Scan {
  readonly table: string
  readonly columns: readonly string[]
  readonly where: string
}

type Extremes = { smallest: string | null; largest: string | null }

/**
 * Answers what only the data can tell: each table is read once for all its questions, big ones in several ranges beside
 * each other; a column that leads an index costs nothing. Repeatable. On abort the scans are killed.
 */
export async function profile(
  sessions: Sessions,
  questions: readonly ProfileQuestion[],
  signal: AbortSignal,
): Promise<ProfileAnswer[]> {
  if (questions.length === 0) return []
  const tables = [...new Set(questions.map((question) => question.table))]
  const shapes = await readTableShapes(sessions, tables, signal)
  const scans = tables.flatMap((table) => {
    const columns = questions.filter((question) => question.table === table).map((question) => question.column)
    return planScans(table, [...new Set(columns)], shapes.get(table))
  })
  const found = await runScans(sessions, scans, signal)
  return questions.map((question) => ({ ...question, ...(found.get(`${question.table}\n${question.column}`) ?? NONE) }))
}

const NONE: Extremes = { smallest: null, largest: null }

/** What an index answers goes into a SELECT of its own: beside other columns the server would scan for it too. */
function planScans(table: string, columns: readonly string[], shape: TableShape | undefined): Scan[] {
  const free = columns.filter((column) => shape?.leading.has(column))
  const rest = columns.filter((column) => !shape?.leading.has(column))
  const scans: Scan[] = free.length > 0 ? [{ table, columns: free, where: '1=1' }] : []
  const ranges = rest.length > 0 ? (shape?.ranges ?? ['1=1']) : []
  return [...scans, ...ranges.map((where) => ({ table, columns: rest, where }))]
}

async function runScans(
  sessions: Sessions,
  scans: readonly Scan[],
  signal: AbortSignal,
): Promise<Map<string, Extremes>> {
  const found = new Map<string, Extremes>()
  const waiting = [...scans]
  const stop = new AbortController()
  const either = AbortSignal.any([signal, stop.signal])
  const lane = async (): Promise<void> => {
    for (let scan = waiting.shift(); scan; scan = waiting.shift())
      merge(found, scan, await runScan(sessions, scan, either))
  }
  try {
    await Promise.all(Array.from({ length: Math.min(LANES, scans.length) }, lane))
  } catch (error) {
    // One scan failed: the others are not worth their cost.
    stop.abort(error)
    throw error
  }
  return found
}

async function runScan(sessions: Sessions, { table, columns, where }: Scan, signal: AbortSignal): Promise<Extremes[]> {
  const list = columns.map((column, i) => `MIN(${quoteName(column)}) AS s${i}, MAX(${quoteName(column)}) AS l${i}`)
  const sql = `SELECT ${list.join(', ')} FROM ${quoteName(table)}${where === '1=1' ? '' : ` WHERE ${where}`}`
  const [row = {}] = await sessions.withSession(({ raw }) => queryText(raw, sql), signal, table)
  return columns.map((_, i) => ({ smallest: readable(row[`s${i}`] ?? null), largest: readable(row[`l${i}`] ?? null) }))
}

function merge(found: Map<string, Extremes>, scan: Scan, extremes: readonly Extremes[]): void {
  for (const [i, column] of scan.columns.entries()) {
    const name = `${scan.table}\n${column}`
    const before = found.get(name) ?? NONE
    const now = extremes[i] ?? NONE
    found.set(name, {
      smallest: smaller(before.smallest, now.smallest),
      largest: larger(before.largest, now.largest),
    })
  }
}
