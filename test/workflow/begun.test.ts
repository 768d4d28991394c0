import { describe, expect, it } from 'vitest'
import { migrationStatus, pause, resume, startRun } from '../../workflows/messages.js'
import { applyAndRun, soon } from '../support/runs.js'
import type { Script } from '../support/scripted.js'
import { waitUntil } from '../support/wait.js'
import { working } from '../support/working.js'
import { withWorld } from '../support/world.js'

const asking = (table: string | null = null) => ({ by: 'ada', expires: soon(), reason: 'a freeze', table })
const pausing = (table: string | null = null) => ({ args: [asking(table)] as const })
const resuming = (table: string | null = null) => ({ args: [{ ...asking(table), hold: null }] as const })

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
    await withWorld({ ...steps.script, findTables: found.findTables }, async ({ client, migration }) => {
      const entity = await migration('shop')
      for (const name of ['prepare', 'copy', 'index', 'add', 'seal', 'plan', 'prove', 'judge']) steps.finish(name)
      const first = await applyAndRun(entity, 'shop')
      await client.workflow.getHandle(first.workflowId).result()
      await waitUntil('the run is over', async () => (await entity.query(migrationStatus)).running === null)
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
      expect(await client.workflow.getHandle(workflowId).result()).toMatchObject({ state: 'complete' })
    })
  })
})
