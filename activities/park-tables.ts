import { Failure } from '../core/failure.js'
import { isParked } from '../core/run.js'
import { stopTable } from './failing.js'
import type { ParkInput, Stopped } from './messages.js'
import { statesOf } from './each-table.js'
import { tablesOf } from './plans.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/** Writes down what a step could not: its process died again and again, or its own record failed. Repeatable. */
export const parkTables = (tools: Tools) =>
  step(tools, 'parkTables', async ({ ref, part, message }: ParkInput): Promise<Stopped> => {
    const site = await tools.plans.siteOf(ref)
    const states = await statesOf(site, ref.run)
    const tables = (await tablesOf(site, ref, part)).filter(({ ordinal }) => {
      const state = states.get(ordinal)
      return state !== 'done' && !isParked(state)
    })
    for (const table of tables) {
      const remedy = "Look at the data worker's log around this time, then `nightferry retry`."
      await stopTable(site.ledger, ref.run, table.ordinal, new Failure('internal', message, { remedy }))
    }
    return { stopped: tables.length }
  })
