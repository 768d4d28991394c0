import { findOnPath } from '../../client/embedded/temporal-cache.js'
import type { Report } from '../../client/embedded/steps.js'
import { aptInstall, canAptInstall } from './apt.js'

/** `pgbackrest` on PATH; else, as root on Debian or Ubuntu, theirs by apt. Throws with what to do. */
export async function obtainPgbackrest(report: Report, signal = new AbortController().signal): Promise<string> {
  const find = (): string | null => findOnPath('pgbackrest', process.env)
  if (find() === null && canAptInstall()) await aptInstall(['pgbackrest'], report, signal)
  const found = find()
  if (found !== null) return found
  throw new Error('There is no pgbackrest here: install it, and have it on PATH.')
}
