import type { InventoryDocument } from '../core/api.js'
import { Failure } from '../core/failure.js'
import type { LedgerInventory } from '../core/ledger.js'
import { MEMORY_DATABASE, type MemoryInventory } from '../core/memory.js'
import type { Ports } from '../core/ports.js'
import type { Where } from './run-documents.js'

/** What the tool made for a migration on its target's server: `aside` where its runs are built aside. */
export async function inventoryDocument(ports: Ports, where: Where, aside: boolean): Promise<InventoryDocument> {
  return aside ? await builtAside(ports, where) : await builtInPlace(ports, where)
}

async function builtInPlace(ports: Ports, where: Where): Promise<InventoryDocument> {
  const target = await ports.target(where.connection, where.database)
  const { database } = await target.identify()
  const ledger = await target.ledger.inventory()
  const memory = database === MEMORY_DATABASE ? null : await orNone(() => memoryAside(ports, where))
  return { format: 1, database, ledger, memory, aside: null }
}

async function builtAside(ports: Ports, where: Where): Promise<InventoryDocument> {
  const { connection, database, migration } = where
  const generations = await ports.generations(connection, database, migration)
  return {
    format: 1,
    database: generations.published,
    ledger: await ledgerOf(ports, where),
    memory: await memoryAside(ports, where),
    aside: { generations: await generations.list(), copies: await generations.copies() },
  }
}

/** Another migration's is none of ours. */
async function ledgerOf(ports: Ports, { connection, database, migration }: Where): Promise<LedgerInventory | null> {
  const ledger = await (await ports.target(connection, database)).ledger.inventory()
  return ledger?.migration === migration ? ledger : null
}

const memoryAside = async (ports: Ports, { connection, migration }: Where): Promise<MemoryInventory | null> =>
  await (await ports.memory(connection, MEMORY_DATABASE, migration)).inventory()

/** Before it was built in place it may have been built aside; whether this account may look there is another matter. */
async function orNone<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof Failure) return null
    throw error
  }
}
