import { isParked } from '../core/run.js'
import { eachTable, isWhole, statesOf } from './each-table.js'
import type { PartInput, Stopped } from './messages.js'
import { tablesOf } from './plans.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/** Validates what `addForeignKeys` added, table after table. Orphans stop their table only; the key stays NOT VALID. */
export const validateForeignKeys = (tools: Tools) =>
  step(tools, 'validateForeignKeys', async ({ ref, part }: PartInput, attempt): Promise<Stopped> => {
    const site = await tools.plans.siteOf(ref)
    const states = await statesOf(site, ref.run)
    const work = async (table: (typeof tables)[number]): Promise<void> => {
      if (table.foreignKeys.length + table.checks.length === 0) return
      if (isParked(states.get(table.ordinal)) && !(await isWhole(site, ref.run, table))) return
      await site.target.validateForeignKeys(site.plan, table, attempt.signal)
    }
    const tables = await tablesOf(site, ref, part)
    const well = await eachTable(site, ref.run, tables, attempt, work)
    return { stopped: tables.length - well.length }
  })
