import type { RunRef } from '../activities/messages.js'
import { lastBegun, type RunId } from '../core/run.js'
import { refuseExpired } from './apply-config.js'
import { audit } from './audit.js'
import { type Entity, refOfRun, replaceRun, show } from './entity.js'
import { asRefusal, refused } from './failures.js'
import type { SkipAnswer, SkipRequest } from './messages.js'
import { control, located, named } from './steps.js'

/**
 * Sets a stopped table of the run that is under way, or of the one whose rows the target has, aside: it does not keep it
 * from being complete.
 */
export async function skipTable(entity: Entity, request: SkipRequest): Promise<SkipAnswer> {
  refuseExpired(request)
  const { by, reason: why } = request
  const picked = pick(entity, request.run)
  // Tables of what is under way stop with no rows of it in the target yet.
  const rows = entity.running === null && { rows: request.run === null ? ('newest' as const) : ('own' as const) }
  try {
    const ref = entity.running === null ? await located(picked) : picked
    const input = { ref, name: request.table, by, why, ...rows }
    const skipped = await named(control.skipTable, `skip ${request.table}, asked by ${by}`, input)
    const { run = ref.run, table, summary } = skipped
    audit(entity, { what: 'skip', by, why, about: { run, table } })
    if (summary !== null) {
      replaceRun(entity, summary)
      show(entity)
    }
    return { run, table, summary }
  } catch (error) {
    throw asRefusal(error)
  }
}

function pick({ migration, running, runs, target }: Entity, wanted: RunId | null): RunRef {
  const last = lastBegun(runs)
  if (target === null || (running === null && last === undefined))
    throw refused('There is no run yet: no table has stopped', 'Leave it out of the config: `tables.exclude`.')
  if (running !== null && wanted !== null && wanted !== running.run)
    throw refused(`Run ${running.run} is under way: run ${wanted} stays as it ended`, 'Skip tables of that one.')
  const run = running ?? (wanted === null ? last : runs.find((one) => one.run === wanted))
  if (run === undefined) throw refused(`There is no run ${wanted}`, `List them: \`nightferry runs ${migration}\`.`)
  const ref = refOfRun({ migration, target }, run.run, run.version)
  return running?.target === undefined ? ref : { ...ref, target: running.target }
}
