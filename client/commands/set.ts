import type { Context } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { sendSet } from '../hold-updates.js'
import { knobList, readSettings } from '../knob-settings.js'
import { plain } from '../render/text.js'
import { withTemporal } from '../session.js'
import { knownMigration } from './known.js'
import { asPerson, type PersonOptions } from './person.js'

/** `set`: turns knobs of what runs and of the next runs, until the next apply. */
export async function set(
  context: Context,
  migration: string,
  typed: readonly string[],
  options: PersonOptions,
): Promise<ExitCode> {
  const settings = readSettings(typed)
  const by = asPerson(options)
  const { output } = context
  return await withTemporal(context, async (session) => {
    await knownMigration(session, migration)
    const answer = await sendSet(session.temporal, migration, settings, { ...session.wait, by })
    const turned = knobList(answer.knobs)
    output.text(
      [
        turned === '' ? `${migration} is as its config says.` : `Until the next apply: ${turned}`,
        ...(answer.said === null ? [] : [plain(answer.said)]),
      ].join('\n'),
    )
    output.document({ format: 1, migration, ...answer })
    return EXIT.done
  })
}
