import { setTimeout as delay } from 'node:timers/promises'
import { readUpState } from '../../client/folder.js'
import { ChunksOf } from './chunks.js'
import { nightferry } from './commands.js'
import { intoFirstBuilt } from './target.js'

export interface Stage {
  readonly folder: string
  /** The target's server, where the run makes its database. */
  readonly target: string
  /** Of the source. */
  readonly rows: number
  readonly signal: AbortSignal
  readonly say: (text: string) => void
  /** The run has ended: there is nothing left to trouble. */
  readonly isOver: () => boolean
}

/** One thing that happened to the run, and what it cost once the run is complete. */
interface Trouble {
  readonly what: string
  /** Chunks that were under way, as `table/chunk/epoch`. */
  readonly inFlight: ReadonlySet<string>
  readonly more: string
}

const HELD_MS = 2000

/** Kills the data worker at a quarter of the rows; pauses and resumes at three fifths. What each cost, as lines, once the run is over. */
export async function trouble(stage: Stage): Promise<() => Promise<string[]>> {
  const client = await intoFirstBuilt(stage.target, stage.isOver, stage.signal)
  if (client === null) return async () => ['The run was over before anything could be done to it.']
  const chunks = new ChunksOf(client)
  const troubles: Trouble[] = []
  if (await untilCopied(stage, chunks, 0.25)) troubles.push(await killWorker(stage, chunks))
  if (await untilCopied(stage, chunks, 0.6)) troubles.push(await pauseAndResume(stage, chunks))
  return async () => {
    const lines = []
    for (const { what, inFlight, more } of troubles) {
      const { chunks: again, rows } = await chunks.again(inFlight)
      lines.push(
        `${what}: ${again} of ${await chunks.count()} chunks done again, ${rows.toLocaleString('en')} rows read again; ${more}`,
      )
    }
    await client.end()
    return lines
  }
}

/** False: the run has ended before. */
async function untilCopied({ rows, isOver, signal }: Stage, chunks: ChunksOf, share: number): Promise<boolean> {
  while (!isOver()) {
    if ((await chunks.rows()) >= rows * share) return true
    await delay(20, undefined, { signal })
  }
  return false
}

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`

async function killWorker({ folder, rows, say, isOver, signal }: Stage, chunks: ChunksOf): Promise<Trouble> {
  const pid = readUpState(folder)?.workers.data ?? 0
  const share = Math.round((100 * (await chunks.rows())) / rows)
  const inFlight = await chunks.inFlight()
  say(`\n$ kill -9 ${pid}                    # the data worker, with ${share} % of the rows there`)
  process.kill(pid, 'SIGKILL')
  const begun = performance.now()
  const before = await chunks.rows()
  while (!isOver() && (await chunks.rows()) === before) await delay(20, undefined, { signal })
  const more = `the next chunk was there after ${seconds(begun)}; the snapshot went with the process, so the rest was read as it is (best-effort)`
  return { what: `SIGKILL of the data worker at ${share} %`, inFlight, more }
}

async function pauseAndResume({ folder, rows, say, isOver, signal }: Stage, chunks: ChunksOf): Promise<Trouble> {
  const share = Math.round((100 * (await chunks.rows())) / rows)
  say('\n$ nightferry pause shop --reason "a look around"')
  await nightferry(['pause', 'shop', '--reason', 'a look around'], folder, signal)
  const inFlight = await chunks.inFlight()
  const before = await chunks.rows()
  await delay(HELD_MS, undefined, { signal })
  const moved = (await chunks.rows()) - before
  say('\n$ nightferry resume shop')
  await nightferry(['resume', 'shop'], folder, signal)
  const resumed = performance.now()
  while (!isOver() && (await chunks.rows()) === before + moved) await delay(10, undefined, { signal })
  const more = `${moved} rows moved in the ${HELD_MS / 1000} s that it was held; the next chunk was there ${seconds(resumed)} after the resume`
  return { what: `a pause at ${share} %`, inFlight, more }
}
