import type { InventoryDocument } from '../../core/api.js'
import { UPDATES } from '../../core/names.js'
import type { MigrationStatus } from '../../core/status.js'
import type { Request } from '../../workflows/messages.js'
import type { Context } from '../context.js'
import { askStatus, explainSilence } from '../entity.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { Problem } from '../problem.js'
import { pausedWhile } from '../paused-while.js'
import { patiently } from '../read-api.js'
import { renderInventory, type Inventory } from '../render/inventory.js'
import { describeSchedule, removeSchedule } from '../schedule.js'
import { withTemporal, type Session } from '../session.js'
import { send } from '../updates.js'
import { removeWorkflow, workflowsOf } from '../workflows-of.js'
import { unknownMigration } from './known.js'

/** `clean`: shows what the tool made on source, target and Temporal; removes it with --execute, and nothing else. */
export async function clean(
  context: Context,
  migration: string,
  { execute = false }: { readonly execute?: boolean },
): Promise<ExitCode> {
  const { output } = context
  const found = await withTemporal(context, async (session) => {
    const status = await statusOf(session, migration)
    const inventory = await look(session, migration, status)
    if (execute) await remove(session, inventory, status !== null)
    return inventory
  })
  output.text(renderInventory(found, execute, output.paint).join('\n'))
  if (!execute) output.note(`\`nightferry clean ${migration} --execute\` does it.`)
  output.document({ format: 1, what: 'clean', executed: execute, ...found })
  return EXIT.done
}

/** Null: the entity is gone, as behind a clean that was cut off. */
async function statusOf({ temporal }: Session, migration: string): Promise<MigrationStatus | null> {
  const asked = await askStatus(temporal, migration)
  if (asked.answer === 'silent') throw await explainSilence(temporal, migration)
  if (asked.answer === 'absent') return null
  const { running, proving } = asked.status
  if (running === null && proving === null) return asked.status
  const what = running === null ? `A ${proving?.kind} (${proving?.proof})` : `Run ${running.run}`
  throw new Problem(EXIT.refused, `${what} is under way`, `Wait for its end, or end it: nightferry abort ${migration}.`)
}

async function look(session: Session, migration: string, status: MigrationStatus | null): Promise<Inventory> {
  const at = status?.target ?? null
  const target: InventoryDocument | null =
    at === null ? null : await patiently(async () => await session.api.inventory(at, migration))
  const workflows = await workflowsOf(session.temporal, migration)
  const schedule = (await describeSchedule(session.temporal, migration)) !== null
  if (status === null && workflows.length === 0 && !schedule)
    throw unknownMigration(migration, session.temporal.where.address)
  return { migration, target, workflows, schedule }
}

/**
 * The entity is asked first, since it may refuse, with its nights paused: then all stays as it was. What is left behind a
 * cut is still found by Temporal; the entity goes last, for the same reason.
 */
export async function remove(
  { temporal, wait }: Pick<Session, 'temporal' | 'wait'>,
  { migration, workflows, schedule }: Inventory,
  asks: boolean,
): Promise<void> {
  if (asks)
    await pausedWhile(temporal, migration, async () => {
      await send<Request, void>(temporal, migration, UPDATES.clean, {}, wait)
    })
  if (schedule) await removeSchedule(temporal, migration)
  const isEntity = (id: string): boolean => id.startsWith('migration/')
  const inOrder = workflows.toSorted((a, b) => Number(isEntity(a.workflowId)) - Number(isEntity(b.workflowId)))
  for (const workflow of inOrder) await removeWorkflow(temporal, workflow)
}
