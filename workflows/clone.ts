import type { BigTable, Bundle } from '../activities/messages.js'
import { MOST_PARALLELISM } from '../core/knobs.js'
import { copyBig, type Copying, tellClosing, tellWidth } from './clone-big.js'
import { copyBundle } from './clone-bundle.js'
import { endOf, redo, take, type StepEnd } from './each-of.js'
import { Held } from './halt.js'
import { isLongWithChildren } from './limits.js'
import { hold, turnKnobs } from './messages.js'
import { knobsOfReader, type Pass, readersOf } from './pass.js'
import { openPool } from './pool.js'
import type { ReadingPlace } from './reading-place.js'
import type { RunCursor } from './run.js'
import { share, type Waiting } from './slots.js'

interface ClonePart {
  readonly big?: BigTable
  readonly bundle?: Bundle
}

/**
 * Copies and indexes everything: big tables in children of their own, biggest first, then bundles, never more sessions
 * at once than the run has. A session that nobody waits for goes to what is still open. On a hold each child drains and
 * gives its cursor back, so that none of old code waits for months; so it does at a chunk's edge where the hours are over.
 */
export async function clone(pass: Pass, place: ReadingPlace): Promise<StepEnd> {
  const { cursor, halt, knobs, hours } = pass
  const holdsSessions = place.queue !== null
  const pool = openPool()
  const open = new Map<string, Copying>()
  const parts = inOrder(cursor)
  const isHeld = (position: number): boolean => {
    const { big, bundle } = parts[position] ?? {}
    return halt.holds(big?.table ?? bundle?.of)
  }
  const wants = (position: number): Waiting =>
    parts[position]?.big === undefined ? { most: 1, child: false } : { most: MOST_WIDE, child: true }
  const begin = (wide: number): void => {
    const position = take(cursor, parts.length, isHeld)
    if (position === null) return
    const copying: Copying = { id: String(position), position, width: wide, ...wants(position), handle: null }
    open.set(copying.id, copying)
    pool.start(async () => {
      try {
        await copyPart(pass, parts[position] ?? {}, copying, place)
      } catch (error) {
        if (!(error instanceof Held)) throw error
        redo(cursor, position)
      } finally {
        open.delete(copying.id)
      }
    })
  }
  const waiting = (): Waiting[] => {
    if (halt.holds() || hours.isClosed() || (!holdsSessions && isLongWithChildren())) return []
    const positions = [...(cursor.redo ?? [])]
    for (let position = cursor.next; position < parts.length; position++) positions.push(position)
    return positions.filter((position) => !isHeld(position)).map(wants)
  }
  const stopHeld = (): void => {
    for (const { position, handle } of open.values())
      if (isHeld(position)) void handle?.signal(hold, pass.ref.run).catch(() => {})
    pool.wake()
  }
  const turn = (): void => {
    for (const { handle } of open.values()) handle?.signal(turnKnobs, knobsOfReader(pass)).catch(() => {})
    pool.wake()
  }
  const close = (): void => {
    if (hours.isClosed()) for (const copying of open.values()) tellClosing(copying)
    pool.wake()
  }
  const ends = [halt.onChange(stopHeld), knobs.onChange(turn), hours.onChange(close)]
  try {
    await pool.drain(() => {
      const { start, change } = share(readersOf(pass), [...open.values()], waiting())
      for (const [id, wide] of change) tellWidth(open.get(id), wide)
      for (const wide of start) begin(wide)
    })
  } finally {
    for (const end of ends) end()
  }
  return endOf(cursor, parts.length, halt)
}

/** What a table could use: as many as a run may ever have. */
const MOST_WIDE = MOST_PARALLELISM

/** Big tables, biggest first, then bundles; but first of all what writers of the source wait for. */
function inOrder({ prepared, reading }: RunCursor): ClonePart[] {
  const first = new Set((reading?.first ?? []).map((part) => JSON.stringify(part)))
  const parts = [
    ...prepared.big.map((big) => ({ big, isFirst: first.has(JSON.stringify({ table: big.table })) })),
    ...prepared.bundles.map((bundle) => ({ bundle, isFirst: first.has(JSON.stringify({ bundle: bundle.bundle })) })),
  ]
  return [...parts.filter((part) => part.isFirst), ...parts.filter((part) => !part.isFirst)]
}

async function copyPart(pass: Pass, { big, bundle }: ClonePart, copying: Copying, place: ReadingPlace): Promise<void> {
  if (big !== undefined) await copyBig(pass, big, copying, place)
  else if (bundle !== undefined) await copyBundle(pass, bundle, place)
}
