import type { Context } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { sendAbort } from '../hold-updates.js'
import { withTemporal } from '../session.js'
import { knownMigration } from './known.js'
import { asPerson, asReason, type PersonOptions } from './person.js'

export interface AbortOptions extends PersonOptions {
  readonly reason: string
}

/** `abort`: ends what is under way, wherever it is; what it did stays. */
export async function abort(context: Context, migration: string, options: AbortOptions): Promise<ExitCode> {
  const by = asPerson(options)
  const reason = asReason(options.reason)
  const { output } = context
  return await withTemporal(context, async (session) => {
    await knownMigration(session, migration)
    const answer = await sendAbort(session.temporal, migration, { reason }, { ...session.wait, by })
    const { work } = answer
    output.text(
      work === null
        ? `Nothing of ${migration} was under way.`
        : `${work.what} ${work.id} of ${migration} is told to end; what it did stays: nightferry report ${migration}`,
    )
    output.document({ format: 1, migration, ...answer })
    return EXIT.done
  })
}
