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

/** How many times as fast as pgloader the whole run is wanted: proved, and without its proof. */
const TIMES_PGLOADER: Partial<Record<string, { proved: number; unproved: number }>> = {
  wide: { proved: 3.5, unproved: 5 },
  narrow: { proved: 2.5, unproved: 2.5 },
} satisfies Partial<Record<CaseName, { proved: number; unproved: number }>>
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
      const megabytes = largest(one.peaks, isOurTool(one) ? isOurs : undefined)
      return {
        case: result.bench.label ?? result.bench.name,
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
  const unproved = best(of('nightferry-unproved'), 'nightferry-unproved')
  const clone = best(ours, 'nightferry-clone')
  const pgloader = best(of('pgloader'), 'pgloader')
  const copy = best(of('copy'), 'copy')
  const wishes: Wish[] = []
  // A smaller table says little: what a run costs before its first row is most of it.
  const known = bench.label ?? bench.name
  const whole = isCaseName(known) && bench.rows >= CASES[known].rows
  const times = TIMES_PGLOADER[bench.name]
  const againstPgloader = (tool: string, seconds: number | null, wanted: number | undefined, what: string): void => {
    if (seconds === null || pgloader === null || wanted === undefined || !whole) return
    const ratio = pgloader / seconds
    const text = `${what} ${ratio.toFixed(2)} times as fast as pgloader, wanted at least ${wanted}`
    wishes.push({ tool, met: ratio >= wanted, text })
  }
  againstPgloader('nightferry', run, times?.proved, 'whole run')
  againstPgloader('nightferry-unproved', unproved, times?.unproved, 'whole run without its proof')
  if (clone !== null && copy !== null && whole)
    wishes.push({
      tool: 'nightferry-clone',
      met: clone / copy <= TIMES_COPY,
      text: `clone phase ${(clone / copy).toFixed(2)} times \\copy of the same rows, wanted at most ${TIMES_COPY}`,
    })
  const proof = of('proof')
  if (proof && whole) wishes.push(...proofWishes(proof))
  return [...wishes, ...results.filter(isOurTool).flatMap((one) => memoryWishes(bench.rowBytes, one))]
}

const isOurTool = ({ tool }: ToolResult): boolean => tool.name.startsWith('nightferry') || tool.name === 'proof'

/** What a step of the proof may cost, as a multiple of the plain clone with one session. */
const TIMES_CLONE: Readonly<Record<string, number>> = { 'clone-digest': 1.12, 'load-proof': 0.35, 'full-proof': 0.85 }

function proofWishes(proof: ToolResult): Wish[] {
  const clone = best(proof, 'clone')
  return Object.entries(TIMES_CLONE).flatMap(([tool, wanted]) => {
    const seconds = best(proof, tool)
    if (clone === null || seconds === null) return []
    const ratio = seconds / clone
    return [{ tool, met: ratio <= wanted, text: `${tool} ${ratio.toFixed(2)} times clone, wanted at most ${wanted}` }]
  })
}

function memoryWishes(rowBytes: number, ours: ToolResult): Wish[] {
  const bound = Math.round(PROCESS_MB + rowBytes / 1e6)
  return Object.entries(ours.peaks)
    .filter(([name]) => isOurs(name))
    .map(([name, megabytes]) => ({
      tool: ours.tool.rows[0] ?? ours.tool.name,
      met: megabytes < bound,
      text: `${name}: peak ${megabytes.toFixed(0)} MB resident, wanted below ${bound}`,
    }))
}
