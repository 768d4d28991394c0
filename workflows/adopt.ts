import { refuseExpired } from './apply-config.js'
import { audit } from './audit.js'
import { busy, type Entity, show } from './entity.js'
import { asRefusal, refused } from './failures.js'
import type { AdoptAnswer, AdoptRequest } from './messages.js'
import { control, named } from './steps.js'

/**
 * Takes up what the target's memory or ledger knows: for an entity that is new because Temporal's storage was lost. Refused
 * where it knows versions or runs itself.
 */
export async function adopt(entity: Entity, request: AdoptRequest): Promise<AdoptAnswer> {
  refuseExpired(request)
  const { migration } = entity
  if (entity.versions.length + entity.runs.length > 0)
    throw refused(
      `Temporal knows ${migration}: ${entity.versions.length} versions, ${entity.runs.length} runs`,
      `There is nothing to adopt: \`nightferry status ${migration}\` shows it.`,
    )
  const why = entity.applying ? 'An apply is under way' : busy(entity)
  if (why !== null) throw refused(why, 'Wait for its end.')
  const { by, target } = request
  entity.applying = true
  try {
    const adopted = await named(control.adoptLedger, `adopt, asked by ${by}`, { migration, target })
    const { versions, runs, closed, holds, holdsEver, home = target, around = null } = adopted
    Object.assign(entity, { target: home, around, versions, runs, holdsEver: Math.max(entity.holdsEver, holdsEver) })
    show(entity)
    const about = { versions: versions.length, runs: runs.length, closed: closed.length }
    audit(entity, { what: 'adopt', by, why: "Temporal's storage was lost", about })
    return { versions: versions.length, runs: runs.length, closed, holds }
  } catch (error) {
    throw asRefusal(error)
  } finally {
    entity.applying = false
  }
}
