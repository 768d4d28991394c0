import type { InventoryDocument } from '../../core/api.js'
import type { KeptWorkflow } from '../workflows-of.js'
import type { Paint } from '../output.js'
import { bytes, plural } from './numbers.js'
import { plain } from './text.js'

/** What there is of a migration, and what becomes of it. Null: nothing was ever applied, or it is removed already. */
export interface Inventory {
  readonly migration: string
  readonly target: InventoryDocument | null
  readonly workflows: readonly KeptWorkflow[]
  /** Whether Temporal has a schedule of it. */
  readonly schedule: boolean
}

const NAMED = 8

const few = (names: readonly string[]): string => {
  const named = names.slice(0, NAMED).map(plain).join(', ')
  return names.length > NAMED ? `${named} and ${names.length - NAMED} more` : named
}

/** One line for each place, and by name what stays. `done`: it has been removed. */
export function renderInventory(
  { migration, target, workflows, schedule }: Inventory,
  done: boolean,
  paint: Paint,
): string[] {
  const removes = paint('bold', done ? 'removed' : 'removes')
  const open = workflows.filter((one) => one.open).length
  const ledger = target?.ledger ?? null
  return [
    `${paint('bold', migration)}: what Nightferry made`,
    '  source    nothing: it is only read',
    ledger === null
      ? '  target    no ledger'
      : `  target    ${removes} schema nightferry: ${plural(ledger.tables, 'table')}, ${bytes(ledger.bytes)}, with ${plural(ledger.versions, 'version')}, ${plural(ledger.runs, 'run')} and the audit trail`,
    ...(ledger === null || ledger.leftovers.length === 0
      ? []
      : [`            of them left over: ${few(ledger.leftovers)}`]),
    `  Temporal  ${workflows.length === 0 ? 'nothing' : `${removes} ${plural(workflows.length, 'workflow')} (${open} open)`}`,
    ...(schedule ? [`            ${removes} the schedule of its nights`] : []),
    ...(target === null ? [] : keptLines(target)),
  ]
}

function keptLines({ database, ledger }: InventoryDocument): string[] {
  if (ledger === null) return []
  const { tables, types } = ledger.kept
  return [
    'Kept, since people use it:',
    `  database ${plain(database)}`,
    ...(tables.length === 0 ? [] : [`  ${plural(tables.length, 'table')}: ${few(tables)}`]),
    ...(types.length === 0 ? [] : [`  ${plural(types.length, 'type')}: ${few(types)}`]),
    ...(ledger.strangers.length === 0
      ? []
      : [`  schema nightferry, with what somebody else put there: ${few(ledger.strangers)}`]),
    ...(tables.length === 0
      ? []
      : ['Without the ledger nothing says any more that these tables are of a run: a later run refuses them.']),
  ]
}
