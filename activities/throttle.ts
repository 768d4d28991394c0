import { setTimeout as sleep } from 'node:timers/promises'
import type { RunId } from '../core/run.js'
import type { RowSink } from '../core/ports.js'

/** The pace of one reading session. */
export interface Throttle {
  /** The same sink, full for as long as the rows were too fast: the reader then leaves its socket alone. */
  sink(sink: RowSink): RowSink
  /** Until what was read is no more than the pace allows. */
  settle(): Promise<void>
}

/** What a session may make up for: the gap between two chunks, not the minutes of a pause. */
const MOST_CREDIT_MS = 500

/** What a session has read, as the moment at which that much was due (on this process's clock). */
interface Meter {
  readonly run: RunId
  due: number
}

/** Of sessions that are between two chunks. */
let resting: readonly Meter[] = []

/**
 * Does work at a session's pace; without one, as fast as it goes. A session's meter goes on with the next one that the
 * process has of that run, so that the time between two chunks is not lost.
 */
export async function throttled<T>(
  { run, rowsPerSecond, signal }: { run: RunId; rowsPerSecond: number | undefined; signal: AbortSignal },
  work: (throttle: Throttle | null) => Promise<T>,
): Promise<T> {
  if (rowsPerSecond === undefined) return await work(null)
  const meter = take(run)
  try {
    return await work(throttleOf(meter, 1000 / rowsPerSecond, signal))
  } finally {
    resting = [...resting, meter]
  }
}

function take(run: RunId): Meter {
  const earliest = performance.now() - MOST_CREDIT_MS
  // Older ones are worth nothing any more.
  const worth = resting.filter(({ due }) => due > earliest)
  const found = worth.find((meter) => meter.run === run) ?? { run, due: performance.now() }
  resting = worth.filter((meter) => meter !== found)
  return found
}

function throttleOf(meter: Meter, msPerRow: number, signal: AbortSignal): Throttle {
  const wait = (): number => meter.due - performance.now()
  const settle = async (): Promise<void> => {
    // Nobody's process stays for it.
    for (let left = wait(); left > 0; left = wait())
      await sleep(Math.min(left, LONGEST_MS), undefined, { signal, ref: false })
  }
  return {
    settle,
    sink: (sink) => ({
      write(block) {
        meter.due = Math.max(meter.due, performance.now() - MOST_CREDIT_MS) + linesOf(block) * msPerRow
        const hasRoom = sink.write(block)
        return hasRoom && wait() <= 0
      },
      async drained() {
        await sink.drained()
        await settle()
      },
      failed: sink.failed,
    }),
  }
}

/** A timer takes no more than 24 days. */
const LONGEST_MS = 3_600_000

const NEWLINE = 10

/** A row is a line: line feeds within values are escaped. */
function linesOf(block: Uint8Array): number {
  let lines = 0
  for (let at = block.indexOf(NEWLINE); at >= 0; at = block.indexOf(NEWLINE, at + 1)) lines++
  return lines
}
