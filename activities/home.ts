import { publishOf } from '../core/config/publish.js'
import type { Config } from '../core/config/types.js'
import { Failure } from '../core/failure.js'
import type { Finding } from '../core/finding.js'
import type { GenerationsPort } from '../core/generation.js'
import type { Place } from '../core/place.js'
import type { Ports } from '../core/ports.js'
import type { RunRef } from './messages.js'
import type { Tools } from './tools.js'

export interface Home {
  readonly place: Place
  readonly findings: readonly Finding[]
}

/**
 * What people read, and whether its runs are built aside: as the config says; where it says nothing, aside if the account
 * is able to, else in place, with what it lacks as findings. Asks and changes nothing.
 */
export async function homeOf(ports: Ports, config: Config): Promise<Home> {
  const { connection, database } = config.target
  const { mode } = publishOf(config)
  const inPlace: Place = { connection, database }
  if (mode === 'in-place') return { place: inPlace, findings: [] }
  const generations = await ports.generations(connection, database, config.migration)
  const { rebuild, findings } = await generations.ability()
  const { published } = generations
  if (rebuild) return { place: { connection, database: published, published }, findings }
  const asked = mode === 'rebuild'
  return { place: inPlace, findings: asked ? findings.map((one) => ({ ...one, severity: 'blocking' })) : findings }
}

/** Throws `refused` where the migration is built in place. */
export async function generationsOf(
  { ports }: Tools,
  { migration, target }: Omit<RunRef, 'run' | 'version'>,
): Promise<GenerationsPort> {
  if (target.published === undefined)
    throw new Failure('refused', `Migration ${migration} is built in place: there is nothing to publish`, {
      remedy: 'Set `publish: {mode: rebuild}` and apply it, with an account that may create databases.',
    })
  return await ports.generations(target.connection, target.published, migration)
}
