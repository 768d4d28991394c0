import { ApplicationFailure } from '@temporalio/common'
import { describe, expect, it } from 'vitest'
import { startRunAlone } from '../support/runs.js'
import { big, prepared, type Script } from '../support/scripted.js'
import { withWorld, type World } from '../support/world.js'

/** Executions of a workflow id, oldest first, with the length of their histories. */
async function executions({ client }: World, workflowId: string): Promise<number[]> {
  const lengths: number[] = []
  for (let runId: string | undefined; ;) {
    const description = await client.workflow.getHandle(workflowId, runId).describe()
    lengths.unshift(description.historyLength)
    const { events } = await client.workflow.getHandle(workflowId, description.runId).fetchHistory()
    const before = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId
    if (!before) return lengths
    runId = before
  }
}

describe('the window over a table', () => {
  it('loses and doubles no chunk over several executions, none of them long', async () => {
    const TOTAL = 600
    const copied: number[] = []
    let known = 0
    const script: Script = {
      prepareRun: async () => prepared({ parallelism: 8, big: [big(0)] }),
      divideTable: async ({ atMost }) => {
        known = Math.min(TOTAL, known + atMost)
        return { chunks: known, complete: known === TOTAL }
      },
      // A second each, they say: so that each chunk is a step of its own.
      copyChunks: async ({ first, count }) => {
        for (let chunk = first; chunk < first + count; chunk++) copied.push(chunk)
        return { rows: count, bytes: count, seconds: count }
      },
    }
    await withWorld(script, async (world) => {
      const run = await startRunAlone(world)
      await run.result()
      const lengths = await executions(world, `${run.workflowId}/t0`)
      expect(copied.toSorted((a, b) => a - b)).toEqual(Array.from({ length: TOTAL }, (_, chunk) => chunk))
      expect(lengths.length).toBeGreaterThan(2)
      expect(Math.max(...lengths)).toBeLessThan(5000)
    })
  })

  it('takes many chunks at a time where each takes no time', async () => {
    const sizes: number[] = []
    const script: Script = {
      prepareRun: async () => prepared({ parallelism: 2, big: [big(0)] }),
      divideTable: async () => ({ chunks: 2000, complete: true }),
      copyChunks: async ({ count }) => {
        sizes.push(count)
        return { rows: count, bytes: count, seconds: count * 0.005 }
      },
    }
    await withWorld(script, async (world) => {
      await (await startRunAlone(world)).result()
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(2000)
      expect(sizes[0]).toBe(1)
      expect(Math.max(...sizes)).toBe(50)
      expect(sizes.length).toBeLessThan(100)
    })
  })

  it('begins no further chunk after one was refused, and no index', async () => {
    const began: number[] = []
    const indexed: number[] = []
    const script: Script = {
      prepareRun: async () => prepared({ parallelism: 2, big: [big(0, { indexes: 3 })] }),
      divideTable: async () => ({ chunks: 500, complete: true }),
      copyChunks: async ({ first, count }) => {
        began.push(first)
        if (first === 5)
          throw ApplicationFailure.create({ type: 'row-refused', message: 'no', nonRetryable: true, details: [{}] })
        return { rows: count, bytes: count, seconds: count }
      },
      buildPrimaryKey: async ({ table }) => void indexed.push(table),
      buildIndex: async ({ table }) => void indexed.push(table),
    }
    await withWorld(script, async (world) => {
      await (await startRunAlone(world)).result()
      expect(began.length).toBeLessThan(12)
      expect(indexed).toEqual([])
    })
  })

  it('builds the other indexes when one is refused', async () => {
    const built: number[] = []
    const marked: number[] = []
    const script: Script = {
      prepareRun: async () => prepared({ big: [big(0, { indexes: 4 })] }),
      buildIndex: async ({ index }) => {
        if (index === 1) throw ApplicationFailure.nonRetryable('two rows collide', 'object-refused', { recorded: true })
        built.push(index)
      },
      markIndexed: async ({ table }) => void marked.push(table),
    }
    await withWorld(script, async (world) => {
      await (await startRunAlone(world)).result()
      expect(new Set(built)).toEqual(new Set([0, 2, 3]))
      // It is stopped, and stays so.
      expect(marked).toEqual([])
    })
  })
})
