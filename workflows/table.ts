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
import { copyTable, NOTHING_COPIED, type CopyState } from './copy-table.js'
import { indexTable } from './index-table.js'
import { copied, snapshotLost, width } from './messages.js'
import type { ReadingPlace } from './reading-place.js'

export interface TableWorkflowInput {
  readonly ref: RunRef
  readonly table: number
  /** The source's name, for ids and summaries. */
  readonly name: string
  readonly size: Size
  readonly indexes: number
  /** Chunks in flight at a time, until a `width` signal says otherwise. */
  readonly width: number
  /** The run's sessions: no signal, whoever sends it, opens more. */
  readonly most: number
  /** Absent: rows are read as they are now. */
  readonly snapshot?: { readonly queue: string; readonly onLost: 'best-effort' | 'restart' }
  /** Carried through continue-as-new; absent at the first start. */
  readonly state?: CopyState
}

export interface TableResult {
  readonly stopped: boolean
  /** The snapshot is lost, and the run is to start again. */
  readonly lost?: boolean
  readonly rows: number
  readonly bytes: number
}

/**
 * A big table of a run: its chunks through a sliding window, then its primary key, then its other indexes. It never
 * fails: a failure stops the table, stands in the ledger, and is this workflow's answer.
 */
export async function table(input: TableWorkflowInput): Promise<TableResult> {
  const wide = { width: input.width, onChange: () => {} }
  setHandler(width, (value: unknown) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) return
    wide.width = Math.min(value, input.most)
    wide.onChange()
  })
  setDefaultSignalHandler(() => {})
  const state: CopyState = { ...(input.state ?? NOTHING_COPIED) }
  const place = placeOf(input)
  const end = await copyTable(input, state, wide, place)
  if (end === 'lost') return { stopped: false, lost: true, rows: state.rows, bytes: state.bytes }
  if (end === 'long') return await continueAsNew<typeof table>(carried(input, place, { width: wide.width, state }))
  tellParent(input.table)
  if (!state.stopped) state.stopped = await indexTable(input, wide)
  setCurrentDetails(`${state.stopped ? 'stopped' : 'done'}: ${state.rows} rows in ${state.total} chunks`)
  return { stopped: state.stopped, rows: state.rows, bytes: state.bytes }
}

/** What the run decided, until this table finds out that the snapshot is lost; then its run is told. */
function placeOf({ snapshot }: TableWorkflowInput): ReadingPlace {
  const { queue = null, onLost = 'best-effort' } = snapshot ?? {}
  return { queue, onLost, lose: (reason) => tell(snapshotLost, reason) }
}

function carried(
  { snapshot, ...input }: TableWorkflowInput,
  place: ReadingPlace,
  now: { width: number; state: CopyState },
): TableWorkflowInput {
  return { ...input, ...now, ...(snapshot !== undefined && place.queue !== null && { snapshot }) }
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
