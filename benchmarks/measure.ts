import { createHash } from 'node:crypto'
import { createReadStream, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchCase } from './cases/case.js'
import { PSQL, psqlClient } from './clients.js'
import { mergePeaks, type Peaks } from './process-memory.js'
import type { Source } from './source.js'
import { countRows, onTarget, withTarget, type Target } from './target.js'
import { timed } from './timed.js'
import { pipeInto } from './tools/pipe.js'
import type { Job, Measured, Tool } from './tools/tool.js'

/** What one tool did in one case. */
export interface ToolResult {
  readonly tool: Tool
  /** Of the runs that finished, by the name of the row; empty when none did. */
  readonly seconds: Readonly<Record<string, readonly number[]>>
  readonly peaks: Peaks
  readonly bytes: number | null
  readonly failures: readonly string[]
}

export interface CaseResult {
  readonly bench: BenchCase
  readonly bytes: number | null
  readonly results: readonly ToolResult[]
}

/** Each tool as often, in turns, so that a noisy minute is nobody's alone. */
export async function measureCase(
  bench: BenchCase,
  source: Source,
  tools: readonly Tool[],
  where: { readonly postgres: string; readonly folder: string; readonly rounds: number; readonly signal: AbortSignal },
  say: (line: string) => void,
): Promise<CaseResult> {
  const folder = join(where.folder, bench.name)
  mkdirSync(folder, { recursive: true })
  const readyFile = bench.peers ? join(folder, 'ready.copy') : ''
  if (bench.peers) await writeReadyFile(bench, source, where.postgres, readyFile)
  const digest = bench.peers ? await digestOf(readyFile) : null
  const runs = new Map(tools.map((tool) => [tool, { done: [] as Measured[], failures: [] as string[] }]))
  for (let round = 1; round <= where.rounds; round++) {
    for (const [tool, { done, failures }] of runs) {
      where.signal.throwIfAborted()
      const name = `bench_${bench.name}_${tool.name.replaceAll('-', '_')}_${process.pid}_${round}`
      const outcome = await withTarget(where.postgres, name, async (target) => {
        const job = { bench, source, target, readyFile, folder }
        return await attempt(tool, job, round === 1 ? digest : null)
      })
      if (typeof outcome === 'string') failures.push(outcome)
      else done.push(outcome)
      say(
        `${bench.label ?? bench.name} ${round}/${where.rounds} ${tool.name}: ${typeof outcome === 'string' ? `failed: ${outcome}` : told(outcome)}`,
      )
    }
  }
  const results = [...runs].map(([tool, { done, failures }]) => resultOf(tool, done, failures))
  const bytes = bench.peers ? statSync(readyFile).size : (results.find((r) => r.bytes !== null)?.bytes ?? null)
  return { bench, bytes, results }
}

const told = ({ seconds, peaks, note }: Measured): string =>
  [
    ...Object.entries(seconds).map(([row, value]) => `${row} ${value.toFixed(2)} s`),
    ...Object.entries(peaks).map(([name, megabytes]) => `${name} ${megabytes.toFixed(0)} MB`),
    ...(note === undefined ? [] : [`(${note})`]),
  ].join(', ')

/** The measured run, or why it does not count. */
async function attempt(tool: Tool, job: Job, digest: string | null): Promise<Measured | string> {
  try {
    const measured = await tool.run(job)
    const rows = await countRows(job.target.url, job.bench.name)
    if (rows !== job.bench.rows) return `${rows} rows in the target, ${job.bench.rows} in the source`
    if (digest !== null && tool.comparable && (await digestOfTable(job)) !== digest) return 'the rows are not the same'
    return measured
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function resultOf(tool: Tool, done: readonly Measured[], failures: readonly string[]): ToolResult {
  const names = new Set(done.flatMap((run) => Object.keys(run.seconds)))
  const seconds = Object.fromEntries([...names].map((name) => [name, done.map((run) => run.seconds[name] ?? NaN)]))
  return { tool, seconds, peaks: mergePeaks(done.map((run) => run.peaks)), bytes: done[0]?.bytes ?? null, failures }
}

/** Canonical COPY text in the key's order, by way of the pipe and PostgreSQL itself: no code of ours has touched it. */
async function writeReadyFile(bench: BenchCase, source: Source, postgres: string, file: string): Promise<void> {
  await withTarget(postgres, `bench_${bench.name}_ready_${process.pid}`, async (target) => {
    await onTarget(target.url, bench.peers?.createTarget ?? [])
    await pipeInto({ bench, source, target })
    await copyOut(bench, target, file)
  })
}

async function digestOfTable({ bench, target, folder }: Job): Promise<string> {
  const file = join(folder, 'compared.copy')
  await copyOut(bench, target, file)
  return await digestOf(file)
}

async function copyOut(bench: BenchCase, target: Target, file: string): Promise<void> {
  const psql = psqlClient(target.url)
  const query = `select * from ${bench.name} order by ${bench.peers?.orderBy}`
  await timed({ program: PSQL, args: [...psql.args, '--command', `\\copy (${query}) to '${file}'`], env: psql.env })
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const block of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(block as Buffer)
  return hash.digest('hex')
}
