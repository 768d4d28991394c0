import type { RepairDocument } from '../../core/api.js'
import type { RepairResult } from '../../workflows/messages.js'
import type { Context } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { interruptible } from '../interrupt.js'
import { Problem } from '../problem.js'
import { followProof } from '../progress/follow-proof.js'
import { screenFor } from '../progress/screen.js'
import { patiently, type TargetName } from '../read-api.js'
import { renderRepair, renderRepaired } from '../render/repair.js'
import { withTemporal, type Session } from '../session.js'
import { refusal, sendRepair } from '../updates.js'
import { knownMigration, targetOf } from './known.js'
import { scopeOf } from './proof-scope.js'
import { showProof } from './verify.js'

export interface RepairOptions {
  readonly table?: readonly string[]
  readonly run?: string
  readonly execute?: boolean
  readonly showValues?: boolean
}

/**
 * `repair`: says what it would mend, and exits with 6 where there is something; with --execute mends it, proves it again,
 * and exits with 0 only where nothing is left.
 */
export async function repair(context: Context, migration: string, options: RepairOptions): Promise<ExitCode> {
  return await withTemporal(
    context,
    async (session) =>
      await interruptible(async (signal) => await repairIn(context, session, migration, options, signal)),
  )
}

async function repairIn(
  context: Context,
  session: Session,
  migration: string,
  options: RepairOptions,
  signal: AbortSignal,
): Promise<ExitCode> {
  const status = await knownMigration(session, migration)
  const target = targetOf(status)
  const { run, tables } = await scopeOf(session, status, options)
  const scoped = { ...options, run, table: tables ?? [] }
  const todo = await findTodo(session, target, run, scoped)
  if (!options.execute || isNothing(todo)) {
    context.output.text(renderRepair(todo, context.output.paint).join('\n'))
    context.output.document(todo)
    return isNothing(todo) ? EXIT.done : EXIT.differences
  }
  return await execute(context, session, migration, target, scoped, signal)
}

/** What stands in the document beside the proof behind it. */
const mendedOf = ({ tables, deleted, inserted, schema, failures }: RepairResult): object => ({
  mended: { tables, deleted, inserted, schema, failures },
})

const isNothing = ({ tables, schema }: RepairDocument): boolean => tables.length + schema.length === 0

async function findTodo(
  { api }: Session,
  target: TargetName,
  run: string,
  { table = [] }: RepairOptions,
): Promise<RepairDocument> {
  const found = await patiently(async () => await api.repair(target, run))
  const isWanted = ({ table: name }: { table: string | null }): boolean =>
    table.length === 0 || (name !== null && table.includes(name))
  return { ...found, tables: found.tables.filter(isWanted), schema: found.schema.filter(isWanted) }
}

async function execute(
  context: Context,
  session: Session,
  migration: string,
  target: TargetName,
  options: RepairOptions & { readonly run: string },
  signal: AbortSignal,
): Promise<ExitCode> {
  const { output } = context
  const tables = options.table?.length ? options.table : null
  const asked = { run: options.run, tables, withSource: false, witness: 0 }
  const started = await sendRepair(session.temporal, migration, asked, session.wait)
  const screen = screenFor(process.stderr, output.paintError, context.env)
  const followed = { migration, run: started.run, workflowId: started.workflowId, target }
  const ended = await followProof(session.temporal, session.api, followed, screen, signal)
  if (ended.end === 'left') {
    output.note(`repair ${started.proof} goes on without this command; its end: nightferry report ${migration}`)
    return EXIT.incomplete
  }
  if (ended.error !== null) {
    const { message, remedy } = refusal(ended.error)
    throw new Problem(EXIT.incomplete, `repair ${started.proof} came to no end: ${message}`, remedy)
  }
  const handle = session.temporal.client.workflow.getHandle(started.workflowId)
  const result = (await handle.result()) as RepairResult
  output.note(renderRepaired(result).join('\n'))
  const code = await showProof(context, session, target, started.proof, options.showValues ?? false, mendedOf(result))
  if (code !== EXIT.done) return code
  if (result.failures.length > 0) return EXIT.differences
  return isNothing(await findTodo(session, target, options.run, options)) ? EXIT.done : EXIT.differences
}
