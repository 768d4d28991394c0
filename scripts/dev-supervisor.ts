import { takeLock } from '../client/embedded/folder-lock.js'
import type { Step } from '../client/embedded/steps.js'
import { startServers } from './servers/start-servers.js'
import { tellError } from './servers/tell.js'
import { removeUpState, upFolder, writeUpState, type UpState } from './servers/up-state.js'

/** What dev-up.ts is told over the pipe between the two. */
export type SupervisorMessage =
  | { readonly is: 'step'; readonly step: Step }
  | { readonly is: 'ready'; readonly state: UpState }
  | { readonly is: 'failed'; readonly message: string }

/**
 * Holds the servers of `dev:up` in the background. Ends, and ends them, on SIGTERM or SIGINT, on a failure, and when the
 * terminal that waits for it goes away before they are ready.
 */
async function supervise(): Promise<number> {
  const lock = takeLock(upFolder(), null)?.lock
  if (!lock)
    return tell({ is: 'failed', message: 'another dev:up is starting or running: npm run dev:down ends it' }, 1)
  const interrupted = new AbortController()
  const interrupt = (): void => interrupted.abort(new Error('interrupted'))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt)
  process.on('disconnect', interrupt)
  try {
    const servers = await startServers(
      { temporal: true, postgres: [15, 18], mysql: true },
      (step) => void tell({ is: 'step', step }, 0),
      { folder: upFolder(), signal: interrupted.signal },
    )
    try {
      const state = { urls: servers.urls, pids: servers.pids, supervisor: process.pid }
      writeUpState(state)
      process.off('disconnect', interrupt)
      tell({ is: 'ready', state }, 0)
      await untilAborted(interrupted.signal)
    } finally {
      removeUpState()
      await servers.stop()
    }
    return 0
  } catch (error) {
    return tell({ is: 'failed', message: tellError(error) }, 1)
  } finally {
    lock.release()
  }
}

function tell(message: SupervisorMessage, code: number): number {
  // Nobody may listen any more: then there is nothing to say.
  if (process.connected) process.send?.(message, undefined, {}, () => {})
  return code
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  // A timer, because a signal alone does not keep a process alive when every server was named by the environment.
  const alive = setInterval(() => {}, 60_000)
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve())
  })
  clearInterval(alive)
}

process.exitCode = await supervise()
if (process.connected) process.disconnect()
