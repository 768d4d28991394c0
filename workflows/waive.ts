import { refuseExpired } from './apply-config.js'
import { audit } from './audit.js'
import type { Entity } from './entity.js'
import { asRefusal, refused } from './failures.js'
import type { WaiveAnswer, WaiveRequest } from './messages.js'
import { control, named } from './steps.js'

/**
 * A person's waiver of a check of the target's fitness, judged and kept in the memory, or taken back; both stand in the
 * audit trail. A pause does not stand against it. Repeatable: the latest counts.
 */
export async function waiveCheck(entity: Entity, request: WaiveRequest): Promise<WaiveAnswer> {
  refuseExpired(request)
  const { check, by, reason, until } = request
  const { migration, target } = entity
  if (target === null) throw refused('No version is applied yet', 'Apply a config first: `nightferry apply FILE`.')
  if (entity.applying)
    throw refused('An apply or a clean is under way', 'Wait for its end, and see `nightferry status`; then waive it.')
  const at = new Date().toISOString()
  try {
    const input = { migration, target, check, by, why: reason, at, expires: until }
    const { waiver } = await named(control.waiveCheck, `waive ${check}, asked by ${by}`, input)
    const what = until === null ? 'waive lift' : 'waive'
    audit(entity, { what, by, why: reason, about: { check, ...(waiver !== null && { expires: waiver.expires }) } })
    return { waiver }
  } catch (error) {
    throw asRefusal(error)
  }
}
