import type { Bundle, CopiedBundle } from '../activities/messages.js'
import { Held, isInterrupted } from './halt.js'
import { openSteps } from './open-steps.js'
import { park } from './park.js'
import { knobsOfReader, type Pass } from './pass.js'
import { isSnapshotLost, readThere, type ReadingPlace } from './reading-place.js'
import { data, named } from './steps.js'

/**
 * Copies and indexes a bundle of small tables; throws `Held` where a hold, or a turned knob, ended it: what is done is
 * found done then.
 */
export async function copyBundle(pass: Pass, bundle: Bundle, place: ReadingPlace): Promise<void> {
  const { ref, cursor, halt, show, knobs } = pass
  const name = `bundle ${bundle.bundle} (${bundle.tables} tables)`
  const part = { bundle: bundle.bundle }
  const { rowsPerSecond } = knobsOfReader(pass)
  const until = pass.hours.until()
  const pace = { ...(rowsPerSecond !== undefined && { rowsPerSecond }), ...(until !== null && { until }) }
  const lane = openSteps<number | undefined>()
  // Small by the source's estimates, which may be wrong by far: it does not go on at another pace for hours.
  const unwatch = knobs.onChange(() => lane.end((now) => now !== knobsOfReader(pass).rowsPerSecond))
  const copyThere = (): Promise<CopiedBundle> =>
    readThere(place, (how, options) => named(data.copyBundle, `${name}: copy`, { ref, part, ...pace, ...how }, options))
  try {
    const copy = await halt.run(() => lane.run(rowsPerSecond, copyThere), bundle.of)
    // Its hours were over between two tables.
    if (copy.left === true) throw new Held()
    show.partCopied()
    const index =
      bundle.indexes === 0
        ? { stopped: 0 }
        : await halt.run(() => named(data.indexBundle, `${name}: ${bundle.indexes} indexes`, { ref, part }), bundle.of)
    // Only now: one that is done again counts once.
    cursor.stopped += copy.stopped + index.stopped
  } catch (error) {
    if (isInterrupted(error)) throw error
    // The run starts again.
    if (isSnapshotLost(error)) return
    await park(pass, part, error)
    cursor.stopped += bundle.tables
  } finally {
    unwatch()
  }
}
