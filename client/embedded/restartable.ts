import type { Child } from './child.js'

/** A server that can be ended and started again over the same files and on the same port. */
export interface Restartable {
  readonly pid: () => number
  /** Resolves with how it ended, when it ends by itself; never when it is stopped or killed through this object. */
  died(): Promise<string>
  /** In order, SIGKILL after its grace. Nothing starts it again after that. Repeatable. */
  stop(): Promise<void>
  /** SIGKILL to all its processes, for tests of what survives. */
  kill(): Promise<void>
  /** Ends what is left of it and starts it again. Throws after `stop`. */
  restart(): Promise<void>
}

/** Starts it the first time; throws what `start` throws. */
export async function restartable(name: string, start: () => Promise<Child>): Promise<Restartable> {
  let child = await start()
  let stopped = false
  let wantedEnd: Child | null = null
  let starting: Promise<void> | null = null
  const again = async (): Promise<void> => {
    await child.stop()
    child = await start()
    // Whoever stopped it meanwhile ended the one before.
    if (stopped) await child.stop()
  }
  return {
    pid: () => child.pid,
    died: async () => {
      const watched = child
      const how = await watched.exited
      return wantedEnd === watched || stopped ? await new Promise<string>(() => {}) : how
    },
    stop: async () => {
      stopped = true
      // A start that fails has nothing left to stop, and its caller hears of it.
      await starting?.catch(() => {})
      await child.stop()
    },
    kill: async () => {
      wantedEnd = child
      await child.kill()
    },
    restart: async () => {
      if (stopped) throw new Error(`${name} was stopped`)
      starting = again()
      await starting
    },
  }
}
