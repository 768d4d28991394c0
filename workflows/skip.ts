import type { RunRef } from '../activities/messages.js'
import { lastBegun, type RunId } from '../core/run.js'
import { refuseExpired } from './apply-config.js'
import { audit } from './audit.js'
import { type Entity, replaceRun, show } from './entity.js'
import { asRefusal, refused } from './failures.js'
import type { SkipAnswer, SkipRequest } from './messages.js'
import { control, named } from './steps.js'

/** Sets a stopped table of the run that is under way, or of the last one, aside: it does not keep it from being complete. */
export async function skipTable(entity: Entity, request: SkipRequest): Promise<SkipAnswer> {
  refuseExpired(request)
  const { by, reason: why } = request
  const ref = pick(entity, request.run)
  try {
    const { table, summary } = await named(control.skipTable, `skip ${request.table}, asked by ${by}`, {
      ...{ ref, name: request.table, by, why },
    })
    audit(entity, { what: 'skip', by, why, about: { run: ref.run, table } })
    if (summary !== null) {
      replaceRun(entity, summary)
      show(entity)
    }
    return { run: ref.run, table, summary }
  } catch (error) {
    throw asRefusal(error)
  }
}

function pick({ migration, running, runs, target }: Entity, wanted: RunId | null): RunRef {
  const run = running ?? lastBegun(runs)
  if (run === undefined || target === null)
    throw refused('There is no run yet: no table has stopped', 'Leave it out of the config: `tables.exclude`.')
  if (wanted !== null && wanted !== run.run)
    throw refused(
      `Run ${wanted} is not the last one (${run.run}): it stays as it ended`,
      'Skip tables of the last one.',
    )
  return { migration, run: run.run, version: run.version, target }
}
