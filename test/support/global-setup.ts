import type { TestProject } from 'vitest/node'
import { ownFolder } from '../../scripts/servers/folder.js'
import { serverVariables, startServers, type WantedServers } from '../../scripts/servers/start-servers.js'
import { reportToStderr, tellError } from '../../scripts/servers/tell.js'
import { readUpState } from '../../scripts/servers/up-state.js'

const NEEDS: Record<string, WantedServers> = {
  database: { mysql: true, postgres: [15, 18] },
  activity: { mysql: true, postgres: [15, 18] },
  workflow: { temporal: true },
  e2e: { mysql: true, postgres: [15, 18], temporal: true },
  long: { mysql: true, postgres: [15, 18], temporal: true },
  // Its source is a server of its own.
  monitoring: { postgres: [15], temporal: true },
  pages: { mysql: true, postgres: [15, 18], temporal: true },
  shared: { mysql: true, postgres: [15, 18], temporal: true },
}

/** One for all tiers of a run: each tier loads this file anew, so the memory is the process's. */
const memory = globalThis as typeof globalThis & { nightferryServers?: Promise<() => Promise<void>> }

/**
 * Starts what the run's tiers need, together and once, in a folder of this run's own that goes away with it; what the
 * environment names or `npm run dev:up` holds is used instead. A failure here is the run's failure.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  memory.nightferryServers ??= start(project.vitest.projects.map(({ name }) => NEEDS[name] ?? {}))
  return await memory.nightferryServers
}

async function start(needs: readonly WantedServers[]): Promise<() => Promise<void>> {
  const up = readUpState()
  if (up !== null) Object.assign(process.env, { ...serverVariables(up.urls), ...process.env })
  const { folder, remove } = ownFolder('test')
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => interrupted.abort(new Error('interrupted')))
  }
  try {
    const servers = await startServers(union(needs), reportToStderr, { folder, signal: interrupted.signal })
    Object.assign(process.env, serverVariables(servers.urls))
    return async () => {
      await servers.stop()
      remove()
    }
  } catch (error) {
    remove()
    throw new Error(`the servers for the tests did not start: ${tellError(error)}`, { cause: error })
  }
}

function union(needs: readonly WantedServers[]): WantedServers {
  return {
    mysql: needs.some((need) => need.mysql),
    temporal: needs.some((need) => need.temporal),
    postgres: ([15, 18] as const).filter((major) => needs.some((need) => need.postgres?.includes(major))),
  }
}
