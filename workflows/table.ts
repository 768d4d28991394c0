import {
  continueAsNew,
  getExternalWorkflowHandle,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
  type SignalDefinition,
  workflowInfo,
} from '@temporalio/workflow'
import type { RunRef, Size } from '../activities/messages.js'
import type { Trouble } from '../core/hold.js'
import { isKnobs, type Knobs } from '../core/knobs.js'
import { copyTable, NOTHING_COPIED, type CopyState } from './copy-table.js'
import type { StepEnd } from './each-of.js'
import { openHalt, type Halt } from './halt.js'
import { indexTable, NOTHING_INDEXED, type IndexState } from './index-table.js'
import { copied, hold, snapshotLost, turnKnobs, width } from './messages.js'
import { type ReadingPlace, snapshotOf, type SnapshotPlace } from './reading-place.js'
import { turning, type Turning } from './turning.js'
import type { Wide } from './wide.js'

/** Where a table is. `index`: all its rows are there. */
export interface TableState extends CopyState {
  index?: IndexState
}

export interface TableWorkflowInput {
  readonly ref: RunRef
  readonly table: number
  /** The source's name, for ids and summaries. */
  readonly name: string
  readonly size: Size
  readonly indexes: number
  /** Chunks in flight at a time, until a `width` signal says otherwise. */
  readonly width: number
  /** A signal that asks for more, whoever sends it, changes nothing. */
  readonly most: number
  /** Of each session. Absent: as the config says. */
  readonly knobs?: Knobs
  /** Absent: rows are read as they are now. */
  readonly snapshot?: SnapshotPlace
  /** Carried through continue-as-new and through holds; absent at the first start. */
  readonly state?: TableState
}

export interface TableResult {
  readonly stopped: boolean
  /** The snapshot is lost, and the run is to start again. */
  readonly lost?: boolean
  /** A hold, or the end of its run's hours, made it drain: the next execution begins here. */
  readonly held?: TableState
  /** Why it drained, where that was a failure that holds the whole run. */
  readonly trouble?: Trouble
  readonly rows: number
  readonly bytes: number
}

/**
 * A big table of a run: its chunks through a sliding window, then its primary key, then its other indexes. It never
 * fails: a failure stops the table, stands in the ledger, and is this workflow's answer. On a hold it drains and answers
 * with its cursor.
 */
export async function table(input: TableWorkflowInput): Promise<TableResult> {
  const state: TableState = { ...(input.state ?? NOTHING_COPIED) }
  const halt = openHalt()
  const wide = listen(input, halt)
  const place = placeOf(input)
  const ended = (more: Partial<TableResult> = {}): TableResult => {
    return { stopped: state.stopped, rows: state.rows, bytes: state.bytes, ...more }
  }
  const end = await pass(input, state, { wide, halt, place })
  if (end === 'lost') return ended({ stopped: false, lost: true })
  if (end === 'held')
    return ended({ stopped: false, held: state, ...(halt.troubled !== null && { trouble: halt.troubled }) })
  if (end === 'long') return await continueAsNew<typeof table>(carried(input, place, { wide: wide.now, state }))
  setCurrentDetails(`${state.stopped ? 'stopped' : 'done'}: ${state.rows} rows in ${state.total} chunks`)
  return ended()
}

async function pass(
  input: TableWorkflowInput,
  state: TableState,
  going: { wide: Turning<Wide>; halt: Halt; place: ReadingPlace },
): Promise<StepEnd | 'lost'> {
  if (state.index === undefined) {
    const end = await copyTable(input, state, going)
    if (end !== 'done') return end
    tellParent(input.table)
    if (state.stopped) return 'done'
    state.index = { ...NOTHING_INDEXED }
  }
  const end = await indexTable(input, state.index, going)
  state.stopped = state.index.stopped
  return end
}

/** Signals come from anybody: what is no width and no knob changes nothing. */
function listen(input: TableWorkflowInput, halt: Halt): Turning<Wide> {
  const wide = turning<Wide>({ width: input.width, ...ofSession(input.knobs ?? {}) })
  setHandler(width, (value: unknown) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > input.most) return
    wide.set(value === 0 ? { ...wide.now, closing: true } : { ...wide.now, width: value })
  })
  setHandler(turnKnobs, (value: unknown) => {
    const { width: now, closing } = wide.now
    if (isKnobs(value)) wide.set({ width: now, ...ofSession(value), ...(closing && { closing }) })
  })
  setHandler(hold, (run: unknown) => {
    if (run === input.ref.run) halt.set({ seq: 1, all: true, tables: [] })
  })
  setDefaultSignalHandler(() => {})
  return wide
}

const ofSession = ({
  rowsPerSecond,
  chunkBytes,
}: Pick<Knobs, 'rowsPerSecond' | 'chunkBytes'>): Omit<Wide, 'width'> => ({
  ...(rowsPerSecond !== undefined && { rowsPerSecond }),
  ...(chunkBytes !== undefined && { chunkBytes }),
})

/** What the run decided, until this table finds out that the snapshot is lost; then its run is told. */
function placeOf({ snapshot, table }: TableWorkflowInput): ReadingPlace {
  const { queue = null, onLost = 'best-effort', others = [] } = snapshot ?? {}
  // Not every table begins with the same process.
  return { queue, others: [...others], turn: table, onLost, lose: (reason) => tell(snapshotLost, reason) }
}

function carried(
  input: TableWorkflowInput,
  place: ReadingPlace,
  { wide, state }: { wide: Wide; state: TableState },
): TableWorkflowInput {
  const knobs = ofSession(wide)
  const turned = Object.keys(knobs).length > 0 && { knobs }
  const there = snapshotOf(place)
  const { snapshot, ...rest } = input
  // A snapshot that was lost is not carried on.
  const reading = snapshot === undefined || there === null ? {} : { snapshot: there }
  return { ...rest, width: wide.width, ...turned, state, ...reading }
}

/** Only for the phase that the run shows; a run that is gone does not matter. */
const tellParent = (tableOrdinal: number): void => tell(copied, tableOrdinal)

function tell<T>(signal: SignalDefinition<[T]>, value: T): void {
  const parent = workflowInfo().parent
  if (parent === undefined) return
  getExternalWorkflowHandle(parent.workflowId)
    .signal(signal, value)
    .catch(() => {})
}
