import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from '@temporalio/client'
import { migrationWorkflowId } from '../../core/names.js'

/** Writes every execution of a migration as `<scenario>.<workflow>.<n>.json`. Returns how many. */
export async function saveHistories(client: Client, migration: string, folder: string): Promise<number> {
  const counts = new Map<string, number>()
  for (const [workflowId, runId] of await executionsOf(client, migration)) {
    const handle = client.workflow.getHandle(workflowId, runId)
    const { type } = await handle.describe()
    const number = (counts.get(type) ?? 0) + 1
    counts.set(type, number)
    const history = withoutPlaces(plain(await handle.fetchHistory())) as { events: unknown[] }
    const lines = history.events.map((event) => JSON.stringify(event)).join(',\n')
    writeFileSync(join(folder, `${migration}.${type}.${number}.json`), `{"events":[\n${lines}\n]}\n`)
  }
  return [...counts.values()].reduce((sum, count) => sum + count, 0)
}

/**
 * The history as numbers and text that the protobuf encoder takes as they are. The SDK's own JSON needs one protobufjs
 * in the whole tree, and npm installs several.
 */
function plain(history: object): unknown {
  const type = history.constructor as unknown as { toObject(message: object, options: object): unknown }
  return type.toObject(history, { longs: Number, bytes: String })
}

/** Every execution whose id belongs to the migration, oldest first; once all that were started are listed. */
async function executionsOf(client: Client, migration: string): Promise<[string, string][]> {
  const deadline = Date.now() + 15_000
  for (let before = -1; ;) {
    const found: { id: string; run: string; start: number }[] = []
    for await (const { workflowId, runId, startTime } of client.workflow.list())
      if (workflowId === migrationWorkflowId(migration) || workflowId.split('/')[1] === migration)
        found.push({ id: workflowId, run: runId, start: startTime.getTime() })
    if (found.length > 0 && found.length === before)
      return found.sort((a, b) => a.start - b.start).map(({ id, run }) => [id, run])
    if (Date.now() > deadline) throw new Error(`the executions of ${migration} are not listed`)
    before = found.length
    await new Promise((resolve) => setTimeout(resolve, 1500))
  }
}

/** Histories are kept for years: who recorded them, and where the code lay, is nobody's business. */
function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces)
  if (value === null || typeof value !== 'object') return value
  const kept = Object.entries(value).filter(([key]) => key !== 'stackTrace')
  return Object.fromEntries(kept.map(([key, inner]) => [key, key === 'identity' ? 'worker' : withoutPlaces(inner)]))
}
