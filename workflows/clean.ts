import { refuseExpired } from './apply-config.js'
import { busy, type Entity, show } from './entity.js'
import { asRefusal, refused } from './failures.js'
import type { Request } from './messages.js'
import { refusePaused } from './refuse-held.js'
import { control, named } from './steps.js'

/**
 * Removes the ledger from the target and forgets all: refused while something is under way, or a person holds
 * everything. Whoever asked removes the
 * workflows then, this one among them.
 */
export async function clean(entity: Entity, request: Request): Promise<void> {
  refuseExpired(request)
  refusePaused(entity, request.by)
  const why = entity.applying ? 'An apply is under way' : busy(entity)
  if (why !== null) throw refused(why, 'Wait for its end, or end it: `nightferry abort`.')
  const { migration, target } = entity
  entity.applying = true
  try {
    if (target !== null) await named(control.cleanTarget, `clean, asked by ${request.by}`, { migration, target })
    const gone = { target: null, around: null, versions: [], runs: [], holds: [], schedule: null, unwritten: [] }
    Object.assign(entity, { ...gone, knobs: {}, ordinals: {} })
    show(entity)
  } catch (error) {
    throw asRefusal(error)
  } finally {
    entity.applying = false
  }
}
