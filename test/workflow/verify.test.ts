import { ApplicationFailure, CancelledFailure } from '@temporalio/common'
import { Context } from '@temporalio/activity'
import { describe, expect, it } from 'vitest'
import type { ProofRequest } from '../../core/proof.js'
import { apply, migrationStatus, publish, startRun, verify, type ProveRequest } from '../../workflows/messages.js'
import type { verify as verifyWorkflow } from '../../workflows/verify.js'
import { applyAndRun, failureOf, soon } from '../support/runs.js'
import { configOf, type Script, scripted } from '../support/scripted.js'
import { waitUntil } from '../support/wait.js'
import { withWorld, type World } from '../support/world.js'

const asking = (more: Partial<ProveRequest> = {}): { args: [ProveRequest] } => ({
  args: [{ by: 'ada', expires: soon(), run: null, tables: null, withSource: false, witness: 0, ...more }],
})

/** An entity with one run that has ended. */
async function ran(world: World) {
  const entity = await world.migration('shop')
  const { run, workflowId } = await applyAndRun(entity, 'shop')
  await world.client.workflow.getHandle(workflowId).result()
  await waitUntil('the run to be remembered', async () => (await entity.query(migrationStatus)).running === null)
  return { entity, run }
}

/** Resolves when told; a cancelled step ends as the engine wants it. */
function gate(): { open(): void; wait(): Promise<void> } {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  return {
    open,
    wait: async () => {
      const context = Context.current()
      const beat = setInterval(() => context.heartbeat(), 100)
      try {
        await Promise.race([opened, context.cancelled])
      } finally {
        clearInterval(beat)
      }
    },
  }
}

describe('a verify', () => {
  it('reads in pieces, judges every part, closes, and counts what it found', async () => {
    const done: string[] = []
    const requests: (ProofRequest | null)[] = []
    const script: Script = {
      numberProof: async ({ ref, tables }) => ({ proof: `${ref.run}.2`, tables: tables && [3], lanes: 2 }),
      planProof: async ({ request }) => {
        requests.push(request)
        return {
          pieces: [
            { table: 3, name: 'big', side: 'T', parts: 5, perPiece: 2 },
            { table: 3, name: 'big', side: 'S1', parts: 1, perPiece: 2 },
          ],
          parts: [{ part: { table: 3 }, name: 'big', tables: 1 }],
        }
      },
      proveParts: async ({ side, first, count }) => void done.push(`${side} ${first}+${count}`),
      judgeTables: async () => {
        done.push('judged')
        return { stopped: 0, unclean: 1, differences: 7 }
      },
      closeProof: async ({ proof }) => void done.push(`closed ${proof}`),
    }
    await withWorld(script, async (world) => {
      const { entity, run } = await ran(world)
      done.length = 0
      requests.length = 0
      const started = await entity.executeUpdate(verify, asking({ tables: ['big'], withSource: true, witness: 0.5 }))
      expect(started).toEqual({ proof: `${run}.2`, run, workflowId: `verify/shop/${run}.2` })
      const handle = world.client.workflow.getHandle<typeof verifyWorkflow>(started.workflowId)
      expect(await handle.result()).toEqual({ proof: `${run}.2`, tables: 1, unclean: 1, differences: 7 })
      expect(requests).toEqual([
        { proof: `${run}.2`, run, kind: 'verify', withSource: true, witness: 0.5, tables: [3] },
      ])
      expect(done.slice(0, 4).toSorted()).toEqual(['S1 0+1', 'T 0+2', 'T 2+2', 'T 4+1'])
      expect(done.slice(4)).toEqual(['judged', `closed ${run}.2`])
      await waitUntil('the entity to know', async () => (await entity.query(migrationStatus)).proving === null)
    })
  })

  it('is of what people read, where nobody names a run and runs are built aside', async () => {
    const home = { connection: 'to', database: 'shop', published: 'shop' }
    const { applyVersion } = scripted({})
    await withWorld({ applyVersion: async (input) => ({ ...(await applyVersion(input)), home }) }, async (world) => {
      const { entity, run } = await ran(world)
      await entity.executeUpdate(publish, { args: [{ run, execute: true, by: 'ada', expires: soon() }] })
      const later = await entity.executeUpdate(startRun, { args: [{ version: null, by: 'ada', expires: soon() }] })
      const isOver = async () => (await entity.query(migrationStatus)).running === null
      await waitUntil('its end', isOver, 60_000)
      const { runs } = await entity.query(migrationStatus)
      expect(runs.map((one) => [one.run, one.published])).toEqual([
        [later.run, undefined],
        [run, 'published'],
      ])
      expect(await entity.executeUpdate(verify, asking())).toMatchObject({ run })
    })
  }, 120_000)

  it('is refused without a run that has ended, and where its shape is wrong', () =>
    withWorld({}, async (world) => {
      const entity = await world.migration('shop')
      expect((await failureOf(entity.executeUpdate(verify, asking()))).message).toMatch(/No run has ended/)
      await entity.executeUpdate(apply, { args: [{ config: configOf('shop'), by: 'ada', expires: soon() }] })
      expect((await failureOf(entity.executeUpdate(verify, asking({ run: 'x' })))).message).toMatch(/no run x/)
      const wrong = [{ witness: 2 }, { witness: 'all' }, { tables: [] }, { tables: [1] }, { withSource: 1 }, { run: 1 }]
      for (const more of wrong)
        expect((await failureOf(entity.executeUpdate(verify, asking(more as object)))).message).toMatch(
          /not as it should/,
        )
    }))

  it('excludes a run and another verify, and a run excludes it', async () => {
    const copying = gate()
    const judging = gate()
    let proved = 0
    const script: Script = {
      copyBundle: async () => {
        await copying.wait()
        return { rows: 1, bytes: 1, stopped: 0 }
      },
      judgeTables: async () => {
        if (proved++ > 0) await judging.wait()
        return { stopped: 0, unclean: 0, differences: 0 }
      },
    }
    await withWorld(script, async (world) => {
      const entity = await world.migration('shop')
      const { workflowId, run } = await applyAndRun(entity, 'shop')
      expect((await failureOf(entity.executeUpdate(verify, asking()))).message).toBe(`Run ${run} is under way`)
      copying.open()
      await world.client.workflow.getHandle(workflowId).result()
      await waitUntil('the run to be over', async () => (await entity.query(migrationStatus)).running === null)
      const started = await entity.executeUpdate(verify, asking())
      expect((await entity.query(migrationStatus)).proving).toMatchObject({ proof: `${run}.2`, run, kind: 'verify' })
      const another = { args: [{ version: null, by: 'ada', expires: soon() }] as [never] }
      expect((await failureOf(entity.executeUpdate(startRun, another))).message).toBe(
        `A verify is under way (${run}.2)`,
      )
      expect((await failureOf(entity.executeUpdate(verify, asking()))).message).toMatch(/A verify is under way/)
      judging.open()
      await world.client.workflow.getHandle(started.workflowId).result()
      await waitUntil('the verify to be over', async () => (await entity.query(migrationStatus)).proving === null)
      // Its ledger was lost: the id is taken all the same.
      const next = await entity.executeUpdate(verify, asking())
      expect(next.proof).toBe(`${run}.3`)
    })
  })

  it('stops within a second when it is cancelled, and closes what it did not come to', async () => {
    const reading = gate()
    let [begun, closed] = [false, 0]
    const script: Script = {
      planProof: async () => ({
        pieces: [{ table: 0, name: 'big', side: 'T', parts: 1, perPiece: 1 }],
        parts: [],
      }),
      proveParts: async () => {
        begun = true
        await reading.wait()
      },
      closeProof: async () => void closed++,
    }
    await withWorld(script, async (world) => {
      reading.open()
      const { entity } = await ran(world)
      ;[begun, closed] = [false, 0]
      Object.assign(reading, gate())
      const { workflowId } = await entity.executeUpdate(verify, asking())
      await waitUntil('a piece to be read', () => begun)
      const handle = world.client.workflow.getHandle(workflowId)
      const at = Date.now()
      await handle.cancel()
      await expect(handle.result()).rejects.toMatchObject({ cause: expect.any(CancelledFailure) })
      expect(Date.now() - at).toBeLessThan(1500)
      expect(closed).toBe(1)
      await waitUntil('the entity to know', async () => (await entity.query(migrationStatus)).proving === null)
    })
  })

  it('whose verdict of one table cannot be found judges the others, stops nothing, and is not clean', async () => {
    const parked: unknown[] = []
    let proofs = 0
    const script: Script = {
      planProof: async () => {
        proofs++
        return { pieces: [], parts: [0, 1].map((table) => ({ part: { table }, name: `t${table}`, tables: 1 })) }
      },
      judgeTables: async ({ part }) => {
        if (proofs > 1 && 'table' in part && part.table === 0)
          throw ApplicationFailure.nonRetryable('An unexpected error', 'internal')
        return { stopped: 0, unclean: 0, differences: 0 }
      },
      parkTables: async (input) => {
        parked.push(input)
        return { stopped: 1 }
      },
    }
    await withWorld(script, async (world) => {
      const { entity } = await ran(world)
      const { workflowId } = await entity.executeUpdate(verify, asking())
      const handle = world.client.workflow.getHandle<typeof verifyWorkflow>(workflowId)
      expect(await handle.result()).toMatchObject({ tables: 2, unclean: 1 })
      expect(parked).toEqual([])
    })
  })

  it('over many pieces goes on in a new execution, and reads each once', async () => {
    const read: number[] = []
    // Three events each at least, however many ends a busy machine tells at once: more than one execution has.
    const script: Script = {
      planProof: async ({ request }) => ({
        pieces: request === null ? [] : [{ table: 0, name: 'big', side: 'T', parts: 750, perPiece: 1 }],
        parts: [{ part: { table: 0 }, name: 'big', tables: 1 }],
      }),
      proveParts: async ({ first }) => void read.push(first),
    }
    await withWorld(script, async (world) => {
      const { entity } = await ran(world)
      const { workflowId } = await entity.executeUpdate(verify, asking())
      const first = await world.client.workflow.getHandle(workflowId).describe()
      const handle = world.client.workflow.getHandle<typeof verifyWorkflow>(workflowId)
      expect(await handle.result()).toMatchObject({ tables: 1, unclean: 0 })
      expect(read.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 750 }, (_, n) => n))
      expect((await handle.describe()).runId).not.toBe(first.runId)
      await waitUntil('the entity to know', async () => (await entity.query(migrationStatus)).proving === null)
    })
  })

  it('that somebody terminated is closed in the ledger by the entity', async () => {
    const judging = gate()
    const abandoned: string[] = []
    let loads = 0
    const script: Script = {
      judgeTables: async () => {
        if (loads++ > 0) await judging.wait()
        return { stopped: 0, unclean: 0, differences: 0 }
      },
      abandonProof: async ({ proof }) => void abandoned.push(proof),
    }
    await withWorld(script, async (world) => {
      const { entity, run } = await ran(world)
      const { workflowId } = await entity.executeUpdate(verify, asking())
      await world.client.workflow.getHandle(workflowId).terminate('for the test')
      await waitUntil('the entity to know', async () => (await entity.query(migrationStatus)).proving === null)
      expect(abandoned).toEqual([`${run}.2`])
      judging.open()
    })
  })
})
