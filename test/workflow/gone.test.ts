import { ApplicationFailure } from '@temporalio/common'
import { describe, expect, it } from 'vitest'
import type { ProofBegin } from '../../activities/messages.js'
import { migrationWorkflowId } from '../../core/names.js'
import { abort, end, migrationStatus, pause, verify } from '../../workflows/messages.js'
import { applyAndRun, soon } from '../support/runs.js'
import { summaryOf } from '../support/scripted.js'
import { waitUntil } from '../support/wait.js'
import { untilOpen, working } from '../support/working.js'
import { withWorld, type World } from '../support/world.js'

const asking = { by: 'ada', expires: soon() + 600_000, reason: 'the end of it' }

/** The entity of now, which did not begin what runs: nobody tells it of the child's end but the child itself. */
async function continued({ client }: World) {
  const entity = client.workflow.getHandle(migrationWorkflowId('shop'))
  const before = (await entity.describe()).runId
  for (let sent = 0; sent < 1000; sent += 100)
    await Promise.all(Array.from({ length: 100 }, () => entity.signal('noise')))
  await waitUntil('a new execution', async () => (await entity.describe()).runId !== before, 30_000)
  return entity
}

describe('what ended without a word, and was begun by an earlier execution of the entity', { timeout: 120_000 }, () => {
  it('is closed by the abort of a run that was terminated', async () => {
    const steps = working()
    const told: string[] = []
    const abandonRun = async ({ ref, reason }: { ref: { run: string }; reason: string }) => {
      told.push(reason)
      return summaryOf(ref.run, 'incomplete', reason)
    }
    await withWorld({ ...steps.script, abandonRun }, async (world) => {
      const { workflowId, run } = await applyAndRun(await world.migration('shop'), 'shop')
      await untilOpen(steps, 'prepare')
      const entity = await continued(world)
      await world.client.workflow.getHandle(workflowId).terminate('by hand')
      expect((await entity.query(migrationStatus)).running).not.toBe(null)
      expect(await entity.executeUpdate(abort, { args: [asking] })).toEqual({ work: { what: 'run', id: run } })
      const { running, runs } = await entity.query(migrationStatus)
      expect([running, runs]).toMatchObject([null, [{ run, state: 'incomplete' }]])
      expect(told).toEqual([expect.stringContaining('is gone')])
    })
  })

  it('is closed by the pause of a verify that was terminated', async () => {
    const steps = working()
    const closed: string[] = []
    const abandonProof = async ({ proof }: { proof: string }) => void closed.push(proof)
    for (const name of ['prepare', 'copy', 'index', 'add', 'seal']) steps.finish(name)
    let isRun = true
    const { planProof } = steps.script
    const script = {
      ...steps.script,
      abandonProof,
      planProof: async (input: ProofBegin) => (isRun ? { pieces: [], parts: [] } : await planProof!(input)),
    }
    await withWorld(script, async (world) => {
      const first = await world.migration('shop')
      const { workflowId } = await applyAndRun(first, 'shop')
      await world.client.workflow.getHandle(workflowId).result()
      await waitUntil('the run is over', async () => (await first.query(migrationStatus)).running === null)
      isRun = false
      const proving = { ...asking, run: null, tables: null, withSource: false, witness: 0 }
      const begun = await first.executeUpdate(verify, { args: [proving] })
      await untilOpen(steps, 'plan')
      const entity = await continued(world)
      await world.client.workflow.getHandle(begun.workflowId).terminate('by hand')
      const answer = await entity.executeUpdate(pause, { args: [{ ...asking, table: null }] })
      expect(answer.milliseconds).toBeLessThan(8000)
      expect([(await entity.query(migrationStatus)).proving, closed]).toEqual([null, [begun.proof]])
    })
  })

  it('is a run whose end could not be written: it says so itself', async () => {
    const steps = working()
    const away = async (): Promise<never> => {
      throw ApplicationFailure.nonRetryable('the target is away', 'internal')
    }
    await withWorld({ ...steps.script, closeRun: away, abandonRun: away }, async (world) => {
      const { workflowId, run } = await applyAndRun(await world.migration('shop'), 'shop')
      await untilOpen(steps, 'prepare')
      const entity = await continued(world)
      await world.client.workflow.getHandle(workflowId).signal(end, { by: 'ada', reason: 'the end of it' })
      await expect(world.client.workflow.getHandle(workflowId).result()).rejects.toThrow()
      await waitUntil('the entity knows', async () => (await entity.query(migrationStatus)).running === null)
      const reason = expect.stringContaining('ada ended it')
      expect((await entity.query(migrationStatus)).runs).toMatchObject([{ run, state: 'incomplete', reason }])
    })
  })
})
