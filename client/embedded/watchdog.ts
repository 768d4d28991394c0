import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'

/**
 * Ends a child (and its process group, after the grace) when this process dies without having done so. It is a shell that
 * waits for the end of a pipe which only we hold open: SIGKILL takes any process away without a word, but the system always
 * closes its pipes. Call it off when the child has ended, so that the number it holds is never another process's.
 */
export function watchOver(pid: number, endSignal: NodeJS.Signals, graceMs: number): () => void {
  const rounds = Math.ceil(graceMs / 200)
  const script = `read _; kill -${endSignal.replace(/^SIG/, '')} ${pid} 2>/dev/null
n=0; while [ $n -lt ${rounds} ] && kill -0 ${pid} 2>/dev/null; do sleep 0.2; n=$((n+1)); done
kill -KILL -${pid} 2>/dev/null`
  const watchdog = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  // Without a shell there is no watchdog, and the next start ends what was left: nothing to tell anybody now.
  watchdog.on('error', () => {})
  watchdog.stdin.on('error', () => {})
  ;(watchdog.stdin as Socket).unref()
  watchdog.unref()
  return () => void watchdog.kill('SIGKILL')
}
