import { UPDATES } from '../../core/names.js'
import type { CopyAnswer, CopyRequest } from '../../workflows/messages.js'
import type { Context } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { Problem } from '../problem.js'
import { renderCopies, renderCopy } from '../render/generations.js'
import { withTemporal } from '../session.js'
import { send } from '../updates.js'
import { knownMigration } from './known.js'
import { asPerson, type PersonOptions } from './person.js'
import { generationsOf } from './publish.js'

export interface CopyOptions extends PersonOptions {
  readonly drop?: boolean
  readonly execute?: boolean
}

/**
 * `copy`: makes one of what is published, at once where the name is free. With --drop, or where it is not, says what would
 * go; with --execute as well, does it. Exit 1 where a copy was wanted and none was made.
 */
export async function copy(
  context: Context,
  migration: string,
  name: string | undefined,
  options: CopyOptions,
): Promise<ExitCode> {
  const { output } = context
  const { drop = false, execute = false } = options
  const by = asPerson(options)
  if (name === undefined && (drop || execute))
    throw new Problem(EXIT.usage, 'which copy?', `\`nightferry copy ${migration}\` lists them.`)
  return await withTemporal(context, async (session) => {
    const status = await knownMigration(session, migration)
    if (name === undefined) {
      const { format, database, copies } = await generationsOf(session, status)
      output.text(renderCopies(migration, copies, output.paint).join('\n'))
      output.document({ format, migration, database, copies })
      return EXIT.done
    }
    const request = { name, drop, execute }
    const options = { ...session.wait, by }
    const answer = await send<CopyRequest, CopyAnswer>(session.temporal, migration, UPDATES.copy, request, options)
    output.text(renderCopy(migration, name, answer, output.paint).join('\n'))
    output.document({ format: 1, migration, name, ...answer })
    return answer.done === 'there' ? EXIT.refused : EXIT.done
  })
}
