import { CASES, isCaseName, type CaseName } from './cases/index.js'
import { isOurs, largest } from './process-memory.js'
import type { CaseResult, ToolResult } from './measure.js'

/** One line of the list that `--json` writes. `seconds`: the best of the runs that finished, null when none did. */
export interface BenchRow {
  readonly case: string
  readonly tool: string
  readonly seconds: number | null
  readonly rows: number
  readonly bytes: number | null
  readonly peakRssMb: number | null
  /** `measured` where nothing is wanted of it. */
  readonly verdict: 'met' | 'missed' | 'measured' | 'failed'
}

/** What is wanted, in the words of the issue. */
export interface Wish {
  readonly text: string
  readonly met: boolean
  /** The row of the list that it speaks of; a missed wish is that row's verdict. */
  readonly tool: string
}

const TIMES_PGLOADER: Partial<Record<string, number>> = { wide: 5, narrow: 2.5 } satisfies Partial<
  Record<CaseName, number>
>
const TIMES_COPY = 1.2
const PROCESS_MB = 300

const best = (result: ToolResult | undefined, row: string): number | null => {
  const runs = result?.seconds[row] ?? []
  return runs.length === 0 ? null : Math.min(...runs)
}

export function judge(result: CaseResult): { rows: BenchRow[]; wishes: Wish[] } {
  const wishes = wishesOf(result)
  const rows = result.results.flatMap((one) =>
    one.tool.rows.map((row) => {
      const seconds = best(one, row)
      const megabytes = largest(one.peaks, one.tool.name === 'nightferry' ? isOurs : undefined)
      return {
        case: result.bench.name,
        tool: row,
        seconds: seconds === null ? null : round(seconds, 100),
        rows: result.bench.rows,
        bytes: result.bytes,
        peakRssMb: megabytes === null ? null : round(megabytes, 10),
        verdict: seconds === null ? ('failed' as const) : verdictOf(wishes.filter((wish) => wish.tool === row)),
      }
    }),
  )
  return { rows, wishes }
}

const round = (value: number, by: number): number => Math.round(value * by) / by

const verdictOf = (wishes: readonly Wish[]): BenchRow['verdict'] =>
  wishes.length === 0 ? 'measured' : wishes.every((wish) => wish.met) ? 'met' : 'missed'

function wishesOf({ bench, results }: CaseResult): Wish[] {
  const of = (name: string) => results.find((result) => result.tool.name === name)
  const ours = of('nightferry')
  const run = best(ours, 'nightferry')
  const clone = best(ours, 'nightferry-clone')
  const pgloader = best(of('pgloader'), 'pgloader')
  const copy = best(of('copy'), 'copy')
  const wishes: Wish[] = []
  // A smaller table says little: what a run costs before its first row is most of it.
  const whole = isCaseName(bench.name) && bench.rows >= CASES[bench.name].rows
  const times = TIMES_PGLOADER[bench.name]
  if (run !== null && pgloader !== null && times !== undefined && whole)
    wishes.push({
      tool: 'nightferry',
      met: pgloader / run >= times,
      text: `whole run ${(pgloader / run).toFixed(2)} times as fast as pgloader, wanted at least ${times}`,
    })
  if (clone !== null && copy !== null && whole)
    wishes.push({
      tool: 'nightferry-clone',
      met: clone / copy <= TIMES_COPY,
      text: `clone phase ${(clone / copy).toFixed(2)} times \\copy of the same rows, wanted at most ${TIMES_COPY}`,
    })
  return [...wishes, ...(ours ? memoryWishes(bench.rowBytes, ours) : [])]
}

function memoryWishes(rowBytes: number, ours: ToolResult): Wish[] {
  const bound = Math.round(PROCESS_MB + rowBytes / 1e6)
  return Object.entries(ours.peaks)
    .filter(([name]) => isOurs(name))
    .map(([name, megabytes]) => ({
      tool: 'nightferry',
      met: megabytes < bound,
      text: `${name}: peak ${megabytes.toFixed(0)} MB resident, wanted below ${bound}`,
    }))
}
