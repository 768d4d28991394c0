import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import { describe, expect, it } from 'vitest'
import { runWorkflowId } from '../../core/names.js'
import { migrationStatus, pause, resume, runStatus } from '../../workflows/messages.js'
import { applyAndRun, soon } from '../support/runs.js'
import { big, prepared, type Script } from '../support/scripted.js'
import { untilCancelled } from '../support/until-cancelled.js'
import { waitUntil } from '../support/wait.js'
import { withWorld, type World } from '../support/world.js'

const away = (): ApplicationFailure =>
  ApplicationFailure.create({ type: 'target-unreachable', message: 'away', nonRetryable: true })

const asking = (table: string | null = null) => ({ by: 'ada', expires: soon(), reason: 'a freeze', table })
const pausing = (table: string | null = null) => ({ args: [asking(table)] as const })
const resuming = (table: string | null = null) => ({ args: [{ ...asking(table), hold: null }] as const })

interface Source {
  /** What became of it, in order. */
  readonly log: string[]
  /** Copies end well from now on. */
  isFast: boolean
  readonly script: Script
}

/** Two tables of which nothing is read until `isFast`, in a snapshot that a hold keeps for so long. */
function inSnapshot(holdMs: number, onLost: 'best-effort' | 'restart' = 'best-effort'): Source {
  const log: string[] = []
  const there = prepared({ big: [big(0), big(1)], reading: { onLost, holdMs } })
  const source: Source = {
    log,
    isFast: false,
    script: {
      prepareRun: async () => there,
      restartRun: async () => (log.push('restarted'), there),
      openSnapshot: async () => {
        log.push('opened')
        return { label: 'snapshot', queue: 'nightferry-data', sessions: 2, stopped: 0 }
      },
      keepSnapshot: async () => {
        try {
          await untilCancelled()
        } finally {
          log.push('closed')
        }
      },
      loseSnapshot: async ({ reason }) => void log.push(reason),
      copyChunks: async ({ table, count, snapshot }) => {
        const context = Context.current()
        for (; !source.isFast; context.heartbeat()) await context.sleep(20)
        log.push(`t${table} ${snapshot === true ? 'in the snapshot' : 'as it is now'}`)
        return { rows: count, bytes: count, seconds: 1 }
      },
    },
  }
  return source
}

async function begin(world: World) {
  const entity = await world.migration('shop')
  const { run } = await applyAndRun(entity, 'shop')
  return { entity, handle: world.client.workflow.getHandle(runWorkflowId('shop', run)) }
}

const copies = (log: readonly string[]): string[] => log.filter((one) => /^t\d/.test(one))
const saidLost = (log: readonly string[]): number => log.findIndex((one) => one.startsWith('The snapshot was lost'))

describe('a pause', () => {
  it('of one table keeps the snapshot for a while when the others are read, and says so', async () => {
    const source = inSnapshot(1000)
    await withWorld(source.script, async (world) => {
      const { entity, handle } = await begin(world)
      await waitUntil('a snapshot', () => source.log.includes('opened'))
      const { snapshot } = await entity.executeUpdate(pause, { args: [...pausing('t0').args] })
      expect(snapshot).toMatchObject({ sessions: 2, until: null })
      source.isFast = true
      await waitUntil('it is let go of', () => source.log.includes('closed') && saidLost(source.log) > 0)
      expect(copies(source.log)).toEqual(['t1 in the snapshot'])
      expect(source.log[saidLost(source.log)]).toContain('a hold lasted longer than 1 s')
      await entity.executeUpdate(resume, { args: [...resuming('t0').args] })
      expect(await handle.result()).toMatchObject({ state: 'complete' })
    })
    expect(copies(source.log)).toEqual(['t1 in the snapshot', 't0 as it is now'])
  })

  it('of one table for too long does not start the run again before it is lifted', async () => {
    const source = inSnapshot(300, 'restart')
    await withWorld(source.script, async (world) => {
      const { entity, handle } = await begin(world)
      await waitUntil('a snapshot', () => source.log.includes('opened'))
      await entity.executeUpdate(pause, { args: [...pausing('t0').args] })
      source.isFast = true
      await waitUntil('it is let go of', () => source.log.includes('closed'))
      // A pause is answered behind whatever the end of the snapshot led to.
      await entity.executeUpdate(pause, { args: [...pausing('t1').args] })
      await entity.executeUpdate(resume, { args: [...resuming('t1').args] })
      expect(source.log).toEqual(['opened', 't1 in the snapshot', 'closed'])
      await entity.executeUpdate(resume, { args: [...resuming('t0').args] })
      expect(await handle.result()).toMatchObject({ state: 'complete' })
    })
    expect(source.log.slice(3, 5)).toEqual(['restarted', 'opened'])
    expect(copies(source.log).toSorted()).toEqual(['t0 in the snapshot', 't1 in the snapshot', 't1 in the snapshot'])
  })

  it('behind a failure that holds the run names the end of what the source holds', async () => {
    const source = inSnapshot(600_000)
    let isWrong = true
    const began = Date.now()
    const copyChunks: NonNullable<Script['copyChunks']> = async (input) => {
      if (isWrong) throw ApplicationFailure.create({ type: 'source-login', message: 'no', nonRetryable: true })
      return await (source.script.copyChunks as typeof copyChunks)(input)
    }
    await withWorld({ ...source.script, copyChunks }, async (world) => {
      const { entity, handle } = await begin(world)
      await waitUntil('a hold', async () => (await entity.query(migrationStatus)).holds.length > 0)
      const { snapshot } = await entity.executeUpdate(pause, { args: [...pausing().args] })
      const keptMs = Date.parse(snapshot?.until ?? '') - began
      expect([keptMs > 600_000, keptMs < 600_000 + Date.now() - began]).toEqual([true, true])
      isWrong = false
      source.isFast = true
      await entity.executeUpdate(resume, { args: [...resuming().args] })
      expect(await handle.result()).toMatchObject({ state: 'complete' })
    })
    expect(new Set(copies(source.log))).toEqual(new Set(['t0 in the snapshot', 't1 in the snapshot']))
  })
})

describe('a snapshot that is let go of while the target is away', () => {
  const target = (source: Source) => {
    const state = { isAway: true, tries: 0 }
    const script: Script = {
      ...source.script,
      loseSnapshot: async ({ reason }) => {
        state.tries++
        if (state.isAway) throw away()
        source.log.push(reason)
      },
      awaitServers: async () => {
        if (state.isAway) throw ApplicationFailure.create({ type: 'target-unreachable', message: 'away' })
      },
    }
    return { state, script }
  }

  it('in a pause leaves the run held, and its label is written before anything more is read', async () => {
    const source = inSnapshot(300)
    const { state, script } = target(source)
    await withWorld(script, async (world) => {
      const { entity, handle } = await begin(world)
      await waitUntil('a snapshot', () => source.log.includes('opened'))
      await entity.executeUpdate(pause, { args: [...pausing().args] })
      await waitUntil('it is let go of', () => state.tries > 0 && source.log.includes('closed'))
      expect((await handle.query(runStatus)).held).toBe(true)
      source.isFast = true
      // It is still away: that holds the run too, and lifts itself.
      await entity.executeUpdate(resume, { args: [...resuming().args] })
      await waitUntil('a hold', async () => (await entity.query(migrationStatus)).holds.length > 0)
      expect((await entity.query(migrationStatus)).holds).toMatchObject([{ kind: 'failure' }])
      expect(copies(source.log)).toEqual([])
      state.isAway = false
      expect(await handle.result()).toMatchObject({ state: 'complete' })
    })
    expect(source.log.filter((one) => one.startsWith('The snapshot'))).toHaveLength(1)
    expect(saidLost(source.log)).toBeLessThan(source.log.findIndex((one) => one.endsWith('as it is now')))
  })

  it('lets the run go on by itself when it is back', async () => {
    const source = inSnapshot(300)
    source.isFast = true
    const { state, script } = target(source)
    const copyChunks: NonNullable<Script['copyChunks']> = async (input) => {
      if (state.isAway) throw away()
      return await (script.copyChunks as typeof copyChunks)(input)
    }
    await withWorld({ ...script, copyChunks }, async (world) => {
      const { entity, handle } = await begin(world)
      await waitUntil('it is let go of', () => state.tries > 0 && source.log.includes('closed'))
      expect((await entity.query(migrationStatus)).holds).toMatchObject([{ kind: 'failure' }])
      state.isAway = false
      expect(await handle.result()).toMatchObject({ state: 'complete' })
    })
    expect(saidLost(source.log)).toBeGreaterThan(0)
    expect(copies(source.log)).toEqual(expect.arrayContaining(['t0 as it is now', 't1 as it is now']))
  })
})
