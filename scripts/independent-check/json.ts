import { isDeepStrictEqual } from 'node:util'
import type mysql from 'mysql2/promise'
import type pg from 'pg'
import { backtick, doubleQuote } from './expressions.js'

interface JsonColumn {
  readonly schema: string
  readonly table: string
  readonly source: string
  readonly target: string
  readonly identity: readonly { source: string; target: string }[]
}

const PAGE = 10_000

/** JSON has many spellings: both sides are read by key and compared as parsed values. */
export async function compareJson(source: mysql.Connection, target: pg.Client, column: JsonColumn): Promise<string[]> {
  const sourceKey = `CONCAT_WS('|', ${column.identity.map((p) => `COALESCE(${p.source}, '')`).join(', ')})`
  const targetKey = `concat_ws('|', ${column.identity.map((p) => `coalesce(${p.target}, '')`).join(', ')})`
  const [rows] = await source.query<mysql.RowDataPacket[]>(
    `SELECT ${sourceKey} AS k, CAST(${backtick(column.source)} AS CHAR) AS v FROM ${backtick(column.table)}`,
  )
  const values = new Map(rows.map((r) => [r['k'] as string, r['v'] as string | null]))
  await target.query('begin')
  await target.query(
    `declare json_values no scroll cursor for select ${targetKey} as k, ${doubleQuote(column.target)}::text as v from ${doubleQuote(column.schema)}.${doubleQuote(column.table.toLowerCase())}`,
  )
  let different = 0
  let seen = 0
  for (;;) {
    const page = await target.query<{ k: string; v: string | null }>(`fetch ${PAGE} from json_values`)
    for (const { k, v } of page.rows) {
      seen++
      const there = values.get(k)
      if (there === undefined || !sameJson(there, v)) different++
    }
    if (page.rows.length < PAGE) break
  }
  await target.query('commit')
  if (seen !== rows.length)
    return [`${column.table}.${column.source}: ${rows.length} rows in the source, ${seen} in the target`]
  return different === 0 ? [] : [`${column.table}.${column.source}: ${different} values differ`]
}

/** -0 and 0 are one number to jsonb. */
const parse = (text: string): unknown => JSON.parse(text, (_, value: unknown) => (Object.is(value, -0) ? 0 : value))

function sameJson(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return a === b
  return isDeepStrictEqual(parse(a), parse(b))
}
