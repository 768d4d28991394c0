import { Lane } from './snapshot-lane.js'
import { keepsMetadataLocks } from './snapshot-position.js'
import type { Sessions } from './sessions.js'

/** Where a metadata lock stays as long as its transaction, sessions that read tables of their own can end with these. */
const MOST_SPARE = 8

/** Connects `count` sessions, and some to spare, into `lanes`: also where it throws, what is open stands there. */
export async function openLanes(
  { address, connection }: Sessions,
  lanes: Lane[],
  { sessions, tables }: { readonly sessions: number; readonly tables: number },
): Promise<void> {
  const open = async (): Promise<void> => {
    lanes.push(await Lane.open(address, connection, keepsMetadataLocks))
  }
  await settled(Array.from({ length: sessions }, () => open))
  const sticky = lanes.some((lane) => lane.isSticky)
  const spare = sticky ? Math.min(MOST_SPARE, tables) : 1
  // Without them a snapshot only ends earlier, so a server that has no connection left is no reason to stop.
  await settled(Array.from({ length: spare }, () => open)).catch(() => {})
}

/** Runs all of them and waits for all: whatever was opened is known when one has failed. */
export async function settled(work: readonly (() => Promise<void>)[]): Promise<void> {
  const results = await Promise.allSettled(work.map((one) => one()))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}
