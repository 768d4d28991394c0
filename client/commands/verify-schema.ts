import type { Context } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { patiently } from '../read-api.js'
import { isAdded, renderSchema } from '../render/schema.js'
import type { Session } from '../session.js'
import { knownMigration, targetOf } from './known.js'
import { scopeOf } from './proof-scope.js'

/** `verify --schema`: the target's schema as it is now, against the run's plan. Exit 6 where it is otherwise than planned. */
export async function verifySchema(
  { output }: Context,
  session: Session,
  migration: string,
  options: { readonly run?: string; readonly table?: readonly string[] },
): Promise<ExitCode> {
  const status = await knownMigration(session, migration)
  const { run, tables } = await scopeOf(session, status, options)
  const found = await patiently(async () => await session.api.schema(targetOf(status), run))
  const isWanted = (name: string | null): boolean => tables === null || (name !== null && tables.includes(name))
  const document = { ...found, differences: found.differences.filter(({ table }) => isWanted(table)) }
  output.text(renderSchema(document, output.paint).join('\n'))
  output.document(document)
  return document.differences.every(isAdded) ? EXIT.done : EXIT.differences
}
