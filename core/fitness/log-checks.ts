import { bytes, moment, plural, seconds } from '../numbers.js'
import type { ServerFacts, StandbyFacts } from './facts.js'
import { green, MONITOR, red, someOf, unknown, type Found } from './result.js'

const SET_ARCHIVE =
  'Set archive_mode = on and archive_command (`pgbackrest --stanza=NAME archive-push %p`, say) or archive_library, and restart the server.'

/** Is WAL archived, and did the last archive succeed? */
export function walArchive({ settings, archiver }: ServerFacts): Found {
  const { archive_mode: mode, archive_command: command, archive_library: library } = settings
  if (mode === null) return unknown('archive_mode could not be read', MONITOR)
  if (mode.value === 'off') return red('archive_mode is off: no WAL is archived', SET_ARCHIVE)
  const isNothingSet = command?.value === '' && (library?.value ?? '') === ''
  if (isNothingSet) return red(`archive_mode is ${mode.value}, and neither a command nor a library is set`, SET_ARCHIVE)
  if (archiver === null) return unknown(`archive_mode is ${mode.value}; what became of it could not be read`, MONITOR)
  const { archived, lastArchived, lastFailed, lastFailedWal, failed } = archiver
  if (lastFailed !== null && (lastArchived === null || lastFailed >= lastArchived))
    return red(
      `the last archive failed: ${lastFailedWal ?? 'a file'} at ${moment(lastFailed)} (${plural(failed, 'failure')})`,
      "Look at the server's log for what the archive command says, and mend it: WAL is kept on the server until it succeeds.",
    )
  if (lastArchived === null)
    return red(
      `archive_mode is ${mode.value}, and nothing was archived yet`,
      'Have a file archived and ask again: `SELECT pg_switch_wal();`',
    )
  return green(
    `archive_mode is ${mode.value}; ${plural(archived, 'file')} archived, the last at ${moment(lastArchived)}`,
  )
}

/** As much as a standby may be behind: by the clock or by what it has to replay, whichever is kinder. */
export const MOST_LAG_SECONDS = 60
export const MOST_LAG_BYTES = 64 * 1024 * 1024

const ATTACH =
  'Attach a standby: `pg_basebackup -R` from this server into an empty data directory on another machine, and start it.'

/** At least one standby streams and is not far behind. */
export function standby({ standbys }: ServerFacts): Found {
  if (standbys === null) return unknown('standbys could not be seen', MONITOR)
  // What replays nothing keeps WAL (pg_receivewal), and nobody could take over with it.
  const known = standbys.filter(({ lagBytes, lagSeconds }) => lagBytes !== null || lagSeconds !== null)
  if (known.length === 0) return red('no standby is attached', ATTACH)
  const near = known.find((one) => one.state === 'streaming' && isNear(one))
  if (near !== undefined) return green(`${plural(known.length, 'standby', 'standbys')}: ${wordsOf(near)}`)
  return red(
    someOf(known.map(wordsOf)),
    'Look at why it is behind or does not stream: its log, the network between both, `pg_wal_replay_resume()` where replay is paused.',
  )
}

const isNear = ({ lagSeconds, lagBytes }: StandbyFacts): boolean =>
  (lagBytes !== null && lagBytes < MOST_LAG_BYTES) || (lagSeconds !== null && lagSeconds < MOST_LAG_SECONDS)

function wordsOf({ name, state, sync, lagSeconds, lagBytes }: StandbyFacts): string {
  const behind = [lagSeconds === null ? null : seconds(lagSeconds), lagBytes === null ? null : bytes(lagBytes)]
  return `${name} ${state} (${sync}), ${behind.filter((one) => one !== null).join(' and ')} behind`
}
