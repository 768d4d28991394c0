import { moment, plural, seconds } from '../numbers.js'
import type { BackupFacts } from './facts.js'
import type { RestoreTested } from './gathered.js'
import { green, red, someOf, unknown, type Found } from './result.js'

/** A daily backup and two hours for it to take. */
export const BACKUP_AGE_MS = 26 * 3_600_000

/** A backup that nobody has restored for longer proves little. */
export const RESTORE_AGE_MS = 7 * 24 * 3_600_000

const HERE =
  'Run the control worker where pgBackRest or Barman is installed and configured; or waive it, saying who looks after backups.'

/** Is there a recent backup of this very server? `facts` null: there is no tool that could be asked. */
export function backup(facts: readonly BackupFacts[] | null, at: string): Found {
  if (facts === null) return unknown("neither pgBackRest nor Barman is on this worker's machine", HERE)
  const found = facts.flatMap(({ tool, where, last }) => (last === null ? [] : [{ tool, where, ...last }]))
  const newest = found.toSorted((a, b) => Date.parse(b.ended) - Date.parse(a.ended))[0]
  if (newest === undefined) return red(noneOf(facts), 'Make a backup: `pgbackrest --stanza=NAME backup`, say.')
  const where = `${newest.tool} ${newest.where}: ${newest.label}`
  if (newest.failed)
    return red(`${where} failed at ${moment(newest.ended)}`, `Look at what ${newest.tool} logged, and back up again.`)
  if (Date.parse(at) - Date.parse(newest.ended) > BACKUP_AGE_MS)
    return red(
      `${where} ended at ${moment(newest.ended)}, more than 26 hours ago`,
      'Back up now, and see that it happens daily.',
    )
  return green(`${where} ended at ${moment(newest.ended)}`)
}

const noneOf = (facts: readonly BackupFacts[]): string =>
  facts.length === 0
    ? 'the tools for backups that are here know nothing of this server, by its system identifier'
    : `${someOf(facts.map(({ tool, where }) => `${tool} ${where}`))} ${facts.length === 1 ? 'has' : 'have'} no backup of this server`

/** Did `target.restore_test` succeed, and lately? */
export function restoreTest({ at: tested, ok, what, remedy, seconds: took }: RestoreTested, at: string): Found {
  const evidence = `target.restore_test ${what} after ${seconds(took)}, at ${moment(tested)}`
  if (!ok) return red(evidence, remedy ?? 'Run it by hand as the worker does, and mend what it says.')
  const days = Math.floor((Date.parse(at) - Date.parse(tested)) / 86_400_000)
  if (Date.parse(at) - Date.parse(tested) > RESTORE_AGE_MS)
    return red(`${evidence}: ${plural(days, 'day')} ago`, 'Run it again: `nightferry check NAME --target`.')
  return green(evidence)
}
