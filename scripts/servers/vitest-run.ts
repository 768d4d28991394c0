import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { repositoryRoot } from './folder.js'

/** What a run of vitest said in its closing line. */
export interface Counts {
  readonly passed: number
  readonly failed: number
}

/**
 * Runs one tier with these variables added, its output passed on. A run without a closing line, or one that ran nothing, or
 * one whose exit code says more than its counts, has one failure more.
 */
export async function runTier(tier: string, variables: Record<string, string>, signal: AbortSignal): Promise<Counts> {
  const vitest = join(repositoryRoot(), 'node_modules', 'vitest', 'vitest.mjs')
  const child = spawn(process.execPath, [vitest, 'run', '--project', tier], {
    cwd: repositoryRoot(),
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const end = (): void => void child.kill('SIGTERM')
  signal.addEventListener('abort', end)
  let last = ''
  createInterface({ input: child.stdout }).on('line', (line) => {
    console.log(line)
    if (line.trim() !== '') last = line
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  signal.removeEventListener('abort', end)
  signal.throwIfAborted()
  return counted(last, code)
}

/** Exported for its test. */
export function counted(closingLine: string, code: number | null): Counts {
  const [, passed, failed] = /^(\d+) passed, (\d+) failed$/.exec(closingLine) ?? []
  if (passed === undefined || failed === undefined) return { passed: 0, failed: 1 }
  const counts = { passed: Number(passed), failed: Number(failed) }
  const unexplained = counts.failed === 0 && (code !== 0 || counts.passed === 0)
  return unexplained ? { ...counts, failed: 1 } : counts
}
