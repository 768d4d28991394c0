import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'

/** Peak resident megabytes (of 1,000,000 bytes) by the process's name; empty where there is no /proc. */
export type Peaks = Readonly<Record<string, number>>

const SAMPLE_MS = 100

/**
 * Watches processes and all their children: the kernel keeps each one's peak (VmHWM), so that a sample now and then
 * loses only what the last tenth of a second added. The peaks of those that run already start anew.
 */
export function watchMemory(roots: readonly number[]): { end: () => Peaks } {
  const peaks: Record<string, number> = {}
  for (const pid of withChildren(roots)) forgetPeak(pid)
  const sample = (): void => {
    for (const pid of withChildren(roots)) {
      const megabytes = peakOf(pid)
      const name = nameOf(pid)
      if (megabytes !== null && name !== null) peaks[name] = Math.max(peaks[name] ?? 0, megabytes)
    }
  }
  sample()
  const timer = setInterval(sample, SAMPLE_MS)
  return {
    end: () => {
      clearInterval(timer)
      sample()
      return peaks
    },
  }
}

function withChildren(roots: readonly number[]): number[] {
  return roots.flatMap((pid) => [pid, ...withChildren(childrenOf(pid))])
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    )
  } catch {
    return []
  }
}

function peakOf(pid: number): number | null {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kibibytes === undefined ? null : (Number(kibibytes) * 1024) / 1e6
  } catch {
    return null
  }
}

/** Writing 5 makes the peak what it is now (proc(5)). Where that is not allowed the peak is that of its whole life. */
function forgetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5')
  } catch {
    return
  }
}

/** `nightferry worker --role data`, `pgloader`, `temporal`. Null for a child that has not become its program yet. */
function nameOf(pid: number): string | null {
  try {
    const [program = '', ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean)
    if (program === '') return null
    if (basename(program) !== 'node') return basename(program)
    const script = args.findIndex((arg) => arg.endsWith('.js'))
    const role = args[script]?.includes('/worker/') ? ['worker'] : []
    const words = args.slice(script + 1).filter((arg) => !arg.includes('/') && arg !== '--json')
    return ['nightferry', ...role, ...words].join(' ')
  } catch {
    return null
  }
}

/** Our own processes; Temporal's server, which `up` starts, is not one. */
export const isOurs = (name: string): boolean => name.startsWith('nightferry')

export const largest = (peaks: Peaks, of: (name: string) => boolean = () => true): number | null => {
  const values = Object.entries(peaks).flatMap(([name, megabytes]) => (of(name) ? [megabytes] : []))
  return values.length === 0 ? null : Math.max(...values)
}

export function mergePeaks(all: readonly Peaks[]): Peaks {
  const merged: Record<string, number> = {}
  for (const peaks of all)
    for (const [name, megabytes] of Object.entries(peaks)) merged[name] = Math.max(merged[name] ?? 0, megabytes)
  return merged
}
