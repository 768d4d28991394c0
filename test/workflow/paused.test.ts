import { ApplicationFailure } from '@temporalio/common'
import { describe, expect, it } from 'vitest'
import { apply, clean, migrationStatus, pause, resume, retry, startRun, verify } from '../../workflows/messages.js'
import { applyAndRun, failureOf, soon } from '../support/runs.js'
import { configOf, type Script } from '../support/scripted.js'
import { waitUntil } from '../support/wait.js'
import { withWorld } from '../support/world.js'

const asking = (by: string) => ({ by, expires: soon() })
const applying = (by: string) => ({ args: [{ config: configOf('shop'), ...asking(by) }] as const })
const pausing = (by: string, table: string | null = null) =>
  ({ args: [{ ...asking(by), reason: 'a freeze', table }] as const }) as const

/** The remedy that a refusal carries. */
const remedyOf = async (promise: Promise<unknown>): Promise<string> => {
  const { details } = await failureOf(promise)
  return String((details?.[0] as { remedy?: unknown } | undefined)?.remedy)
}

describe("a person's pause of everything", () => {
  it('keeps a version from being applied and the ledger from being dropped, and says whose word lifts it', async () => {
    let [applied, cleaned] = [0, 0]
    const script: Script = {
      applyVersion: async ({ by, at, lastNumber }) => {
        applied++
        const version = { number: lastNumber + 1, planHash: 'plan', configHash: 'config', by, at, tables: 1 }
        return { version, changed: true, findings: { blocking: 0, warning: 0, info: 0 }, ref: 'kept' }
      },
      cleanTarget: async () => void cleaned++,
    }
    await withWorld(script, async (world) => {
      const entity = await world.migration('shop')
      await applyAndRun(entity, 'shop')
      await waitUntil('its end', async () => (await entity.query(migrationStatus)).running === null)
      await entity.executeUpdate(pause, { args: [...pausing('ann').args] })
      const all = (by: string) => [
        () => entity.executeUpdate(apply, { args: [...applying(by).args] }),
        () => entity.executeUpdate(clean, { args: [asking(by)] }),
        () => entity.executeUpdate(startRun, { args: [{ version: null, ...asking(by) }] }),
        () => entity.executeUpdate(retry, { args: [{ ...asking(by), tables: null, run: null }] }),
        () =>
          entity.executeUpdate(verify, {
            args: [{ ...asking(by), run: null, tables: null, withSource: false, witness: 0 }],
          }),
      ]
      for (const refused of all('bob')) expect(await remedyOf(refused())).toContain('nightferry resume shop --hold h1')
      for (const refused of all('ann')) expect(await remedyOf(refused())).toContain('`nightferry resume shop`')
      expect([applied, cleaned]).toEqual([1, 0])
      expect((await entity.query(migrationStatus)).holds).toMatchObject([{ by: 'ann' }])
      await entity.executeUpdate(resume, { args: [{ ...pausing('ann').args[0], hold: null }] })
      await entity.executeUpdate(pause, { args: [...pausing('ann', 't0').args] })
      await entity.executeUpdate(apply, { args: [...applying('bob').args] })
      expect(applied).toBe(2)
    })
  })

  it('and nothing less: under the hold of a failure a version may be what mends it', async () => {
    let isWrong = true
    const script: Script = {
      copyBundle: async () => {
        if (isWrong) throw ApplicationFailure.create({ type: 'source-login', message: 'wrong', nonRetryable: true })
        return { rows: 1, bytes: 1, stopped: 0 }
      },
    }
    await withWorld(script, async (world) => {
      const entity = await world.migration('shop')
      const { workflowId } = await applyAndRun(entity, 'shop')
      await waitUntil('a hold', async () => (await entity.query(migrationStatus)).holds.length > 0)
      await entity.executeUpdate(apply, { args: [...applying('bob').args] })
      isWrong = false
      await entity.executeUpdate(resume, { args: [{ ...pausing('bob').args[0], hold: null }] })
      expect(await world.client.workflow.getHandle(workflowId).result()).toMatchObject({ state: 'complete' })
    })
  })
})
