import { freeSpaceOf, restoreTestOf } from '../core/config/publish.js'
import type { Config } from '../core/config/types.js'
import type { Fitness } from '../core/fitness.js'
import type { BackupFacts, ServerFacts } from '../core/fitness/facts.js'
import {
  heard,
  unheard,
  type Asked,
  type FreeSpace,
  type Gathered,
  type RestoreTested,
} from '../core/fitness/gathered.js'
import type { Place } from '../core/place.js'
import { askApplication } from './ask-application.js'
import { asker, PART_MS, type Ask } from './asking.js'
import type { Tools } from './tools.js'

/** Whose fitness, by which config, and what is known of it. */
export interface Assessed {
  readonly config: Config
  /** What people read. */
  readonly home: Place
  /** As the target spells them; null: nothing is applied. */
  readonly tables: readonly string[] | null
  /** As it was found last; null: it never was asked. */
  readonly before: Asked<Fitness> | null
  /** Whether `target.restore_test` runs now, or what is kept of it is judged. */
  readonly restore: 'run' | 'kept'
}

/** Asks both servers, the application's own role and the tools of this machine, each on its own; throws only when it was cancelled. */
export async function gatherFitness(tools: Tools, assessed: Assessed, signal: AbortSignal): Promise<Gathered> {
  const ask = asker(tools, signal)
  const { config, home } = assessed
  const target = async () => await tools.ports.target(home.connection, home.database)
  const source = async () => await tools.ports.source(config.source.connection)
  const server = ask("the target's server", async (limit) => await (await target()).serverFacts(limit))
  const [told, database, origin, application, restore, space] = await Promise.all([
    server,
    ask("the target's database", async (limit) => await (await target()).databaseFacts(limit)),
    ask('the source', async (limit) => await (await source()).facts(limit)),
    askApplication(tools, assessed, ask),
    askRestore(tools, assessed, signal),
    ask('the free space', async (limit) => await freeSpace(tools, assessed, limit), 2 * PART_MS + 30_000),
  ])
  const backups = await askBackups(tools, told, ask)
  // Behind all of them: what happened meanwhile is not of the future.
  const at = new Date().toISOString()
  return { at, server: told, database, source: origin, application, backups, restore, space }
}

async function askBackups(
  { backups }: Tools,
  server: Asked<ServerFacts>,
  ask: Ask,
): Promise<Asked<readonly BackupFacts[] | null>> {
  if (backups === undefined) return heard(null)
  if (!server.told) return server
  const { systemIdentifier } = server.facts
  if (systemIdentifier === null)
    return unheard(
      "the server's system identifier could not be read, by which backups are known",
      'Let the account read it: `GRANT EXECUTE ON FUNCTION pg_control_system() TO ...`, then ask again.',
    )
  return await ask('tools for backups', async (limit) => await backups.backups(systemIdentifier, limit), 3 * PART_MS)
}

async function askRestore(
  { hooks }: Tools,
  { config, before, restore }: Assessed,
  signal: AbortSignal,
): Promise<Asked<RestoreTested>> {
  const command = restoreTestOf(config)
  if (command === null)
    return unheard(
      'target.restore_test is not configured',
      'Name a program that restores the last backup and reads it: `target: {restore_test: [bin/restore-test]}`.',
    )
  if (restore === 'run' && hooks !== undefined) {
    const { ok, what, remedy, seconds } = await hooks.restoreTest(command, signal)
    return heard({ at: new Date().toISOString(), ok, what, remedy, seconds })
  }
  if (before?.told === false) return before
  return before?.facts.restoreTest === undefined
    ? unheard('target.restore_test has not run yet', `Run it: \`nightferry check ${config.migration} --target\`.`)
    : heard(before.facts.restoreTest)
}

/** From SQL where the account may, else from the command that the config names. */
async function freeSpace({ ports, hooks }: Tools, { config, home }: Assessed, signal: AbortSignal): Promise<FreeSpace> {
  const command = freeSpaceOf(config)
  const generations = await ports.generations(home.connection, home.published ?? home.database, config.migration)
  const { free, findings: all } = await generations.space({ bytes: 0, databases: 1 })
  const findings = all.filter(({ name }) => OF_THE_LOG.has(name))
  if (free !== null) return { free, by: 'the server', findings }
  const told = command === null || hooks === undefined ? null : await hooks.freeSpace(command, signal)
  return { free: told, by: 'target.free_space', findings }
}

/** How much is free is judged by the database's own size. */
const OF_THE_LOG: ReadonlySet<string> = new Set(['log-space-short', 'log-held-by-slot'])
