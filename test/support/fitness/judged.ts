import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { gatherFitness, type Assessed } from '../../../activities/gather-fitness.js'
import { cachePlans } from '../../../activities/plans.js'
import { findOnPath } from '../../../client/embedded/temporal-cache.js'
import type { Config } from '../../../core/config/types.js'
import type { FitnessResult } from '../../../core/fitness.js'
import { heard } from '../../../core/fitness/gathered.js'
import { judgeFitness } from '../../../core/fitness/judge.js'
import { openBackups } from '../../../worker/backups/index.js'
import { openHooks } from '../../../worker/hooks/index.js'
import { openPorts } from '../../../worker/ports.js'
import { planOf } from '../target.js'
import type { World } from './world.js'

/** What is asked otherwise than of the target that is fit. */
export interface Asking {
  /** URLs of the migration's own account, and of the application's role; null: none is configured. */
  readonly target?: string
  readonly application?: string | null
  readonly tables?: readonly string[]
  readonly restoreTest?: readonly string[]
  readonly freeSpace?: readonly string[]
  /** Tools that this worker has on its PATH; pgbackrest unless told. */
  readonly tools?: readonly string[]
  /** Hours that the clocks of the judge and of the target's server are ahead. */
  readonly later?: number
}

/**
 * As a worker judges it: its ports, hooks and tools ask the servers, and core judges what they say. `restore_test` runs
 * only where one is named.
 */
export async function judged(world: World, asking: Asking = {}): Promise<FitnessResult[]> {
  const log = (): void => {}
  const variables = {
    PATH: pathWith(world.home, asking.tools ?? ['pgbackrest']),
    PGBACKREST_CONFIG: world.backrest.config,
    NIGHTFERRY_CONNECTION_SRC: `${world.source.url}/shop`,
    NIGHTFERRY_CONNECTION_DST: asking.target ?? world.fit.url('shop'),
    NIGHTFERRY_CONNECTION_APP: asking.application ?? world.fit.networkUrl('shop', 'app'),
  }
  const ports = openPorts(variables, world.home)
  try {
    const hooks = openHooks(variables, world.home, log)
    const backups = openBackups(variables, world.home, log)
    const tools = { ports, plans: cachePlans(ports), worker: 'test', log, hooks, backups }
    const gathered = await gatherFitness(tools, assessed(asking), new AbortController().signal)
    const later = (at: string): string => new Date(Date.parse(at) + (asking.later ?? 0) * 3_600_000).toISOString()
    const { server } = gathered
    const told = server.told ? heard({ ...server.facts, now: later(server.facts.now) }) : server
    return judgeFitness({ ...gathered, server: told, at: later(gathered.at) })
  } finally {
    await ports.close()
  }
}

function assessed({ application, tables, restoreTest, freeSpace }: Asking): Assessed {
  const { limits } = planOf([])
  const config: Config = {
    migration: 'shop',
    source: { connection: 'src' },
    target: {
      ...{ connection: 'dst', database: null, schema: 'public' },
      application: application === null ? null : 'app',
      restoreTest: restoreTest ?? null,
      freeSpace: freeSpace ?? null,
    },
    tables: { include: [], exclude: [] },
    casts: [],
    limits,
  }
  return {
    ...{ config, home: { connection: 'dst', database: null }, before: null, restore: 'run' },
    tables: tables ?? ['orders', 'lines'],
  }
}

/** A folder with these programs of the machine and no other. */
function pathWith(home: string, programs: readonly string[]): string {
  const folder = join(home, 'path')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  for (const program of programs) symlinkSync(findOnPath(program, process.env)!, join(folder, program))
  return folder
}
