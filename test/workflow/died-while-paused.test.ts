import { ApplicationFailure, Context } from '@temporalio/activity'
import { describe, expect, it } from 'vitest'
import { runWorkflowId } from '../../core/names.js'
import { pause, resume } from '../../workflows/messages.js'
import { applyAndRun, soon } from '../support/runs.js'
import { big, prepared, type Script } from '../support/scripted.js'
import { waitUntil } from '../support/wait.js'
import { withWorld } from '../support/world.js'

const asking = () => ({ by: 'ada', expires: soon(), reason: 'a look around', table: null })

/** How the first attempt ends once it is told to; all failures of a kind that is tried again. */
const ENDS: Readonly<Record<string, () => Promise<void>>> = {
  'has died, and nobody hears of the pause': async () => await new Promise((resolve) => setTimeout(resolve, 12_000)),
  'fails at the same moment of something that is tried again': async () => {
    const context = Context.current()
    const timer = setInterval(() => context.heartbeat(), 100)
    await context.cancelled.catch(() => {})
    clearInterval(timer)
    throw ApplicationFailure.create({ type: 'target-conflict', message: 'a deadlock', nonRetryable: false })
  },
}

describe('a pause while a step', () => {
  it.each(Object.entries(ENDS))('%s stops no table: the step is done again once it goes on', async (_, end) => {
    const [begun, stopped] = [[] as number[], [] as unknown[]]
    const script: Script = {
      prepareRun: async () => prepared({ big: [big(0, { indexes: 1 })] }),
      buildPrimaryKey: async () => {
        begun.push(Date.now())
        if (begun.length === 1) await end()
      },
      parkTables: async (part) => {
        stopped.push(part)
        return { stopped: 1 }
      },
    }
    await withWorld(script, async (world) => {
      const entity = await world.migration('shop')
      const { run } = await applyAndRun(entity, 'shop')
      await waitUntil('the step', () => begun.length === 1)
      await entity.executeUpdate(pause, { args: [asking()] })
      await entity.executeUpdate(resume, { args: [{ ...asking(), hold: null }] })
      const handle = world.client.workflow.getHandle(runWorkflowId('shop', run))
      expect(await handle.result()).toMatchObject({ state: 'complete', stopped: 0 })
    })
    expect([begun.length, stopped]).toEqual([2, []])
  })
})
