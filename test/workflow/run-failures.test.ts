import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import { describe, expect, it } from 'vitest'
import { runStatus } from '../../workflows/messages.js'
import { startRunAlone } from '../support/runs.js'
import { big, bundle, prepared, summaryOf, type Script } from '../support/scripted.js'
import { waitUntil } from '../support/wait.js'
import { withWorld } from '../support/world.js'

describe('a run where something fails', () => {
  it('tries again what may pass, as often as it takes', async () => {
    const attempts: number[] = []
    const script: Script = {
      copyBundle: async () => {
        attempts.push(Context.current().info.attempt)
        if (attempts.length < 3) throw ApplicationFailure.retryable('the source is away', 'source-unreachable')
        return { rows: 1, bytes: 1, stopped: 0 }
      },
    }
    await withWorld(script, async (world) => {
      expect((await (await startRunAlone(world)).result()).state).toBe('complete')
      expect(attempts).toEqual([1, 2, 3])
    })
  })

  it('goes on with the others when a table stops', async () => {
    const finished: number[] = []
    const parked: unknown[] = []
    const script: Script = {
      prepareRun: async () => prepared({ big: [big(0), big(1), big(2)] }),
      copyChunks: async ({ table, count }) => {
        if (table === 1)
          throw ApplicationFailure.create({
            type: 'row-refused',
            message: 'a row was refused',
            nonRetryable: true,
            details: [{ recorded: true }],
          })
        return { rows: count, bytes: count, seconds: 1 }
      },
      buildPrimaryKey: async ({ table }) => void finished.push(table),
      parkTables: async (input) => {
        parked.push(input)
        return { stopped: 1 }
      },
    }
    await withWorld(script, async (world) => {
      const run = await startRunAlone(world)
      await run.result()
      expect(new Set(finished)).toEqual(new Set([0, 2]))
      expect((await run.query(runStatus)).tables.stopped).toBe(1)
      // The step had written it down itself.
      expect(parked).toEqual([])
    })
  })

  it('parks the tables of a step that could not write its failure down', async () => {
    const parked: unknown[] = []
    const script: Script = {
      prepareRun: async () => prepared({ big: [big(4)], bundles: [bundle(0)] }),
      copyChunks: async () => {
        throw ApplicationFailure.nonRetryable('the ledger was away', 'internal')
      },
      sealTables: async ({ part }) => {
        if ('bundle' in part) throw ApplicationFailure.nonRetryable('no luck', 'internal')
        return { stopped: 0 }
      },
      parkTables: async ({ part, message }) => {
        parked.push([part, message])
        return { stopped: 1 }
      },
    }
    await withWorld(script, async (world) => {
      await (await startRunAlone(world)).result()
      expect(parked).toEqual([
        [{ table: 4 }, 'the ledger was away'],
        [{ bundle: 0 }, 'no luck'],
      ])
    })
  })

  it('ends as incomplete, with the reason, when it cannot even begin', async () => {
    const script: Script = {
      prepareRun: async () => {
        throw ApplicationFailure.create({
          type: 'refused',
          message: 'A view of somebody else hangs on orders',
          nonRetryable: true,
          details: [{ remedy: 'Drop view theirs.' }],
        })
      },
    }
    await withWorld(script, async (world) => {
      const summary = await (await startRunAlone(world)).result()
      expect(summary).toMatchObject({
        state: 'incomplete',
        reason: 'A view of somebody else hangs on orders. Drop view theirs.',
      })
    })
  })

  it('is not over before its last row is rolled back, when it is cancelled', async () => {
    const ended: string[] = []
    const script: Script = {
      prepareRun: async () => prepared({ big: [big(0)], bundles: [bundle(0)] }),
      divideTable: async () => ({ chunks: 50, complete: true }),
      copyChunks: async () => await untilCancelled('chunk', ended),
      copyBundle: async () => await untilCancelled('bundle', ended),
      closeRun: async ({ ref, reason }) => {
        ended.push('close')
        return summaryOf(ref.run, 'incomplete', reason)
      },
    }
    await withWorld(script, async (world) => {
      const run = await startRunAlone(world)
      const table = world.client.workflow.getHandle(`${run.workflowId}/t0`)
      await waitUntil('chunks are under way', async () => {
        const { raw } = await table.describe()
        return (raw.pendingActivities ?? []).filter(({ lastHeartbeatTime }) => lastHeartbeatTime).length === 3
      })
      await run.cancel()
      expect(await run.result()).toMatchObject({ state: 'incomplete', reason: 'The run was cancelled' })
      // Which rolls back first is the scheduler's affair; that all did before the close is not.
      expect([...ended.slice(0, 4).sort(), ...ended.slice(4)]).toEqual(['bundle', 'chunk', 'chunk', 'chunk', 'close'])
      expect((await table.describe()).status.name).toBe('CANCELLED')
    })
  })

  it('stops the table whose proof cannot be judged, and judges the others', async () => {
    const seen: string[] = []
    const script: Script = {
      planProof: async () => ({
        pieces: [],
        parts: [0, 1, 2].map((table) => ({ part: { table }, name: `t${table}`, tables: 1 })),
      }),
      judgeTables: async ({ part }) => {
        const table = 'table' in part ? part.table : -1
        if (table === 1) throw ApplicationFailure.nonRetryable('An unexpected error in judgeTables', 'internal')
        seen.push(`judged ${table}`)
        return { stopped: 0, unclean: 0, differences: 0 }
      },
      parkTables: async ({ part, message }) => {
        seen.push(`parked ${JSON.stringify(part)} ${message}`)
        return { stopped: 1 }
      },
      closeProof: async () => void seen.push('proved'),
      closeRun: async ({ ref, reason }) => {
        seen.push(`closed ${reason}`)
        return summaryOf(ref.run, 'incomplete', '1 table stopped')
      },
    }
    await withWorld(script, async (world) => {
      const run = await startRunAlone(world)
      await run.result()
      expect(seen.slice(0, 3).toSorted()).toEqual([
        ...['judged 0', 'judged 2', 'parked {"table":1} An unexpected error in judgeTables'],
      ])
      expect(seen.slice(3)).toEqual(['proved', 'closed null'])
      expect((await run.query(runStatus)).tables).toMatchObject({ done: 2, stopped: 1 })
    })
  })

  it('is over where a server stays away while its load is proved: that says nothing about a table', async () => {
    const seen: string[] = []
    const script: Script = {
      judgeTables: async () => {
        throw ApplicationFailure.nonRetryable('The target is away', 'target-unreachable')
      },
      parkTables: async () => {
        seen.push('parked')
        return { stopped: 1 }
      },
      closeProof: async () => void seen.push('closed its proof'),
    }
    await withWorld(script, async (world) => {
      const summary = await (await startRunAlone(world)).result()
      expect(summary).toMatchObject({ state: 'incomplete', reason: expect.stringContaining('The target is away') })
      expect(seen).toEqual(['closed its proof'])
    })
  })
})
/** A step that takes its time to roll back. */
async function untilCancelled(name: string, ended: string[]): Promise<never> {
  const context = Context.current()
  const timer = setInterval(() => context.heartbeat(), 50)
  try {
    return await context.cancelled
  } catch (error) {
    await new Promise((resolve) => setTimeout(resolve, 150))
    ended.push(name)
    throw error
  } finally {
    clearInterval(timer)
  }
}
