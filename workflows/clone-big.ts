import { startChild, type ChildWorkflowHandle } from '@temporalio/workflow'
import type { BigTable } from '../activities/messages.js'
import { MOST_PARALLELISM } from '../core/knobs.js'
import { tableWorkflowId } from '../core/names.js'
import { Held, isInterrupted } from './halt.js'
import { hold, turnKnobs, width } from './messages.js'
import { park } from './park.js'
import { knobsOfReader, type Pass } from './pass.js'
import { type ReadingPlace, snapshotOf } from './reading-place.js'
import type { Open } from './slots.js'
import type { table, TableWorkflowInput } from './table.js'

/** A part that copies now; `handle` once its child has started. */
export type Copying = { -readonly [K in keyof Open]: Open[K] } & {
  readonly position: number
  handle: ChildWorkflowHandle<typeof table> | null
}

/**
 * Copies and indexes a big table in a child of its own. Throws `Held` where a hold, or a failure that holds the run, made
 * it drain: its cursor stands in the run's then, and the next child begins there.
 */
export async function copyBig(pass: Pass, big: BigTable, copying: Copying, place: ReadingPlace): Promise<void> {
  await pass.halt.during(big.table, () => copyInChild(pass, big, copying, place))
}

async function copyInChild(pass: Pass, big: BigTable, copying: Copying, place: ReadingPlace): Promise<void> {
  const { ref, cursor, halt, knobs } = pass
  const [asked, turned] = [copying.width, knobs.now]
  try {
    const handle = await startChild<typeof table>('table', {
      workflowId: tableWorkflowId(ref.migration, ref.run, big.name),
      args: [inputOf(pass, big, asked, place)],
      staticSummary: `${big.name}: copy and index`,
      memo: { migration: ref.migration, run: ref.run, version: ref.version },
    })
    copying.handle = handle
    if (copying.width !== asked) tellWidth(copying, copying.width)
    if (knobs.now !== turned) handle.signal(turnKnobs, knobsOfReader(pass)).catch(() => {})
    // One that came while the child started.
    if (halt.holds(big.table)) handle.signal(hold, ref.run).catch(() => {})
    if (pass.hours.isClosed()) tellClosing(copying)
    const { stopped, lost = false, held, trouble } = await handle.result()
    if (held !== undefined) {
      cursor.held = { ...cursor.held, [big.table]: held }
      if (trouble !== undefined) halt.trouble(trouble)
      throw new Held()
    }
    if (stopped) cursor.stopped++
    if (lost) place.lose(`${big.name} could not be read in it`)
  } catch (error) {
    if (isInterrupted(error)) throw error
    cursor.stopped++
    await park(pass, { table: big.table }, error)
  }
}

function inputOf(pass: Pass, big: BigTable, wide: number, place: ReadingPlace): TableWorkflowInput {
  const { ref, cursor } = pass
  const held = cursor.held?.[big.table]
  const knobs = knobsOfReader(pass)
  const there = snapshotOf(place)
  return {
    ref,
    table: big.table,
    name: big.name,
    size: big.size,
    indexes: big.indexes,
    width: wide,
    most: MOST_PARALLELISM,
    ...(Object.keys(knobs).length > 0 && { knobs }),
    ...(there !== null && { snapshot: there }),
    ...(held !== undefined && { state: held }),
  }
}

/** A child that still copies does what is under way, and gives its cursor back; one that builds indexes goes on. */
export function tellClosing({ handle }: Copying): void {
  handle?.signal(width, 0).catch(() => {})
}

/** A child that has ended meanwhile needs no width; one that is starting gets it when it has started. */
export function tellWidth(copying: Copying | undefined, wide: number): void {
  if (copying === undefined) return
  copying.width = wide
  copying.handle?.signal(width, wide).catch(() => {})
}
