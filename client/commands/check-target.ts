import { existsSync } from 'node:fs'
import { MIGRATION_PATTERN } from '../../core/config/schema.js'
import type { Fitness } from '../../core/fitness.js'
import { isFit } from '../../core/fitness/waivers.js'
import type { InspectionInput } from '../../workflows/messages.js'
import type { Context } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { assess } from '../inspect.js'
import { interruptible } from '../interrupt.js'
import { patiently } from '../read-api.js'
import { readConfig } from '../read-config.js'
import { renderFitness } from '../render/fitness.js'
import { withTemporal, type Session } from '../session.js'
import { knownMigration, targetOf } from './known.js'

/** A migration's name, and not a file: one that is there counts as a file. */
export const isName = (typed: string): boolean => MIGRATION_PATTERN.test(typed) && !existsSync(typed)

/** `check --target`: is the target ready for production? By the applied config, or a file's. Exit 1 while a check is open. */
export async function checkTarget(context: Context, nameOrFile: string): Promise<ExitCode> {
  const { output } = context
  const config = isName(nameOrFile) ? null : await readConfig(nameOrFile)
  const fitness: Fitness = await withTemporal(context, async (session) => {
    const asked = config === null ? await appliedTo(session, nameOrFile) : { config }
    const command = asked.config.target.restoreTest
    if (command) output.note(`Running ${command[0]} as well, which may take a while (an hour at most) ...`)
    const { temporal, api, wait } = session
    return await interruptible(async (signal) => await assess(temporal, api, asked, { ...wait, signal }))
  })
  output.text(renderFitness(fitness, output.paint, config === null ? null : nameOrFile).join('\n'))
  output.document(fitness)
  return isFit(fitness) ? EXIT.done : EXIT.refused
}

/** The config of the last applied version, and where people read. */
async function appliedTo(session: Session, migration: string): Promise<Pick<InspectionInput, 'config' | 'home'>> {
  const status = await knownMigration(session, migration)
  const target = targetOf(status)
  const number = status.versions.at(-1)?.number ?? 0
  const { config } = await patiently(async () => await session.api.version(target, migration, number))
  return { config, ...(status.target !== null && { home: status.target }) }
}
