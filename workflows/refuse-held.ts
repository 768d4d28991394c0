import { patched } from '@temporalio/workflow'
import type { Hold } from '../core/hold.js'
import type { Entity } from './entity.js'
import { refused } from './failures.js'

/** Refuses what may not begin while everything waits; what is outside its hours only begins to wait. */
export function refuseHeld(entity: Entity, by: string): void {
  const hold = holdOfAll(entity)
  if (hold !== undefined) throw heldBy(entity, hold, by)
}

/** What holds everything, but for the hours; undefined: nothing. */
export const holdOfAll = ({ holds }: Entity): Hold | undefined =>
  holds.find(({ table, kind }) => table === null && kind !== 'window')

/**
 * Refuses what reads or drops while a person has paused everything. A failure's hold does not stand against it: a new
 * version may be what mends it.
 */
export function refusePaused(entity: Entity, by: string): void {
  const hold = entity.holds.find(({ table, kind }) => table === null && kind === 'operator')
  // Executions of before let it pass.
  if (hold !== undefined && patched('heeds-a-pause')) throw heldBy(entity, hold, by)
}

/** With the word that lifts it, which is another one for whose it is not. */
function heldBy({ migration }: Entity, { id, kind, at, by: whose, why }: Hold, by: string): Error {
  const isTheirs = kind === 'failure' || (kind === 'operator' && whose === by)
  const lift = `nightferry resume ${migration}${isTheirs ? '' : ` --hold ${id}`}`
  return refused(`The migration is held since ${at} by ${whose} (${id}): ${why}`, `Lift it: \`${lift}\`.`)
}
