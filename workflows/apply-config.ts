import { ApplicationFailure } from '@temporalio/common'
import { type Entity, noteApplied } from './entity.js'
import { asRefusal, refused } from './failures.js'
import { forgetKnobs } from './hold-work.js'
import type { ApplyAnswer, ApplyRequest, Request } from './messages.js'
import { refusePaused } from './refuse-held.js'
import { control, named } from './steps.js'

/**
 * Plans a config and stores it as the next version; blocking findings refuse it, and a person's pause of everything. One
 * at a time.
 */
export async function applyConfig(entity: Entity, { config, by, expires }: ApplyRequest): Promise<ApplyAnswer> {
  refuseExpired({ by, expires })
  refusePaused(entity, by)
  if (entity.applying) throw refused('Another apply is under way', 'Wait for its end, then apply again.')
  entity.applying = true
  try {
    const applied = await named(control.applyVersion, `apply, asked by ${by}`, {
      config,
      by,
      at: new Date().toISOString(),
      lastNumber: entity.versions.at(-1)?.number ?? 0,
      ...(entity.target !== null && { home: entity.target }),
    })
    const { version, changed, findings, ref } = applied
    const told = { connection: config.target.connection, database: config.target.database ?? null }
    noteApplied(entity, { home: told, ...applied })
    forgetKnobs(entity)
    const { number, planHash, tables } = version
    return { version: number, planHash, changed, tables, findings, ref }
  } catch (error) {
    throw asRefusal(error)
  } finally {
    entity.applying = false
  }
}

/** An update without a worker is stored and would take effect whenever one comes: too late, for whoever asked. */
export function refuseExpired({ expires }: Request): void {
  if (Date.now() <= expires) return
  throw ApplicationFailure.create({
    type: 'Refused',
    message: 'The request was older than it may be when a worker came to it: nothing was changed',
    nonRetryable: true,
    details: [{ remedy: 'Ask again.' }],
  })
}
