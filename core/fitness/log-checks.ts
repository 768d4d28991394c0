import { bytes, moment, plural, seconds } from '../numbers.js'
import type { ArchiverFacts, ServerFacts, StandbyFacts } from './facts.js'
import { green, MONITOR, red, someOf, unknown, type Found } from './result.js'

const SET_ARCHIVE =
  'Set archive_mode = on and archive_command (`pgbackrest --stanza=NAME archive-push %p`, say) or archive_library, and restart the server.'

/** So long a file may wait for the archive while nothing else is archived. */
const MOST_WAIT_MS = 10 * 60_000

/** Is WAL archived, did the last archive succeed, and does nothing wait for it? */
export function walArchive({ settings, archiver, now }: ServerFacts): Found {
  const { archive_mode: mode, archive_command: command, archive_library: library } = settings
  if (mode === null) return unknown('archive_mode could not be read', MONITOR)
  if (mode.value === 'off') return red('archive_mode is off: no WAL is archived', SET_ARCHIVE)
  const hasLibrary = library !== null && library.value !== ''
  if (command?.value === '' && !hasLibrary)
    return red(`archive_mode is ${mode.value}, and neither a command nor a library is set`, SET_ARCHIVE)
  if (command?.value === '(does nothing)' && !hasLibrary)
    return red(
      `archive_mode is ${mode.value}, and archive_command keeps nothing: it succeeds without doing anything`,
      SET_ARCHIVE,
    )
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
  const evidence = `archive_mode is ${mode.value}; ${plural(archived, 'file')} archived, the last at ${moment(lastArchived)}`
  return isLongAgo(lastArchived, now) ? waiting(archiver, evidence, now) : green(evidence)
}

/** The last was long ago: that nothing was written since, or that the command hangs. */
function waiting({ waiting: files, waitingSince: since }: ArchiverFacts, evidence: string, now: string): Found {
  if (files === null) return unknown(`${evidence}; whether files wait for it could not be seen`, MONITOR)
  if (since === null || !isLongAgo(since, now)) return green(evidence)
  return red(
    `${evidence}; ${files === 1 ? '1 file waits' : `${plural(files, 'file')} wait`} for it since ${moment(since)}`,
    'The archive command hangs, or does not come to an end: look at what it does on the server, end it and mend it. WAL is kept there until then.',
  )
}

const isLongAgo = (at: string, now: string): boolean => Date.parse(now) - Date.parse(at) > MOST_WAIT_MS

/** As much as a standby may be behind: by the clock or by what it has to replay, whichever is kinder. */
export const MOST_LAG_SECONDS = 60
export const MOST_LAG_BYTES = 64 * 1024 * 1024
/** Who is that late is not near, however little it is: it replays nothing. */
const FAR_LAG_SECONDS = 3_600

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
  !(lagSeconds !== null && lagSeconds > FAR_LAG_SECONDS && lagBytes !== 0) &&
  ((lagBytes !== null && lagBytes < MOST_LAG_BYTES) || (lagSeconds !== null && lagSeconds < MOST_LAG_SECONDS))

function wordsOf({ name, state, sync, lagSeconds, lagBytes }: StandbyFacts): string {
  const behind = [lagSeconds === null ? null : seconds(lagSeconds), lagBytes === null ? null : bytes(lagBytes)]
  return `${name} ${state} (${sync}), ${behind.filter((one) => one !== null).join(' and ')} behind`
}
