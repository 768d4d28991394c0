import { parseArgs } from 'node:util'
import { CASES, isCaseName, type CaseName } from './cases/index.js'

export interface BenchOptions {
  readonly json: string | null
  readonly cases: readonly CaseName[]
  readonly rows: number | null
  /** How often each tool runs; the best counts. */
  readonly rounds: number
  /** Null: all of them. */
  readonly tools: readonly string[] | null
}

export const USAGE = `npm run bench -- [--json FILE] [--case ${Object.keys(CASES).join('|')}]... [--tool NAME]... [--rows N] [--rounds N]`

/** Throws with the usage. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'string' },
      case: { type: 'string', multiple: true },
      tool: { type: 'string', multiple: true },
      rows: { type: 'string' },
      rounds: { type: 'string' },
    },
  })
  const cases = values.case ?? Object.keys(CASES)
  const wrong = cases.find((name) => !isCaseName(name))
  if (wrong !== undefined) throw new Error(`no case ${wrong}. ${USAGE}`)
  const rows = values.rows === undefined ? null : positive('--rows', values.rows)
  const rounds = positive('--rounds', values.rounds ?? '3')
  return { json: values.json ?? null, cases: cases.filter(isCaseName), rows, rounds, tools: values.tool ?? null }
}

function positive(option: string, text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new Error(`${option} takes a number above 0. ${USAGE}`)
}
