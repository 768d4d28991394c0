import { Context } from '@temporalio/activity'
import type { WorkflowHandle } from '@temporalio/client'
import { describe, expect, it } from 'vitest'
import type { Part, Stopped } from '../../activities/messages.js'
import { runStatus } from '../../workflows/messages.js'
import { applyAndRun, startRunAlone } from '../support/runs.js'
import { big, bundle, prepared, summaryOf, type Script } from '../support/scripted.js'
import { waitUntil } from '../support/wait.js'
import { withWorld } from '../support/world.js'

/** What began, in order; and how many copying steps were open at a time at most. */
function watch() {
  const began: string[] = []
  let open = 0
  const most = { open: 0 }
  const copying = async (name: string, work: () => Promise<void> = async () => {}): Promise<void> => {
    began.push(name)
    most.open = Math.max(most.open, ++open)
    await work()
    open--
  }
  return { began, most, copying }
}

const pause = (milliseconds: number): Promise<void> => Context.current().sleep(milliseconds)

describe('a run', () => {
  it('goes from rows to indexes to keys to counters to its proof, and closes last', async () => {
    const { began, copying } = watch()
    const script: Script = {
      prepareRun: async () => {
        began.push('prepare')
        return prepared({
          big: [big(0, { indexes: 2, validate: true })],
          bundles: [bundle(0, { indexes: 1, validate: true })],
          constraints: true,
        })
      },
      copyChunks: async ({ count }) => {
        await copying('rows')
        return { rows: count, bytes: count, seconds: 1 }
      },
      copyBundle: async () => {
        await copying('rows')
        return { rows: 1, bytes: 1, stopped: 0 }
      },
      buildPrimaryKey: async () => void began.push('key'),
      buildIndex: async () => void began.push('index'),
      addForeignKeys: async () => {
        began.push('add')
        return { stopped: 0 }
      },
      validateForeignKeys: async () => {
        began.push('validate')
        return { stopped: 0 }
      },
      sealTables: async () => {
        began.push('seal')
        return { stopped: 0 }
      },
      planProof: async ({ request }) => {
        began.push(`plan ${request?.kind ?? 'load'}`)
        return {
          pieces: [{ table: 0, name: 't0', side: 'T', parts: 5, perPiece: 2 }],
          parts: [
            { part: { table: 0 }, name: 't0', tables: 1 },
            { part: { bundle: 0 }, name: 'bundle 0', tables: 1 },
          ],
        }
      },
      proveParts: async ({ side, first, count }) => void began.push(`${side} ${first}+${count}`),
      judgeTables: async () => {
        began.push('judge')
        return { stopped: 0, unclean: 0, differences: 0 }
      },
      closeProof: async () => void began.push('proved'),
      closeRun: async ({ ref }) => {
        began.push('close')
        return summaryOf(ref.run, 'complete', null)
      },
    }
    await withWorld(script, async (world) => {
      const run = await startRunAlone(world)
      expect((await run.result()).state).toBe('complete')
      expect(began[0]).toBe('prepare')
      expect(began.filter((name) => name === 'key' || name === 'index')).toEqual(['key', 'index', 'index'])
      const last = began.slice(-13)
      expect(last.slice(0, 6)).toEqual(['add', 'validate', 'validate', 'seal', 'seal', 'plan load'])
      expect(last.slice(6, 9).toSorted()).toEqual(['T 0+2', 'T 2+2', 'T 4+1'])
      expect(last.slice(9)).toEqual(['judge', 'judge', 'proved', 'close'])
      expect(await run.query(runStatus)).toMatchObject({ phase: 'closed', tables: { total: 2, done: 2, stopped: 0 } })
    })
  })

  it('never has more copying sessions than it may, and uses them all', async () => {
    const { most, copying } = watch()
    const script: Script = {
      prepareRun: async () =>
        prepared({ parallelism: 3, big: [big(0), big(1)], bundles: [0, 1, 2, 3].map((number) => bundle(number)) }),
      divideTable: async () => ({ chunks: 12, complete: true }),
      copyChunks: async ({ count }) => {
        await copying('rows', () => pause(30))
        return { rows: count, bytes: count, seconds: 1 }
      },
      copyBundle: async () => {
        await copying('rows', () => pause(30))
        return { rows: 1, bytes: 1, stopped: 0 }
      },
    }
    await withWorld(script, async (world) => {
      await (await startRunAlone(world)).result()
      expect(most.open).toBe(3)
    })
  })

  it('over many parts goes on in a new execution, and forgets or repeats none', async () => {
    const done: Record<string, number[]> = { copy: [], index: [], seal: [] }
    const count = (step: string, part: Part): Stopped => {
      if ('bundle' in part) done[step]?.push(part.bundle)
      return { stopped: 0 }
    }
    const numbers = Array.from({ length: 240 }, (_, number) => number)
    const script: Script = {
      prepareRun: async () =>
        prepared({ parallelism: 8, bundles: numbers.map((number) => bundle(number, { indexes: 1 })) }),
      copyBundle: async ({ part }) => ({ rows: 1, bytes: 1, ...count('copy', part) }),
      indexBundle: async ({ part }) => count('index', part),
      sealTables: async ({ part }) => count('seal', part),
    }
    await withWorld(script, async (world) => {
      const run = await startRunAlone(world)
      expect((await run.result()).state).toBe('complete')
      expect((await run.describe()).runId).not.toBe(run.firstExecutionRunId)
      for (const step of ['copy', 'index', 'seal']) expect(done[step]?.toSorted((a, b) => a - b)).toEqual(numbers)
    })
  })

  it('gives a table the sessions of those that have ended', async () => {
    const { most, copying } = watch()
    let bundleEnded = false
    const script: Script = {
      prepareRun: async () => prepared({ parallelism: 2, big: [big(0)], bundles: [bundle(0)] }),
      divideTable: async () => ({ chunks: 40, complete: true }),
      copyBundle: async () => {
        await pause(100)
        bundleEnded = true
        return { rows: 1, bytes: 1, stopped: 0 }
      },
      copyChunks: async ({ count }) => {
        if (bundleEnded) await copying('rows', () => pause(50))
        else await pause(50)
        return { rows: count, bytes: count, seconds: 1 }
      },
    }
    await withWorld(script, async (world) => {
      await (await startRunAlone(world)).result()
      expect(most.open).toBe(2)
    })
  })

  it('shows its phase and state where the namespace has attributes for them', () =>
    withWorld({}, async (world) => {
      await world.addSearchAttributes()
      const entity = await world.migration('shop', true)
      const { workflowId } = await applyAndRun(entity, 'shop')
      const run = world.client.workflow.getHandle(workflowId)
      await run.result()
      const attributes = async (handle: WorkflowHandle) => (await handle.describe()).searchAttributes
      expect(await attributes(run)).toMatchObject({ NightferryPhase: ['closed'], NightferryState: ['complete'] })
      await waitUntil('the entity is idle', async () => {
        const { NightferryPhase: phase, NightferryState: state } = await attributes(entity)
        return phase?.[0] === 'idle' && state?.[0] === 'complete'
      })
    }))
})
