import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow'
import { migrationAttributes } from './attributes.js'
import type { RunPhase, RunState } from '../core/run.js'
import type { RunStatus } from '../core/status.js'
import type { Halt } from './halt.js'
import type { RunCursor, RunInput } from './run.js'

/** What the run tells of itself: the status query, search attributes, and the details in Temporal's UI. */
export interface Show {
  status(): RunStatus
  follow(cursor: RunCursor): void
  /** A big table's or a bundle's rows are all there. */
  partCopied(): void
  enter(phase: RunPhase): void
  ended(state: RunState): void
}

const PHASE_OF: Readonly<Record<RunCursor['step'], RunPhase>> = {
  clone: 'clone',
  add: 'constraints',
  validate: 'constraints',
  seal: 'vacuum',
  prove: 'proof',
  close: 'proof',
}

export function showRun({ ref, started, searchAttributes, state }: RunInput, halt: Halt): Show {
  let phase: RunPhase = state === undefined ? 'schema' : PHASE_OF[state.step]
  let cursor: RunCursor | null = state ?? null
  let copiedParts = state?.next ?? 0
  const tables = (): RunStatus['tables'] => ({
    total: cursor?.prepared.tables ?? 0,
    done: cursor?.done ?? 0,
    stopped: cursor?.stopped ?? 0,
  })
  const tell = (runState: RunState): void => {
    const { total, done, stopped } = tables()
    setCurrentDetails(`Phase **${phase}**: ${done} of ${total} tables done, ${stopped} stopped`)
    if (searchAttributes) upsertSearchAttributes(migrationAttributes(phase, runState))
  }
  const enter = (next: RunPhase): void => {
    if (next === phase) return
    phase = next
    tell('running')
  }
  return {
    status: () => {
      const { run, version } = ref
      const { workflowId } = workflowInfo()
      return {
        run,
        version,
        workflowId,
        started,
        phase,
        tables: tables(),
        held: halt.holds() || cursor?.closed === true,
      }
    },
    follow: (followed) => {
      cursor = followed
      enter(PHASE_OF[followed.step])
    },
    partCopied: () => {
      copiedParts++
      const parts = cursor === null ? Infinity : cursor.prepared.big.length + cursor.prepared.bundles.length
      if (cursor?.step === 'clone' && copiedParts >= parts) enter('indexes')
    },
    enter,
    ended: (runState) => {
      phase = 'closed'
      tell(runState)
    },
  }
}
