import { describe, expect, it } from 'vitest'
import { apply, migrationStatus, pause, resume, startRun, verify } from '../../workflows/messages.js'
import { applyAndRun, soon } from '../support/runs.js'
import { configOf, type Script } from '../support/scripted.js'
import { waitUntil } from '../support/wait.js'
import { untilOpen, working } from '../support/working.js'
import { withWorld, type World } from '../support/world.js'

const asking = (table: string | null = null) => ({ by: 'ada', expires: soon(), reason: 'a freeze', table })
const pausing = (table: string | null = null) => ({ args: [asking(table)] as const })
const resuming = (table: string | null = null) => ({ args: [{ ...asking(table), hold: null }] as const })

const STEPS = ['prepare', 'copy', 'index', 'add', 'seal', 'plan', 'prove', 'judge']

/** A run of version 1 that has ended. */
async function ran({ client, migration }: World) {
  const entity = await migration('shop')
  const { workflowId } = await applyAndRun(entity, 'shop')
  await client.workflow.getHandle(workflowId).result()
  await waitUntil('the run is over', async () => (await entity.query(migrationStatus)).running === null)
  return entity
}

/** Steps that find tables, and wait for a word once they are told to. */
function finding() {
  let [isAsked, goOn] = [false, true]
  const findTables: Script['findTables'] = async ({ names }) => {
    isAsked = true
    await waitUntil('the word', () => goOn, 30_000)
    return { found: names.map((name) => ({ name, ordinal: Number(name.slice(1)) })) }
  }
  return {
    findTables,
    stop: () => void ([isAsked, goOn] = [false, false]),
    goOn: () => void (goOn = true),
    isAsked: () => isAsked,
  }
}

describe('a pause that comes while something is about to begin', { timeout: 120_000 }, () => {
  it('holds the run, and is answered once it is there', async () => {
    const steps = working()
    const found = finding()
    for (const name of STEPS) steps.finish(name)
    await withWorld({ ...steps.script, findTables: found.findTables }, async (world) => {
      const entity = await ran(world)
      await entity.executeUpdate(pause, { args: [...pausing('t0').args] })
      found.stop()
      const before = steps.done.length
      const begun = entity.executeUpdate(startRun, { args: [{ version: null, by: 'ada', expires: soon() }] })
      await waitUntil('it asks which tables wait', found.isAsked)
      const answering = entity.executeUpdate(pause, { args: [...pausing().args] })
      await waitUntil('the hold', async () => (await entity.query(migrationStatus)).holds.length === 2)
      found.goOn()
      const { workflowId } = await begun
      expect(await answering).toMatchObject({ answered: true, work: { what: 'run' } })
      expect([steps.open(), steps.done.length]).toEqual([0, before])
      for (const table of ['t0', null]) await entity.executeUpdate(resume, { args: [...resuming(table).args] })
      expect(await world.client.workflow.getHandle(workflowId).result()).toMatchObject({ state: 'complete' })
    })
  })
})

describe('a table that waits, in the proof of a run of an older version', { timeout: 120_000 }, () => {
  it('is the one of that version, whether the hold was there before or comes meanwhile', async () => {
    const steps = working()
    const of: Record<string, number>[] = [
      { t0: 0, t1: 1 },
      { t0: 1, t1: 2 },
    ]
    const findTables: Script['findTables'] = async ({ version, names }) => ({
      found: names.map((name) => ({ name, ordinal: of[version - 1]?.[name] ?? -1 })),
    })
    const parts = [{ part: { table: 0 }, name: 't0', tables: 1 }]
    const planProof: Script['planProof'] = async ({ request }) => ({
      pieces: request === null ? [] : [{ table: 0, name: 't0', side: 'T', parts: 4, perPiece: 2 }],
      parts,
    })
    for (const name of STEPS.filter((one) => one !== 'prove')) steps.finish(name)
    await withWorld({ ...steps.script, findTables, planProof }, async (world) => {
      const entity = await ran(world)
      await entity.executeUpdate(apply, { args: [{ config: configOf('shop'), by: 'ada', expires: soon() }] })
      const before = steps.done.length
      await entity.executeUpdate(pause, { args: [...pausing('t0').args] })
      const asked = { by: 'ada', expires: soon(), run: null, tables: null, withSource: false, witness: 0 }
      const { workflowId } = await entity.executeUpdate(verify, { args: [asked] })
      expect((await entity.query(migrationStatus)).proving).toMatchObject({ version: 1 })
      const answer = await entity.executeUpdate(pause, { args: [...pausing('t1').args] })
      expect(answer).toMatchObject({ answered: true, work: { what: 'verify' } })
      expect([steps.open(), steps.done.length]).toEqual([0, before])
      for (const table of ['t0', 't1']) await entity.executeUpdate(resume, { args: [...resuming(table).args] })
      await untilOpen(steps, 'prove')
      await entity.executeUpdate(pause, { args: [...pausing('t0').args] })
      expect(steps.open()).toBe(0)
      await entity.executeUpdate(resume, { args: [...resuming('t0').args] })
      steps.finish('prove')
      expect(await world.client.workflow.getHandle(workflowId).result()).toMatchObject({ unclean: 0 })
    })
  })
})
