import type { GenerationsDocument } from '../../core/api.js'
import { UPDATES } from '../../core/names.js'
import type { MigrationStatus } from '../../core/status.js'
import type { PublishAnswer, PublishRequest } from '../../workflows/messages.js'
import type { Context } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { Problem } from '../problem.js'
import { patiently } from '../read-api.js'
import { renderGenerations } from '../render/generations.js'
import { othersEnded, renderPublish } from '../render/publish.js'
import { withTemporal, type Session } from '../session.js'
import { send } from '../updates.js'
import { knownMigration, targetOf } from './known.js'
import { asPerson, type PersonOptions } from './person.js'

export interface PublishOptions extends PersonOptions {
  readonly run?: string
  readonly execute?: boolean
}

/** `publish`: what runs have built; with --run what it would be to publish that one; with --execute as well, does it. */
export async function publish(context: Context, migration: string, options: PublishOptions): Promise<ExitCode> {
  const by = asPerson(options)
  const { run, execute = false } = options
  if (run === undefined && execute)
    throw new Problem(
      EXIT.usage,
      '--execute needs --run: which one is to be published?',
      `\`nightferry publish ${migration}\` lists them.`,
    )
  return await withTemporal(context, async (session) => {
    const status = await knownMigration(session, migration)
    return run === undefined
      ? await list(context, session, status)
      : await ask(context, session, migration, { run, execute, by })
  })
}

async function list({ output }: Context, session: Session, status: MigrationStatus): Promise<ExitCode> {
  const found = await generationsOf(session, status)
  const runs = await patiently(async () => await session.api.runs(targetOf(status), status.migration))
  output.text(renderGenerations(found, runs, output.paint).join('\n'))
  output.document(found)
  return EXIT.done
}

/** What runs have built aside; refused where they do not. */
export async function generationsOf({ api }: Session, status: MigrationStatus): Promise<GenerationsDocument> {
  const target = targetOf(status)
  if (status.target?.published !== undefined)
    return await patiently(async () => await api.generations(target, status.migration))
  throw new Problem(
    EXIT.refused,
    `${status.migration} is built in place: there is nothing to publish`,
    'Set `publish: {mode: rebuild}` and apply it, with an account that may create databases.',
  )
}

async function ask(
  { output }: Context,
  { temporal, wait }: Session,
  migration: string,
  { run, execute, by }: { readonly run: string; readonly execute: boolean; readonly by: string },
): Promise<ExitCode> {
  const request = { run, execute }
  const told = await send<PublishRequest, PublishAnswer>(temporal, migration, UPDATES.publish, request, { ...wait, by })
  const answer = othersEnded(told)
  output.text(renderPublish(migration, answer, output.paint).join('\n'))
  if (answer.unkept !== null) output.warn(`the memory of the runs does not say so: ${answer.unkept}`)
  output.document({ format: 1, migration, executed: execute, ...answer })
  return EXIT.done
}
