import type { CaseResult } from './measure.js'
import type { BenchRow, Wish } from './verdicts.js'

/** The table of one case, with each tool's time as a multiple of the whole nightferry run's, and the wishes. */
export function printCase(result: CaseResult, rows: readonly BenchRow[], wishes: readonly Wish[]): string[] {
  const { bench, bytes } = result
  const run = rows.find((row) => row.tool === 'nightferry')?.seconds ?? null
  const size = bytes === null ? '' : `, ${(bytes / 1e6).toFixed(0)} MB as COPY text`
  return [
    '',
    `${bench.label ?? bench.name}: ${bench.rows.toLocaleString('en')} rows${size}`,
    ['  tool', 'seconds', 'rows/s', 'to nightferry', 'peak MB'].map(column).join(''),
    ...rows.map((row) => line(row, run)),
    ...wishes.map((wish) => `  ${wish.met ? 'met:   ' : 'MISSED:'} ${wish.text}`),
    ...result.results.flatMap(({ tool, failures }) =>
      failures.map((failure) => `  ${tool.name} failed: ${firstLine(failure)}`),
    ),
  ]
}

const column = (text: string, i: number): string => (i === 0 ? text.padEnd(20) : text.padStart(i === 3 ? 15 : 11))

function line(row: BenchRow, run: number | null): string {
  const { seconds } = row
  const cells =
    seconds === null
      ? ['failed', '', '', '']
      : [
          seconds.toFixed(2),
          Math.round(row.rows / seconds).toLocaleString('en'),
          run === null ? '' : `${(seconds / run).toFixed(2)} x`,
          row.peakRssMb === null ? '' : row.peakRssMb.toFixed(0),
        ]
  return [`  ${row.tool}`, ...cells].map(column).join('')
}

const firstLine = (text: string): string => (text.split('\n')[0] ?? '').slice(0, 300)
