import { ApplicationFailure } from '@temporalio/common'
import { describe, expect, it } from 'vitest'
import { runWorkflowId } from '../../core/names.js'
import { abort, migrationStatus, pause, retry, skip, startRun, verify } from '../../workflows/messages.js'
import { applyAndRun, failureOf, soon } from '../support/runs.js'
import { bundle, prepared, type Script, summaryOf } from '../support/scripted.js'
import { waitUntil } from '../support/wait.js'
import { untilOpen, working } from '../support/working.js'
import { withWorld, type World } from '../support/world.js'

const by = 'ada'
const retrying = (tables: string[] | null = null, run: string | null = null) => ({
  args: [{ by, expires: soon(), tables, run }] as [
    { by: string; expires: number; tables: string[] | null; run: string | null },
  ],
})
const aborting = () => ({
  args: [{ by, expires: soon(), reason: 'wrong server' }] as [{ by: string; expires: number; reason: string }],
})

/** A run that ends incomplete the first time; each step over the whole run tells of which tables it is. */
function parking(): { script: Script; asked: [string, unknown][] } {
  const asked: [string, unknown][] = []
  let ends = 0
  const script: Script = {
    prepareRun: async () =>
      prepared({ bundles: [bundle(0, { tables: 2 })], constraints: true, reading: { onLost: 'restart' } }),
    prepareRetry: async ({ ref, tables }) => {
      asked.push(['prepareRetry', { version: ref.version, tables }])
      const again = prepared({ bundles: [bundle(1)], constraints: true, tables: 2, reading: { onLost: 'restart' } })
      return { ...again, done: 1, referring: [{ table: 0, name: 't0' }] }
    },
    stopDrifted: async ({ tables }) => (asked.push(['stopDrifted', tables]), { stopped: 0 }),
    addForeignKeys: async ({ tables }) => (asked.push(['addForeignKeys', tables]), { stopped: 0 }),
    validateForeignKeys: async ({ part }) => (asked.push(['validate', part]), { stopped: 0 }),
    planProof: async ({ tables }) => (asked.push(['planProof', tables]), { pieces: [], parts: [] }),
    openSnapshot: async () => (
      asked.push(['openSnapshot', null]),
      { label: 'snapshot', queue: null, sessions: 4, stopped: 0 }
    ),
    closeRun: async ({ ref }) =>
      ++ends === 1 ? summaryOf(ref.run, 'incomplete', '1 table stopped: t1') : summaryOf(ref.run, 'complete', null),
    planRetry: async () => ({
      tables: [{ name: 't1', ordinal: 1 }],
      again: 't1: its rows broke a constraint',
      total: 2,
    }),
  }
  return { script, asked }
}

async function ended(world: World) {
  const entity = await world.migration('shop')
  const { run } = await applyAndRun(entity, 'shop')
  await waitUntil('its end', async () => (await entity.query(migrationStatus)).running === null, 60_000)
  return { entity, run }
}

describe('a retry', () => {
  it('is the same run once more, for its tables only, and without a snapshot', async () => {
    const { script, asked } = parking()
    await withWorld(script, async (world) => {
      const { entity, run } = await ended(world)
      const handle = world.client.workflow.getHandle(runWorkflowId('shop', run))
      const first = await handle.describe()
      asked.length = 0
      const answer = await entity.executeUpdate(retry, retrying(['t1']))
      expect(answer).toMatchObject({
        run,
        tables: ['t1'],
        again: expect.stringContaining('t1'),
        workflowId: first.workflowId,
      })
      expect(await handle.result()).toMatchObject({ run, state: 'complete' })
      expect((await handle.describe()).runId).not.toBe(first.runId)
      await waitUntil('the entity knows', async () => (await entity.query(migrationStatus)).running === null)
      expect((await entity.query(migrationStatus)).runs).toMatchObject([{ run, state: 'complete' }])
    })
    expect(asked).toEqual([
      ['prepareRetry', { version: 1, tables: [1] }],
      ['stopDrifted', [1]],
      ['addForeignKeys', [1]],
      ['validate', { table: 0 }],
      ['planProof', [1]],
    ])
  })

  it('is refused before any run, while one is under way or held, and for a run that nobody knows', async () => {
    const steps = working()
    await withWorld(steps.script, async (world) => {
      const entity = await world.migration('shop')
      expect((await failureOf(entity.executeUpdate(retry, retrying()))).message).toContain('No run has ended')
      await applyAndRun(entity, 'shop')
      expect((await failureOf(entity.executeUpdate(retry, retrying()))).message).toContain('under way')
      await untilOpen(steps, 'prepare')
      await entity.executeUpdate(abort, aborting())
      await entity.executeUpdate(pause, { args: [{ by, expires: soon(), reason: 'a freeze', table: null }] })
      expect((await failureOf(entity.executeUpdate(retry, retrying()))).message).toContain('a freeze')
    })
    await withWorld(parking().script, async (world) => {
      const { entity } = await ended(world)
      expect((await failureOf(entity.executeUpdate(retry, retrying(null, '20200101-000000')))).message).toContain(
        'no run 20200101-000000',
      )
    })
  })
})

describe('a run that ended before its first row', () => {
  it('leaves the one before to be retried and skipped, by its name and by default', async () => {
    const { script, asked } = parking()
    let first = ''
    const wrong = () =>
      ApplicationFailure.create({ type: 'source-login', message: 'wrong password', nonRetryable: true })
    const ofFirst: Script = {
      ...script,
      prepareRun: async (input) => {
        first ||= input.ref.run
        if (input.ref.run !== first) throw wrong()
        return prepared({ bundles: [bundle(0)] })
      },
      closeRun: async ({ ref, reason }) => summaryOf(ref.run, 'incomplete', reason ?? '1 table stopped: t1'),
      planRetry: async ({ run, rows }) => {
        asked.push(['planRetry', [run === first, rows]])
        return { run: first, tables: [{ name: 't1', ordinal: 1 }], again: null, total: 2 }
      },
      skipTable: async ({ ref, name, rows }) => {
        asked.push(['skipTable', [ref.run === first, rows]])
        return { run: first, table: name, summary: summaryOf(first, 'complete', null) }
      },
    }
    await withWorld(ofFirst, async (world) => {
      const { entity, run } = await ended(world)
      const isOver = async () => (await entity.query(migrationStatus)).running === null
      const second = await entity.executeUpdate(startRun, { args: [{ version: null, by, expires: soon() }] })
      await waitUntil('the end of the second', isOver)
      expect((await entity.query(migrationStatus)).runs.map((one) => one.run)).toEqual([second.run, run])
      asked.length = 0
      for (const wanted of [run, null]) {
        const args = [{ by, expires: soon(), table: 't1', reason: 'nobody reads it', run: wanted }] as const
        expect((await entity.executeUpdate(skip, { args: [...args] })).run).toBe(run)
        expect((await entity.executeUpdate(retry, retrying(['t1'], wanted))).run).toBe(run)
        await waitUntil('the end of the retry', isOver)
      }
      expect((await entity.query(migrationStatus)).runs.map((one) => one.run)).toEqual([run, second.run])
    })
    const named = asked.filter(([name]) => name === 'planRetry' || name === 'skipTable')
    expect(named).toEqual([
      ['skipTable', [true, 'own']],
      ['planRetry', [true, 'own']],
      // By now the one that was retried is the newest again.
      ['skipTable', [true, 'newest']],
      ['planRetry', [true, 'newest']],
    ])
  })
})

describe('a skip', () => {
  it('stands in the entity as the ledger has it since, and in place of what it was', async () => {
    await withWorld(parking().script, async (world) => {
      const { entity, run } = await ended(world)
      const args = [{ by, expires: soon(), table: 't1', reason: 'nobody reads it', run: null }] as const
      const answer = await entity.executeUpdate(skip, { args: [...args] })
      expect(answer).toMatchObject({ run, table: 't1', summary: { state: 'complete' } })
      expect((await entity.query(migrationStatus)).runs).toMatchObject([{ run, state: 'complete' }])
    })
  })
})

describe('an abort', () => {
  it.each(['prepare', 'copy', 'index', 'judge'])(
    'in the middle of %s waits until nothing is open, and says who ended it and why',
    async (phase) => {
      const steps = working()
      for (const name of ['prepare', 'copy', 'index', 'add', 'seal', 'plan', 'prove', 'judge'])
        if (name === phase) break
        else steps.finish(name)
      await withWorld(steps.script, async (world) => {
        const entity = await world.migration('shop')
        const { run } = await applyAndRun(entity, 'shop')
        await waitUntil(`${phase} is under way`, () => steps.open(phase) > 0, 60_000)
        const { work } = await entity.executeUpdate(abort, aborting())
        expect([work, steps.open()]).toEqual([{ what: 'run', id: run }, 0])
        const { running, runs } = await entity.query(migrationStatus)
        expect(running).toBe(null)
        expect(runs).toMatchObject([{ run, state: 'incomplete', reason: 'ada ended it: wrong server' }])
      })
    },
    180_000,
  )

  it('ends a run that is held, and the hold stays', async () => {
    const steps = working()
    steps.finish('prepare')
    await withWorld(steps.script, async (world) => {
      const entity = await world.migration('shop')
      const { run } = await applyAndRun(entity, 'shop')
      await untilOpen(steps, 'copy')
      await entity.executeUpdate(pause, { args: [{ by, expires: soon(), reason: 'a freeze', table: null }] })
      expect((await entity.executeUpdate(abort, aborting())).work).toEqual({ what: 'run', id: run })
      const { runs, holds } = await entity.query(migrationStatus)
      expect(runs).toMatchObject([{ state: 'incomplete', reason: 'ada ended it: wrong server' }])
      expect(holds).toMatchObject([{ why: 'a freeze' }])
      const start = entity.executeUpdate(startRun, { args: [{ version: null, by, expires: soon() }] })
      expect((await failureOf(start)).message).toContain('a freeze')
    })
  })

  it('ends a proof too, and says so where nothing is under way', async () => {
    const steps = working()
    const names = ['prepare', 'copy', 'index', 'add', 'seal', 'plan', 'judge', 'prove']
    for (const name of names) steps.finish(name)
    let isLoad = true
    const later = working()
    const script: Script = {
      ...steps.script,
      proveParts: async (input) => await (isLoad ? steps : later).script.proveParts?.(input),
    }
    await withWorld(script, async (world) => {
      const { entity } = await ended(world)
      expect((await entity.executeUpdate(abort, aborting())).work).toBe(null)
      isLoad = false
      const request = { by, expires: soon(), run: null, tables: null, withSource: false, witness: 0 }
      const { proof } = await entity.executeUpdate(verify, { args: [request] })
      await untilOpen(later, 'prove')
      expect((await entity.executeUpdate(abort, aborting())).work).toEqual({ what: 'verify', id: proof })
      expect((await entity.query(migrationStatus)).proving).toBe(null)
    })
  })
})
