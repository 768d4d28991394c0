import { askMemories, memoriesOf } from './memories.js'
import type { Recall } from './run-hook.js'

/** What the migration's memory has of a run, for hooks; null: nothing. */
export const recallRun: Recall = async ({ ports }, { migration, run, target }) => {
  const kept = await askMemories(await memoriesOf(ports, migration, target), (memory) => memory.run(run))
  return kept === null ? null : { summary: kept.summary, news: kept.news }
}
