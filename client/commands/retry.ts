import type { RetryAnswer, SkipAnswer } from '../../workflows/messages.js'
import type { Context } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { sendRetry, sendSkip } from '../hold-updates.js'
import { interruptible } from '../interrupt.js'
import type { Paint } from '../output.js'
import { plural } from '../../core/numbers.js'
import { paintState } from '../render/report.js'
import { plain } from '../render/text.js'
import { withTemporal } from '../session.js'
import { knownMigration, targetOf } from './known.js'
import { asPerson, asReason, type PersonOptions } from './person.js'
import { followRun } from './run.js'

export interface RetryOptions extends PersonOptions {
  readonly table?: readonly string[]
  readonly run?: string
  readonly detach?: boolean
}

export interface SkipOptions extends PersonOptions {
  readonly table: string
  readonly reason: string
  readonly run?: string
}

/** `retry`: tables that stopped, once more from where they were; follows the run to its report as `run` does. */
export async function retry(context: Context, migration: string, options: RetryOptions): Promise<ExitCode> {
  const by = asPerson(options)
  const { output } = context
  return await withTemporal(
    context,
    async (session) =>
      await interruptible(async (signal) => {
        const target = targetOf(await knownMigration(session, migration))
        const asked = { tables: options.table ?? null, run: options.run ?? null }
        const answer = await sendRetry(session.temporal, migration, asked, { ...session.wait, by })
        const said = retryLines(migration, answer, options.detach ?? false)
        if (!options.detach) {
          output.note(said.join('\n'))
          const followed = { migration, run: answer.run, workflowId: answer.workflowId, target }
          return await followRun(context, session, followed, signal)
        }
        output.text(said.join('\n'))
        output.document({ format: 1, migration, ...answer })
        return EXIT.done
      }),
  )
}

const MOST_NAMES = 10

function retryLines(migration: string, { run, version, tables, again }: RetryAnswer, detach: boolean): string[] {
  const names = tables.slice(0, MOST_NAMES).map(plain).join(', ')
  const more = tables.length > MOST_NAMES ? `, and ${tables.length - MOST_NAMES} more` : ''
  return [
    `run ${run} goes on with ${plural(tables.length, 'table')} under version ${version}: ${names}${more}`,
    ...(again === null ? [] : [plain(again)]),
    ...(detach ? [`See it with \`nightferry status ${migration} --watch\`.`] : []),
  ]
}

/** `skip`: a table that stopped is left out of its run, with a person's reason in the audit trail. */
export async function skip(context: Context, migration: string, options: SkipOptions): Promise<ExitCode> {
  const by = asPerson(options)
  const asked = { table: options.table, reason: asReason(options.reason), run: options.run ?? null }
  const { output } = context
  return await withTemporal(context, async (session) => {
    await knownMigration(session, migration)
    const answer = await sendSkip(session.temporal, migration, asked, { ...session.wait, by })
    const left = `${plain(answer.table)} is set aside in run ${answer.run}.`
    output.text([left, ...since(migration, answer, output.paint)].join('\n'))
    output.document({ format: 1, migration, ...answer })
    return EXIT.done
  })
}

function since(migration: string, { summary }: SkipAnswer, paint: Paint): string[] {
  if (summary === null) return [`The run goes on: nightferry status ${migration} --watch`]
  const others = summary.stopped === 0 ? '' : `, ${plural(summary.stopped, 'table')} stopped`
  return [`The run is ${paintState(summary.state, paint)}${others}: nightferry report ${migration}`]
}
