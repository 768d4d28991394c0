import { copiesOf, publishOf } from '../core/config/publish.js'
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
 * is able to, else in place, with what it lacks as findings, which block where it has `copies:`. Asks and changes nothing.
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
  const copies = Object.keys(copiesOf(config))
  const all = copies.length === 0 ? findings : [...findings, copiesNeedRebuild(connection, copies)]
  const asked = mode === 'rebuild' || copies.length > 0
  return { place: inPlace, findings: asked ? all.map((one) => ({ ...one, severity: 'blocking' })) : all }
}

const copiesNeedRebuild = (connection: string, copies: readonly string[]): Finding => ({
  ...{ name: 'copies-need-rebuild', severity: 'blocking', subject: connection },
  message: `The config has copies (${copies.join(', ')}): they are made of what is built aside, and this account cannot build aside.`,
  remedy: 'Give it what the other findings say that it lacks (CREATEDB, say), or remove `copies:` from the config.',
})

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
