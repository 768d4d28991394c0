import { aptInstall, canAptInstall } from '../scripts/servers/apt.js'
import { reportToStderr } from '../scripts/servers/tell.js'
import { findOnPath } from '../client/embedded/temporal-cache.js'

const PACKAGES = { psql: 'postgresql-client', mariadb: 'mariadb-client', pgloader: 'pgloader' } as const

/** Installs what is missing where that is possible; pgloader alone may stay away. */
export async function obtainPrograms(signal: AbortSignal): Promise<{ pgloader: boolean }> {
  const missing = missingPrograms()
  if (missing.length > 0 && canAptInstall())
    await aptInstall(
      missing.map((program) => PACKAGES[program]),
      reportToStderr,
      signal,
    )
  const still = missingPrograms()
  const needed = still.filter((program) => program !== 'pgloader')
  if (needed.length > 0)
    throw new Error(
      `not on PATH: ${needed.join(', ')}. Install ${needed.map((program) => PACKAGES[program]).join(' and ')}.`,
    )
  return { pgloader: !still.includes('pgloader') }
}

const missingPrograms = (): (keyof typeof PACKAGES)[] =>
  (Object.keys(PACKAGES) as (keyof typeof PACKAGES)[]).filter((program) => findOnPath(program, process.env) === null)
