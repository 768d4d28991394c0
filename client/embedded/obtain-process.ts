import { spawn } from 'node:child_process'
import { signalProcess } from './process-identity.js'
import { watchOver } from './watchdog.js'

export interface ObtainingProcess {
  readonly command: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly cwd?: string
  /** As root: the account that it runs as. */
  readonly account?: { readonly uid: number; readonly gid: number } | null
  readonly signal?: AbortSignal | undefined
  /** Null for what must come to its end, like a package being configured: then nothing kills it, this process's death included. */
  readonly deadlineMs: number | null
  /** Called every second; a sentence ends the process, null lets it go on. */
  readonly giveUp?: () => string | null
  /** Each line it prints, on stdout or stderr. */
  readonly onLine?: (line: string) => void
}

/**
 * Runs a program that fetches or builds something, in a process group of its own. The group is killed when the signal
 * comes, when the deadline passes, when `giveUp` says so, and when this process dies. Throws with its last lines.
 */
export async function runObtaining(work: ObtainingProcess): Promise<void> {
  work.signal?.throwIfAborted()
  const child = spawn(work.command, work.args, {
    detached: true,
    env: work.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(work.cwd !== undefined && { cwd: work.cwd }),
    ...(work.account && { uid: work.account.uid, gid: work.account.gid }),
  })
  const last: string[] = []
  const take = lines((line) => {
    work.onLine?.(line)
    last.push(line)
    if (last.length > 6) last.shift()
  })
  child.stdout.setEncoding('utf8').on('data', take)
  child.stderr.setEncoding('utf8').on('data', take)
  let why: string | null = null
  const end = (reason: string): void => {
    why ??= reason
    if (child.pid !== undefined) signalProcess(-child.pid, 'SIGKILL')
  }
  const onAbort = (): void => end('interrupted')
  work.signal?.addEventListener('abort', onAbort)
  const { deadlineMs } = work
  const watched = child.pid !== undefined && deadlineMs !== null
  const callOff = watched ? watchOver(child.pid, 'SIGKILL', 0) : (): void => {}
  const deadline =
    deadlineMs === null ? undefined : setTimeout(() => end(`no result within ${deadlineMs / 1000} s`), deadlineMs)
  const look = setInterval(() => {
    const reason = work.giveUp?.() ?? null
    if (reason !== null) end(reason)
  }, 1_000)
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', resolve)
    })
    work.signal?.throwIfAborted()
    if (why !== null) throw new Error(why)
    if (code !== 0) throw new Error(last.filter((line) => line.trim() !== '').join('\n') || `exit code ${code}`)
  } finally {
    clearTimeout(deadline)
    clearInterval(look)
    work.signal?.removeEventListener('abort', onAbort)
    callOff()
  }
}

function lines(take: (line: string) => void): (chunk: string) => void {
  let rest = ''
  return (chunk) => {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    parts.forEach(take)
  }
}
