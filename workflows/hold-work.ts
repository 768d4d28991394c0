import { condition, getExternalWorkflowHandle } from '@temporalio/workflow'
import { addHold, type Halted, type Hold, MOST_HOLDS } from '../core/hold.js'
import { type Entity, show } from './entity.js'
import { refused } from './failures.js'
import { halt, type HaltedAnswer, turnKnobs } from './messages.js'

/** How long whoever pauses waits to hear that all has stopped: a process that died is known dead after 10 s. */
const ANSWER = '12 seconds'

/** What runs now: at most one of them. */
export const workOf = ({ running, proving }: Entity): { readonly workflowId: string } | null => running ?? proving

export const haltedOf = ({ holds, haltSeq, ordinals }: Entity): Halted => ({
  seq: haltSeq,
  // What runs sees to its hours itself: it stops at a chunk's edge.
  all: holds.some(({ table, kind }) => table === null && kind !== 'window'),
  tables: holds.flatMap(({ table }) => (table === null ? [] : (ordinals[table] ?? []))),
})

/** Adds it under the next id; the same person's hold of the same thing keeps its own. */
export function hold(entity: Entity, added: Omit<Hold, 'id' | 'at'>): Hold {
  const id = `h${entity.holdsEver + 1}`
  const holds = addHold(entity.holds, { ...added, id, at: new Date().toISOString() })
  // Of what speaks by signals there is one of each at most, and nobody would hear the refusal.
  if (added.kind === 'operator' && holds.length > MOST_HOLDS)
    throw refused(`There are ${MOST_HOLDS} holds already`, 'Lift some: `nightferry holds` lists them.')
  if (holds.length > entity.holds.length) entity.holdsEver++
  setHolds(entity, holds)
  return holds.find((one) => one.kind === added.kind && one.table === added.table && one.by === added.by) as Hold
}

export function setHolds(entity: Entity, holds: readonly Hold[]): void {
  entity.holds = holds
  entity.haltSeq++
  show(entity)
  tellHalt(entity)
}

/** Starts what is told of holds and knobs. Until it is there nobody would hear: what changes meanwhile is told then. */
export async function beginWork<T>(entity: Entity, start: () => Promise<T>): Promise<T> {
  const untold: Entity['untold'] = new Set()
  entity.untold = untold
  try {
    const begun = await start()
    entity.untold = null
    for (const tell of untold) tell(entity)
    return begun
  } finally {
    entity.untold = null
  }
}

/** Tells what runs what holds. */
export function tellHalt(entity: Entity): void {
  const work = workOf(entity)
  if (work === null) return
  if (entity.untold !== null) return void entity.untold.add(tellHalt)
  getExternalWorkflowHandle(work.workflowId)
    .signal(halt, { ...haltedOf(entity), word: entity.word })
    .catch(() => notReached(entity, work))
}

export function tellKnobs(entity: Entity): void {
  const { running } = entity
  if (running === null) return
  if (entity.untold !== null) return void entity.untold.add(tellKnobs)
  getExternalWorkflowHandle(running.workflowId)
    .signal(turnKnobs, entity.knobs)
    .catch(() => notReached(entity, running))
}

/**
 * A signal to what runs failed: it is gone, and has ended without a word unless that was heard meanwhile. Itself, and not
 * only its id: the same run may have been taken up again.
 */
export function notReached(entity: Entity, work: ReturnType<typeof workOf>): void {
  if (workOf(entity) === work) entity.onGone()
}

/** Until the next apply: what a person turned was meant for the config of then. */
export function forgetKnobs(entity: Entity): void {
  if (Object.keys(entity.knobs).length === 0) return
  entity.knobs = {}
  tellKnobs(entity)
}

/** Waits until what runs has answered to the newest change; null where nothing runs, or it has not answered in time. */
export async function untilHalted(entity: Entity): Promise<HaltedAnswer | null> {
  const work = workOf(entity)
  if (work === null) return null
  const { haltSeq } = entity
  const isOver = (): boolean => workOf(entity)?.workflowId !== work.workflowId
  const answer = (): HaltedAnswer | null => ((entity.halted?.seq ?? 0) >= haltSeq ? entity.halted : null)
  await condition(() => answer() !== null || isOver(), ANSWER)
  return answer()
}

/** What only held because of what has ended now is over as well. */
export function endOfWork(entity: Entity): void {
  entity.halted = null
  const holds = entity.holds.filter(({ kind }) => kind !== 'failure' && kind !== 'window')
  if (holds.length === entity.holds.length) return
  entity.holds = holds
  entity.haltSeq++
}
