import {
  continueAsNew,
  getExternalWorkflowHandle,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import type { RunRef, Size } from '../activities/messages.js'
import { copyTable, NOTHING_COPIED, type CopyState } from './copy-table.js'
import { indexTable } from './index-table.js'
import { copied, width } from './messages.js'

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
  /** Carried through continue-as-new; absent at the first start. */
  readonly state?: CopyState
}

export interface TableResult {
  readonly stopped: boolean
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
  const end = await copyTable(input, state, wide)
  if (end === 'long') return await continueAsNew<typeof table>({ ...input, width: wide.width, state })
  tellParent(input.table)
  if (!state.stopped) state.stopped = await indexTable(input, wide)
  setCurrentDetails(`${state.stopped ? 'stopped' : 'done'}: ${state.rows} rows in ${state.total} chunks`)
  return { stopped: state.stopped, rows: state.rows, bytes: state.bytes }
}

/** Only for the phase that the run shows; a run that is gone does not matter. */
function tellParent(tableOrdinal: number): void {
  const parent = workflowInfo().parent
  if (parent === undefined) return
  getExternalWorkflowHandle(parent.workflowId)
    .signal(copied, tableOrdinal)
    .catch(() => {})
}
