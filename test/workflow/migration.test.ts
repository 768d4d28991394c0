import { ApplicationFailure } from '@temporalio/common'
import { describe, expect, it } from 'vitest'
import { UPDATES } from '../../core/names.js'
import { apply, migrationStatus, startRun } from '../../workflows/messages.js'
import { applyAndRun, failureOf, soon } from '../support/runs.js'
import { configOf, summaryOf, type Script } from '../support/scripted.js'
import { waitUntil } from '../support/wait.js'
import { withWorld } from '../support/world.js'

/** The client's types insist on one argument; strangers do not. */
type Some = [unknown, ...unknown[]]

const applying = (name: string) => ({ args: [{ config: configOf(name), by: 'ada', expires: soon() }] as const })

describe('the entity', () => {
  it('numbers its versions and remembers where the target is', () =>
    withWorld({}, async (world) => {
      const entity = await world.migration('shop')
      const first = await entity.executeUpdate(apply, { args: [...applying('shop').args] })
      const second = await entity.executeUpdate(apply, { args: [...applying('shop').args] })
      const status = await entity.query(migrationStatus)
      expect([first.version, second.version]).toEqual([1, 2])
      expect(status.versions.map(({ number, by }) => `${number} ${by}`)).toEqual(['1 ada', '2 ada'])
      expect(status.target).toEqual({ connection: 'to', database: null })
    }))

  it('keeps the applied version where an apply changes nothing', () =>
    withWorld(
      {
        applyVersion: async ({ by, at }) => ({
          version: { number: 1, planHash: 'p', configHash: 'c', by, at, tables: 2 },
          changed: at === 'never',
          findings: { blocking: 0, warning: 1, info: 2 },
          ref: 'kept',
        }),
      },
      async (world) => {
        const entity = await world.migration('shop')
        await entity.executeUpdate(apply, { args: [...applying('shop').args] })
        const again = await entity.executeUpdate(apply, { args: [...applying('shop').args] })
        expect(again).toMatchObject({ version: 1, changed: false, findings: { warning: 1, info: 2 } })
        expect((await entity.query(migrationStatus)).versions).toHaveLength(1)
      },
    ))

  it('refuses an apply with blocking findings, and says where they can be read', () =>
    withWorld(
      {
        applyVersion: async () => {
          throw ApplicationFailure.create({
            type: 'Refused',
            message: '2 blocking findings',
            nonRetryable: true,
            details: [{ ref: 'kept-1', blocking: 2 }],
          })
        },
      },
      async (world) => {
        const entity = await world.migration('shop')
        const failure = await failureOf(entity.executeUpdate(apply, { args: [...applying('shop').args] }))
        expect(failure).toMatchObject({ type: 'Refused', details: [{ ref: 'kept-1', blocking: 2 }] })
        expect((await entity.query(migrationStatus)).versions).toEqual([])
      },
    ))

  it('leaves no trace of an update whose shape is wrong', () =>
    withWorld({}, async (world) => {
      const entity = await world.migration('shop')
      const config = configOf('shop')
      const wrong: unknown[][] = [
        [],
        [null],
        ['apply'],
        [{ config, by: '', expires: soon() }],
        [{ config, by: 'ada', expires: 'tomorrow' }],
        [{ config: null, by: 'ada', expires: soon() }],
        [{ config: { ...config, target: {} }, by: 'ada', expires: soon() }],
        [{ config: configOf('other'), by: 'ada', expires: soon() }],
      ]
      for (const args of wrong)
        await failureOf(entity.executeUpdate<unknown, Some>(UPDATES.apply, { args: args as Some }))
      await failureOf(
        entity.executeUpdate(UPDATES.startRun, { args: [{ version: 'one', by: 'ada', expires: soon() }] }),
      )
      const { events } = await entity.fetchHistory()
      const accepted = (events ?? []).filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes)
      expect(accepted).toEqual([])
    }))

  it('refuses what is older than it may be', () =>
    withWorld({}, async (world) => {
      const entity = await world.migration('shop')
      const past = Date.now() - 1000
      const late = entity.executeUpdate(apply, { args: [{ config: configOf('shop'), by: 'ada', expires: past }] })
      expect(await failureOf(late)).toMatchObject({ type: 'Refused' })
      const run = entity.executeUpdate(startRun, { args: [{ version: null, by: 'ada', expires: past }] })
      expect(await failureOf(run)).toMatchObject({ type: 'Refused', message: expect.stringContaining('older') })
    }))

  it('takes one apply at a time', async () => {
    let finish = (): void => {}
    const finished = new Promise<void>((resolve) => (finish = resolve))
    const script: Script = {
      applyVersion: async ({ by, at }) => {
        await finished
        const version = { number: 1, planHash: 'p', configHash: 'c', by, at, tables: 1 }
        return { version, changed: true, findings: { blocking: 0, warning: 0, info: 0 }, ref: 'r' }
      },
    }
    await withWorld(script, async (world) => {
      const entity = await world.migration('shop')
      const first = await entity.startUpdate(apply, { args: [...applying('shop').args], waitForStage: 'ACCEPTED' })
      const second = await failureOf(entity.executeUpdate(apply, { args: [...applying('shop').args] }))
      finish()
      expect(second).toMatchObject({ type: 'Refused', message: 'Another apply is under way' })
      expect((await first.result()).version).toBe(1)
    })
  })
})

describe('a run, from the entity', () => {
  it('is refused without a version, and for a version that is not there', () =>
    withWorld({}, async (world) => {
      const entity = await world.migration('shop')
      const start = (version: number | null) =>
        failureOf(entity.executeUpdate(startRun, { args: [{ version, by: 'ada', expires: soon() }] }))
      expect((await start(null)).message).toBe('No version is applied yet')
      expect((await start(7)).message).toBe('There is no version 7')
    }))

  it('is refused while another one is under way', async () => {
    let finish = (): void => {}
    const finished = new Promise<void>((resolve) => (finish = resolve))
    const script: Script = {
      closeRun: async ({ ref }) => {
        await finished
        return summaryOf(ref.run, 'complete', null)
      },
    }
    await withWorld(script, async (world) => {
      const entity = await world.migration('shop')
      const { run } = await applyAndRun(entity, 'shop')
      const second = await failureOf(
        entity.executeUpdate(startRun, { args: [{ version: null, by: 'bob', expires: soon() }] }),
      )
      finish()
      expect(second).toMatchObject({ type: 'Refused', message: `Run ${run} is under way` })
    })
  })

  it('is remembered with its summary', () =>
    withWorld({}, async (world) => {
      const entity = await world.migration('shop')
      const { run, workflowId } = await applyAndRun(entity, 'shop')
      expect(workflowId).toBe(`run/shop/${run}`)
      const status = await waitUntil('the run is over', async () => {
        const now = await entity.query(migrationStatus)
        return now.running === null && now
      })
      expect(status.runs).toMatchObject([{ run, state: 'complete' }])
    }))

  it('is remembered as incomplete when somebody terminated it, and the ledger is told', async () => {
    const told: string[] = []
    const script: Script = {
      closeRun: async () => await new Promise<never>(() => {}),
      abandonRun: async ({ ref, reason }) => {
        told.push(reason)
        return summaryOf(ref.run, 'incomplete', reason)
      },
    }
    await withWorld(script, async (world) => {
      const entity = await world.migration('shop')
      const { workflowId } = await applyAndRun(entity, 'shop')
      await world.client.workflow.getHandle(workflowId).terminate('by hand')
      const [summary] = await waitUntil('the entity noticed', async () => {
        const { runs } = await entity.query(migrationStatus)
        return runs.length > 0 && runs
      })
      expect(summary).toMatchObject({ state: 'incomplete', reason: 'The workflow was terminated' })
      expect(told).toEqual(['The workflow was terminated'])
    })
  })

  it('is remembered also where the ledger cannot be told', async () => {
    const away = async (): Promise<never> => {
      throw ApplicationFailure.nonRetryable('the target is away', 'internal')
    }
    await withWorld({ closeRun: away, abandonRun: away }, async (world) => {
      const entity = await world.migration('shop')
      const { run } = await applyAndRun(entity, 'shop')
      const [summary] = await waitUntil('the entity noticed', async () => {
        const { runs } = await entity.query(migrationStatus)
        return runs.length > 0 && runs
      })
      expect(summary).toMatchObject({ run, state: 'incomplete', reason: expect.stringContaining('the target is away') })
    })
  })
})
