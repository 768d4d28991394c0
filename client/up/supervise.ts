import { setTimeout as delay } from 'node:timers/promises'
import type { Child } from '../embedded/child.js'

/** Something that runs for as long as we do. */
export interface Supervised {
  /** Ends it for good; repeatable. */
  stop(): Promise<void>
}

const FIRST_MS = 500
const MOST_MS = 15_000
/** After so long in good health the next death is the first one again. */
const HEALTHY_MS = 60_000

/** Starts a process again whenever it dies, with growing pauses, and says so. The first start is the caller's. */
export function supervise(
  name: string,
  first: Child,
  start: () => Promise<Child>,
  say: (text: string) => void,
): Supervised {
  const stopping = new AbortController()
  let child: Child | null = first
  const watch = async (): Promise<void> => {
    let pause = FIRST_MS
    while (!stopping.signal.aborted) {
      const since = performance.now()
      const how = child === null ? null : await child.exited
      if (stopping.signal.aborted) return
      if (how !== null) {
        if (performance.now() - since > HEALTHY_MS) pause = FIRST_MS
        say(`${name} ended (${how}); it starts again in ${pause / 1000} s`)
      }
      await delay(pause, undefined, { signal: stopping.signal }).catch(() => {})
      if (stopping.signal.aborted) return
      pause = Math.min(pause * 2, MOST_MS)
      child = await startAgain(name, start, (text) => void (stopping.signal.aborted || say(text)))
    }
  }
  const watching = watch()
  return {
    stop: async () => {
      stopping.abort()
      await child?.stop()
      await watching
      // One that was just starting.
      await child?.stop()
    },
  }
}

async function startAgain(
  name: string,
  start: () => Promise<Child>,
  say: (text: string) => void,
): Promise<Child | null> {
  try {
    const child = await start()
    say(`${name} is back (process ${child.pid})`)
    return child
  } catch (error) {
    say(error instanceof Error ? (error.message.split('\n')[0] ?? name) : String(error))
    return null
  }
}
