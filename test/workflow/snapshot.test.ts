import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import { describe, expect, it } from 'vitest'
import type { OpenedReading } from '../../activities/messages.js'
import { startRunAlone } from '../support/runs.js'
import { big, bundle, prepared, type Script } from '../support/scripted.js'
import { untilCancelled as hold } from '../support/until-cancelled.js'
import { withWorld } from '../support/world.js'

const QUEUE = 'nightferry-data'
const OPENED: OpenedReading = { label: 'snapshot', queue: QUEUE, sessions: 2, stopped: 0 }

const lost = (): ApplicationFailure =>
  ApplicationFailure.create({ type: 'snapshot-lost', message: 'lost', nonRetryable: true, details: [{ remedy: '' }] })

const reading = (onLost: 'best-effort' | 'restart') => ({ reading: { onLost } })

describe('a run that reads in a snapshot', () => {
  it('copies in it, no wider than it has sessions, and closes it behind the last row', async () => {
    const began: string[] = []
    let [open, most] = [0, 0]
    const copy = async (snapshot: boolean | undefined): Promise<void> => {
      began.push(snapshot === true ? 'in the snapshot' : 'as it is now')
      most = Math.max(most, ++open)
      await Context.current().sleep(50)
      open--
    }
    const script: Script = {
      prepareRun: async () =>
        prepared({ parallelism: 8, big: [big(0), big(1)], bundles: [bundle(0)], ...reading('best-effort') }),
      openSnapshot: async () => OPENED,
      keepSnapshot: async () => {
        try {
          await hold()
        } finally {
          began.push('closed')
        }
      },
      divideTable: async () => ({ chunks: 3, complete: true }),
      copyChunks: async ({ count, snapshot }) => (await copy(snapshot), { rows: count, bytes: count, seconds: 1 }),
      copyBundle: async ({ snapshot }) => (await copy(snapshot), { rows: 1, bytes: 1, stopped: 0 }),
      sealTables: async () => (began.push('seal'), { stopped: 0 }),
    }
    await withWorld(script, async (world) => {
      expect(await (await startRunAlone(world)).result()).toMatchObject({ state: 'complete' })
    })
    const copies = began.filter((one) => one.startsWith('in') || one.startsWith('as'))
    expect(new Set(copies)).toEqual(new Set(['in the snapshot']))
    expect(copies.length).toBeGreaterThanOrEqual(3)
    expect(most).toBeLessThanOrEqual(2)
    expect(began.indexOf('closed')).toBeGreaterThan(began.lastIndexOf('in the snapshot'))
    expect(began.indexOf('closed')).toBeLessThan(began.indexOf('seal'))
  })

  it('reads first what is locked against writers until then', async () => {
    const began: string[] = []
    const script: Script = {
      prepareRun: async () =>
        prepared({ parallelism: 1, big: [big(0)], bundles: [bundle(0), bundle(1)], ...reading('best-effort') }),
      openSnapshot: async () => ({ ...OPENED, sessions: 1, first: [{ bundle: 1 }] }),
      keepSnapshot: hold,
      copyChunks: async ({ table, count }) => (began.push(`table ${table}`), { rows: count, bytes: count, seconds: 1 }),
      copyBundle: async ({ part }) => (began.push(JSON.stringify(part)), { rows: 1, bytes: 1, stopped: 0 }),
    }
    await withWorld(script, async (world) => {
      expect(await (await startRunAlone(world)).result()).toMatchObject({ state: 'complete' })
    })
    expect(began).toEqual(['{"bundle":1}', 'table 0', '{"bundle":0}'])
  })

  it('goes on as best-effort when it is lost, and the ledger is told once', async () => {
    const reasons: string[] = []
    const live: number[] = []
    const script: Script = {
      prepareRun: async () => prepared({ big: [big(0)], bundles: [bundle(0)], ...reading('best-effort') }),
      openSnapshot: async () => OPENED,
      keepSnapshot: hold,
      loseSnapshot: async ({ reason }) => void reasons.push(reason),
      divideTable: async () => ({ chunks: 4, complete: true }),
      copyChunks: async ({ first, count, snapshot }) => {
        if (snapshot === true && first >= 1) throw lost()
        if (snapshot !== true) live.push(first)
        return { rows: count, bytes: count, seconds: 1 }
      },
    }
    await withWorld(script, async (world) => {
      expect(await (await startRunAlone(world)).result()).toMatchObject({ state: 'complete' })
    })
    expect(reasons).toHaveLength(1)
    expect(reasons[0]).toMatch(/snapshot was lost/)
    expect(live.length).toBeGreaterThan(0)
  })

  it('knows from a queue that nobody polls that its process is dead', async () => {
    const reasons: string[] = []
    const script: Script = {
      prepareRun: async () => prepared({ bundles: [bundle(0)], ...reading('best-effort') }),
      openSnapshot: async () => ({ ...OPENED, queue: 'nightferry-data/dead' }),
      loseSnapshot: async ({ reason }) => void reasons.push(reason),
    }
    await withWorld(script, async (world) => {
      expect(await (await startRunAlone(world)).result()).toMatchObject({ state: 'complete' })
    })
    expect(reasons).toHaveLength(1)
  })

  it('starts again where its owner chose so, and gives up after a few times', async () => {
    let [opened, restarted] = [0, 0]
    const script = (losses: number): Script => ({
      prepareRun: async () => prepared({ big: [big(0)], ...reading('restart') }),
      restartRun: async () => (restarted++, prepared({ big: [big(0)], ...reading('restart') })),
      openSnapshot: async () => (opened++, OPENED),
      keepSnapshot: hold,
      copyChunks: async ({ count, snapshot }) => {
        expect(snapshot).toBe(true)
        if (opened <= losses) throw lost()
        return { rows: count, bytes: count, seconds: 1 }
      },
    })
    await withWorld(script(2), async (world) => {
      expect(await (await startRunAlone(world)).result()).toMatchObject({ state: 'complete' })
    })
    expect({ opened, restarted }).toEqual({ opened: 3, restarted: 2 })
    opened = 0
    await withWorld(script(99), async (world) => {
      const summary = await (await startRunAlone(world)).result()
      expect(summary).toMatchObject({ state: 'incomplete' })
      expect(summary.reason).toMatch(/The snapshot was lost 4 times/)
    })
  })

  it('is cancelled as quickly as any other', async () => {
    let isClosed = false
    const script: Script = {
      prepareRun: async () => prepared({ bundles: [bundle(0)], ...reading('restart') }),
      openSnapshot: async () => OPENED,
      keepSnapshot: async () => {
        try {
          await hold()
        } finally {
          isClosed = true
        }
      },
      copyBundle: async () => {
        await hold()
        return { rows: 0, bytes: 0, stopped: 0 }
      },
    }
    await withWorld(script, async (world) => {
      const handle = await startRunAlone(world)
      const timer = setTimeout(() => void handle.cancel(), 1500)
      expect(await handle.result()).toMatchObject({ state: 'incomplete', reason: 'The run was cancelled' })
      clearTimeout(timer)
    })
    expect(isClosed).toBe(true)
  })
})
