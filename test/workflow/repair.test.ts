import { ApplicationFailure } from '@temporalio/common'
import { describe, expect, it } from 'vitest'
import type { ProofRequest } from '../../core/proof.js'
import { migrationStatus, repair, type ProveRequest } from '../../workflows/messages.js'
import type { repair as repairWorkflow } from '../../workflows/repair.js'
import { applyAndRun, failureOf, soon } from '../support/runs.js'
import { summaryOf, type Script } from '../support/scripted.js'
import { waitUntil } from '../support/wait.js'
import { withWorld, type World } from '../support/world.js'

const asking = (): { args: [ProveRequest] } => ({
  args: [{ by: 'ada', expires: soon(), run: null, tables: null, withSource: false, witness: 0 }],
})

async function repaired(world: World) {
  const entity = await world.migration('shop')
  const ran = await applyAndRun(entity, 'shop')
  await world.client.workflow.getHandle(ran.workflowId).result()
  await waitUntil('the run to be remembered', async () => (await entity.query(migrationStatus)).running === null)
  const started = await entity.executeUpdate(repair, asking())
  const handle = world.client.workflow.getHandle<typeof repairWorkflow>(started.workflowId)
  return { entity, run: ran.run, started, handle }
}

const MEND = [
  { table: 4, name: 'orders', basis: 'r.2' },
  { table: 1, name: 'customer', basis: 'r.3' },
]

describe('a repair', () => {
  it('mends table after table, then the schema, then proves those tables again', async () => {
    const done: string[] = []
    const asked: (ProofRequest | null)[] = []
    let open = 0
    const script: Script = {
      planRepair: async () => ({ tables: MEND }),
      repairTable: async ({ mend }) => {
        open++
        await Promise.resolve()
        done.push(`${mend.name}${--open === 0 ? '' : ' beside another'}`)
        return { deleted: 1, inserted: 2, chunks: 1 }
      },
      mendSchema: async () => {
        done.push('schema')
        return { mended: 3, failures: [] }
      },
      planProof: async ({ request }) => {
        asked.push(request)
        done.push('plan')
        return { pieces: [], parts: [{ part: { table: 1 }, name: 'customer', tables: 1 }] }
      },
      judgeTables: async () => ({ stopped: 0, unclean: 0, differences: 0 }),
      closeProof: async ({ ref, proof }) => {
        done.push(`closed ${proof}`)
        return { ...summaryOf(ref.run, 'incomplete', 'otherwise'), mended: { tables: 1, by: proof } }
      },
    }
    await withWorld(script, async (world) => {
      const { entity, run, started, handle } = await repaired(world)
      expect(started).toEqual({ proof: `${run}.2`, run, workflowId: `repair/shop/${run}.2` })
      expect(await handle.result()).toMatchObject({
        ...{ proof: `${run}.2`, tables: 2, deleted: 2, inserted: 4, schema: 3, failures: [] },
        ...{ unclean: 0, differences: 0 },
      })
      expect(done.slice(done.indexOf('orders'))).toEqual(['orders', 'customer', 'schema', 'plan', `closed ${run}.2`])
      expect(asked.at(-1)).toMatchObject({ proof: `${run}.2`, kind: 'repair', tables: [1, 4] })
      await waitUntil('the entity to know', async () => (await entity.query(migrationStatus)).proving === null)
      // What was mended since is news; how the run ended is not.
      const { runs } = await entity.query(migrationStatus)
      expect(runs).toMatchObject([{ run, state: 'complete', reason: null, mended: { tables: 1, by: `${run}.2` } }])
    })
  })

  it('tells of a table that it could not mend, and goes on', () =>
    withWorld(
      {
        planRepair: async () => ({ tables: MEND }),
        repairTable: async ({ mend }) => {
          if (mend.name === 'customer') return { deleted: 0, inserted: 1, chunks: 1 }
          throw ApplicationFailure.create({
            ...{ type: 'constraint-violated', message: 'Rows are equal', nonRetryable: true },
            details: [{ remedy: 'Verify again.' }],
          })
        },
        mendSchema: async () => ({
          mended: 0,
          failures: [{ table: 'tag', message: 'An index', remedy: 'Look.' }],
        }),
      },
      async (world) => {
        const { handle } = await repaired(world)
        expect(await handle.result()).toMatchObject({
          inserted: 1,
          failures: [
            { table: 'orders', message: 'Rows are equal', remedy: 'Verify again.' },
            { table: 'tag', message: 'An index', remedy: 'Look.' },
          ],
        })
      },
    ))

  it('closes its proof when it cannot begin', async () => {
    const closed: string[] = []
    await withWorld(
      {
        planRepair: async () => {
          throw ApplicationFailure.create({ type: 'internal', message: 'no plan', nonRetryable: true })
        },
        closeProof: async ({ proof }) => void closed.push(proof),
      },
      async (world) => {
        const { entity, run, handle } = await repaired(world)
        expect((await failureOf(handle.result())).message).toMatch(/no plan/)
        expect(closed.at(-1)).toBe(`${run}.2`)
        await waitUntil('the entity to know', async () => (await entity.query(migrationStatus)).proving === null)
      },
    )
  })
})
