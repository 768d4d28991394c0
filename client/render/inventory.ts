import type { InventoryDocument } from '../../core/api.js'
import { MEMORY_DATABASE, type MemoryInventory } from '../../core/memory.js'
import type { KeptWorkflow } from '../workflows-of.js'
import type { Paint } from '../output.js'
import { keptAside, removedAside } from './inventory-aside.js'
import { bytes, plural } from '../../core/numbers.js'
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
  return [
    `${paint('bold', migration)}: what Nightferry made`,
    '  source    nothing: it is only read',
    ...targetLines(target, removes),
    `  Temporal  ${workflows.length === 0 ? 'nothing' : `${removes} ${plural(workflows.length, 'workflow')} (${open} open)`}`,
    ...(schedule ? [`            ${removes} the schedule of its nights`] : []),
    ...(target === null ? [] : keptLines(target)),
  ]
}

function targetLines(target: InventoryDocument | null, removes: string): string[] {
  const ledger = target?.ledger ?? null
  const where = target?.aside ? ` of database ${plain(target.database)}` : ''
  return [
    ledger === null
      ? '  target    no ledger'
      : `  target    ${removes} schema nightferry${where}: ${plural(ledger.tables, 'table')}, ${bytes(ledger.bytes)}, with ${plural(ledger.versions, 'version')}, ${plural(ledger.runs, 'run')} and the audit trail`,
    ...(ledger === null || ledger.leftovers.length === 0
      ? []
      : [`            of them left over: ${few(ledger.leftovers)}`]),
    ...(target?.aside ? removedAside(target.aside, removes) : []),
    ...(target?.memory ? memoryLines(target.memory, removes) : []),
  ]
}

function memoryLines({ versions, runs, entries, others }: MemoryInventory, removes: string): string[] {
  if (versions + runs + entries === 0) return []
  return [
    `  memory    ${removes} ${plural(versions, 'version')}, ${plural(runs, 'run')} and ${plural(entries, 'line')} of the audit trail from database ${MEMORY_DATABASE}`,
    others.length === 0
      ? `            the database stays, with nothing of a migration in it: DROP DATABASE ${MEMORY_DATABASE}`
      : `            the database stays, with what ${others.length === 1 ? 'another migration has' : `${others.length} other migrations have`} there: ${few(others)}`,
  ]
}

function keptLines({ database, ledger, aside }: InventoryDocument): string[] {
  const { tables, types } = ledger?.kept ?? { tables: [], types: [] }
  const strangers = ledger?.strangers ?? []
  const kept = aside === null ? (ledger === null ? [] : [`  database ${plain(database)}`]) : keptAside(database, aside)
  if (kept.length === 0) return []
  return [
    'Kept, since people use it:',
    ...kept,
    ...(tables.length === 0 ? [] : [`  ${plural(tables.length, 'table')}: ${few(tables)}`]),
    ...(types.length === 0 ? [] : [`  ${plural(types.length, 'type')}: ${few(types)}`]),
    ...(strangers.length === 0 ? [] : [`  schema nightferry, with what somebody else put there: ${few(strangers)}`]),
    ...(tables.length === 0 || aside !== null
      ? []
      : ['Without the ledger nothing says any more that these tables are of a run: a later run refuses them.']),
    ...(aside === null
      ? []
      : ['Each keeps its mark, a comment on it: a migration of this name would go on with them.']),
  ]
}
