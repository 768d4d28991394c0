import { UPDATES } from '../../core/names.js'
import type { AdoptAnswer, AdoptRequest } from '../../workflows/messages.js'
import type { Context } from '../context.js'
import { ensureEntity } from '../entity.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { readConfig } from '../read-config.js'
import { plural } from '../../core/numbers.js'
import { plain } from '../render/text.js'
import { describeSchedule } from '../schedule.js'
import { withTemporal } from '../session.js'
import { send } from '../updates.js'

/**
 * `adopt`: Temporal's storage was lost, and takes up the migration that the target's ledger knows: its versions, and how
 * its runs ended. Reads the file for the target's name alone; the config is what was applied.
 */
export async function adopt(context: Context, file: string): Promise<ExitCode> {
  const { output } = context
  const { migration, target } = await readConfig(file)
  const { connection, database } = target
  const { answer, scheduled } = await withTemporal(context, async ({ temporal, wait }) => {
    await ensureEntity(temporal, migration)
    const request = { target: { connection, database } }
    const adopted = await send<AdoptRequest, AdoptAnswer>(temporal, migration, UPDATES.adopt, request, wait)
    return { answer: adopted, scheduled: (await describeSchedule(temporal, migration)) !== null }
  })
  output.text(adoptedLines(migration, answer, scheduled).join('\n'))
  output.document({ format: 1, what: 'adopt', migration, ...answer, scheduled })
  return EXIT.done
}

/** What it took up, and what of the migration is gone. */
function adoptedLines(migration: string, { versions, runs, closed, holds }: AdoptAnswer, scheduled: boolean): string[] {
  return [
    `${migration} is taken up: ${plural(versions, 'version')}, ${plural(runs, 'run')} (\`nightferry runs ${migration}\`)`,
    ...closed.map(
      (id) => `${id} was under way when Temporal's storage was lost: closed; what it copied is not resumed`,
    ),
    ...holds.map(
      ({ by, table, why }) =>
        `A hold of ${plain(by)}${table === null ? '' : ` on ${plain(table)}`} is gone (${plain(why)}): pause again if it should stand`,
    ),
    ...(scheduled
      ? []
      : [
          `Nights do not begin by themselves: make the schedule again if it should stand, \`nightferry schedule ${migration}\``,
        ]),
    'Holds and knobs do not survive the loss; the target, its ledger and its reports are as they were.',
  ]
}
