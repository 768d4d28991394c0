import { Failure } from '../core/failure.js'
import { MEMORY_DATABASE } from '../core/memory.js'
import type { AdoptInput } from './adopt.js'
import { generationsOf } from './home.js'
import { step, type Attempt } from './step.js'
import type { Tools } from './tools.js'

/**
 * Removes what the tool made for a migration, and nothing that people use: the ledger, databases that were built aside and
 * never published, its rows of the memory. What was published, and copies, stay. Repeatable; nothing where there is nothing.
 */
export const cleanTarget = (tools: Tools) =>
  step(tools, 'cleanTarget', async (input: AdoptInput, { signal }): Promise<void> => {
    if (input.target.published === undefined) await cleanInPlace(tools, input)
    else await cleanAside(tools, input, signal)
  })

async function cleanInPlace({ ports }: Tools, { migration, target }: AdoptInput): Promise<void> {
  const { ledger } = await ports.target(target.connection, target.database)
  await ledger.remove(migration)
  try {
    // It may have been built aside before.
    await (await ports.memory(target.connection, MEMORY_DATABASE, migration)).remove()
  } catch (error) {
    // An account that builds in place may not be let in there; then the inventory has not named it either.
    const mayNot = error instanceof Failure && (error.kind === 'target-privilege' || error.kind === 'target-login')
    if (!mayNot) throw error
  }
}

/** The memory last: behind a cut, what is left is still known. */
async function cleanAside(tools: Tools, input: AdoptInput, signal: Attempt['signal']): Promise<void> {
  const { migration, target } = input
  const generations = await generationsOf(tools, input)
  await generations.settle()
  const { ledger } = await tools.ports.target(target.connection, target.database)
  // That of another one, in a database which never was published for this one, is not ours.
  if ((await ledger.inventory())?.migration === migration) await ledger.remove(migration)
  for (const { run, since, published } of await generations.list()) {
    signal.throwIfAborted()
    if (since === null && !published) await generations.drop(run)
  }
  await (await tools.ports.memory(target.connection, MEMORY_DATABASE, migration)).remove()
}
