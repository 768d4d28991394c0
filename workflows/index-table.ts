import { isCancellation } from '@temporalio/workflow'
import { park } from './park.js'
import { openPool } from './pool.js'
import { data, named } from './steps.js'
import type { TableWorkflowInput } from './table.js'

/**
 * The primary key first, since it rewrites nothing afterwards and others lean on it; then the other indexes side by
 * side, as many as the table has sessions. One that is refused stops the table, and the rest is built. True: stopped.
 */
export async function indexTable(
  { ref, table, name, indexes }: TableWorkflowInput,
  wide: { width: number; onChange: () => void },
): Promise<boolean> {
  let stopped = false
  const orStop = (work: () => Promise<void>) => async (): Promise<void> => {
    try {
      await work()
    } catch (error) {
      if (isCancellation(error)) throw error
      stopped = true
      await park(ref, { table }, error)
    }
  }
  await orStop(() => named(data.buildPrimaryKey, `${name}: primary key`, { ref, table }))()
  const pool = openPool()
  wide.onChange = () => pool.wake()
  let next = 0
  await pool.drain(() => {
    while (next < indexes && pool.busy() < wide.width) {
      const index = next++
      pool.start(
        orStop(() => named(data.buildIndex, `${name}: index ${index + 1} of ${indexes}`, { ref, table, index })),
      )
    }
  })
  if (!stopped) await orStop(() => named(data.markIndexed, `${name}: indexed`, { ref, table }))()
  return stopped
}
