import { isCancellation, startChild, type ChildWorkflowHandle } from '@temporalio/workflow'
import type { BigTable, Bundle, RunRef } from '../activities/messages.js'
import { tableWorkflowId } from '../core/names.js'
import { isLongWithChildren } from './limits.js'
import { width } from './messages.js'
import { park } from './park.js'
import { openPool } from './pool.js'
import { isSnapshotLost, readThere, type ReadingPlace } from './reading-place.js'
import type { RunCursor, RunInput, StepEnd } from './run.js'
import type { Show } from './show-run.js'
import { share, type Open } from './slots.js'
import { data, named } from './steps.js'
import type { table } from './table.js'

/** A part that copies now; `handle` once its child has started. */
type Copying = { -readonly [K in keyof Open]: Open[K] } & { handle: ChildWorkflowHandle<typeof table> | null }

/**
 * Copies and indexes everything: big tables in children of their own, biggest first, then bundles, never more sessions
 * at once than the run has. A session that nobody waits for goes to what is still open.
 */
export async function clone({ ref }: RunInput, cursor: RunCursor, show: Show, place: ReadingPlace): Promise<StepEnd> {
  const parallelism = Math.min(cursor.prepared.parallelism, cursor.reading?.sessions ?? Infinity)
  const holds = place.queue !== null
  const pool = openPool()
  const open = new Map<string, Copying>()
  const parts = inOrder(cursor)
  const waiting = parts.map(({ big }) => (big ? { most: parallelism, child: true } : { most: 1, child: false }))
  const begin = (position: number, wide: number): void => {
    const { big, bundle } = parts[position] ?? {}
    const id = String(position)
    const copying: Copying = { id, width: wide, ...(waiting[position] ?? { most: 1, child: false }), handle: null }
    open.set(id, copying)
    pool.start(async () => {
      try {
        if (big !== undefined) await copyBig(ref, cursor, big, copying, place)
        else if (bundle !== undefined) await copyBundle(ref, cursor, show, bundle, place)
      } finally {
        open.delete(id)
      }
    })
  }
  await pool.drain(() => {
    const next = !holds && isLongWithChildren() ? [] : waiting.slice(cursor.next)
    const { start, widen } = share(parallelism, [...open.values()], next)
    for (const [id, wide] of widen) tellWidth(open.get(id), wide)
    for (const wide of start) begin(cursor.next++, wide)
  })
  return cursor.next < waiting.length ? 'long' : 'done'
}

/** Big tables, biggest first, then bundles; but first of all what writers of the source wait for. */
function inOrder({ prepared, reading }: RunCursor): { big?: BigTable; bundle?: Bundle }[] {
  const first = new Set((reading?.first ?? []).map((part) => JSON.stringify(part)))
  const parts = [
    ...prepared.big.map((big) => ({ big, isFirst: first.has(JSON.stringify({ table: big.table })) })),
    ...prepared.bundles.map((bundle) => ({ bundle, isFirst: first.has(JSON.stringify({ bundle: bundle.bundle })) })),
  ]
  return [...parts.filter((part) => part.isFirst), ...parts.filter((part) => !part.isFirst)]
}

/** A child that has ended meanwhile needs no width; one that is starting gets it when it has started. */
function tellWidth(copying: Copying | undefined, wide: number): void {
  if (copying === undefined) return
  copying.width = wide
  copying.handle?.signal(width, wide).catch(() => {})
}

async function copyBig(
  ref: RunRef,
  cursor: RunCursor,
  big: BigTable,
  copying: Copying,
  place: ReadingPlace,
): Promise<void> {
  const asked = copying.width
  try {
    const handle = await startChild<typeof table>('table', {
      workflowId: tableWorkflowId(ref.migration, ref.run, big.name),
      args: [
        {
          ref,
          table: big.table,
          name: big.name,
          size: big.size,
          indexes: big.indexes,
          width: asked,
          most: copying.most,
          ...(place.queue === null ? {} : { snapshot: { queue: place.queue, onLost: place.onLost } }),
        },
      ],
      staticSummary: `${big.name}: copy and index`,
      memo: { migration: ref.migration, run: ref.run, version: ref.version },
    })
    copying.handle = handle
    if (copying.width !== asked) tellWidth(copying, copying.width)
    const { stopped, lost = false } = await handle.result()
    if (stopped) cursor.stopped++
    if (lost) place.lose(`${big.name} could not be read in it`)
  } catch (error) {
    if (isCancellation(error)) throw error
    cursor.stopped++
    await park(ref, { table: big.table }, error)
  }
}

async function copyBundle(
  ref: RunRef,
  cursor: RunCursor,
  show: Show,
  bundle: Bundle,
  place: ReadingPlace,
): Promise<void> {
  const name = `bundle ${bundle.bundle} (${bundle.tables} tables)`
  const part = { bundle: bundle.bundle }
  try {
    const copy = await readThere(place, (how, options) =>
      named(data.copyBundle, `${name}: copy`, { ref, part, ...how }, options),
    )
    cursor.stopped += copy.stopped
    show.partCopied()
    if (bundle.indexes === 0) return
    const index = await named(data.indexBundle, `${name}: ${bundle.indexes} indexes`, { ref, part })
    cursor.stopped += index.stopped
  } catch (error) {
    if (isCancellation(error)) throw error
    // The run starts again.
    if (isSnapshotLost(error)) return
    cursor.stopped += bundle.tables
    await park(ref, part, error)
  }
}
