import type { Finding } from '../../../core/finding.js'
import type { SpaceNeed } from '../../../core/generation.js'
import { describeBytes } from '../../../core/text.js'
import { codeOf } from '../errors.js'
import { literal } from '../quote.js'
import { onServer, rehearse, type Place, type Session } from './place.js'

interface Log {
  /** Bytes that the settings let the log grow to. */
  readonly most: string
  /** May this account see how large it is? */
  readonly seen: boolean
  /** Slots that keep log for somebody who does not come. */
  readonly held: string | null
  readonly slots: string | null
}

/** A file system: its device as df names it, and what is free there. */
interface Disk {
  readonly device: string
  readonly free: number
}

/** See GenerationsPort.space. */
export const spaceFor = (
  place: Place,
  need: SpaceNeed,
): Promise<{ need: number; free: number | null; findings: Finding[] }> =>
  onServer(place, async (session) => {
    const [log] = await session.rows<Log & object>(LOG)
    const [where] = await session.rows<{ path: string }>(PATH, [place.published])
    const disks = await freeBytes(session, where?.path === '' ? '.' : (where?.path ?? '.'))
    const [now] = log!.seen ? await session.rows<{ bytes: string }>(LOG_NOW) : []
    const more = Math.max(0, Number(log!.most) - Number(now?.bytes ?? 0))
    // A log on a disk of its own needs nothing of this one; where that is not known it is counted.
    const apart = disks !== null && disks.data.device !== disks.log.device
    const wanted = need.bytes * need.databases + (apart ? 0 : more)
    const findings = [...logFindings(place, log!), ...diskFindings(place, need, wanted, apart ? 0 : more, disks)]
    if (apart && disks.log.free < more) findings.push(logFull(place, more, disks.log.free))
    return { need: wanted, free: disks?.data.free ?? null, findings }
  })

/** max_wal_size is a wish that is passed now and then; wal_keep_size comes on top. Sizes in MB. */
const LOG = `
  SELECT (1048576 * (SELECT sum(setting::bigint) FROM pg_settings WHERE name IN ('max_wal_size', 'wal_keep_size')))::bigint::text AS most,
    has_function_privilege('pg_ls_waldir()', 'EXECUTE') AS seen,
    (SELECT max(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn))::bigint::text FROM pg_replication_slots WHERE NOT active) AS held,
    (SELECT string_agg(slot_name, ', ' ORDER BY slot_name) FROM pg_replication_slots WHERE NOT active) AS slots`

/** Asked apart: the privilege is looked at before the first row of any statement that names the function. */
const LOG_NOW = 'SELECT coalesce(sum(size), 0)::bigint::text AS bytes FROM pg_ls_waldir()'

/** The table space of the published database, else of template1; '' is the data directory. */
const PATH = `
  SELECT pg_tablespace_location(d.dattablespace) AS path FROM pg_database d
  WHERE d.datname IN ($1, 'template1') ORDER BY d.datname = $1 DESC LIMIT 1`

/** From df on the server's machine: a program there starts in the data directory. Null: the account may run none, or it has no df. */
async function freeBytes(session: Session, path: string): Promise<{ data: Disk; log: Disk } | null> {
  const [{ may } = { may: false }] = await session.rows<{ may: boolean }>(
    `SELECT rolsuper OR pg_has_role('pg_execute_server_program', 'USAGE') AS may FROM pg_roles WHERE rolname = current_user`,
  )
  if (!may) return null
  try {
    let lines: string[] = []
    await rehearse(session, async () => {
      await session.run('CREATE TEMP TABLE nightferry_df (line text)')
      await session.run(`COPY nightferry_df FROM PROGRAM ${literal(`df -Pk -- ${shell(path)} pg_wal/`)}`)
      lines = (await session.rows<{ line: string }>('SELECT line FROM nightferry_df')).map(({ line }) => line)
    })
    const [data, log] = lines.slice(1).map(diskOf)
    return data && log ? { data, log } : null
  } catch (error) {
    // No such program, no privilege after all, or managed servers' own refusals: it cannot be known, and the finding says so.
    if (codeOf(error) === '') throw error
    return null
  }
}

const shell = (path: string): string => `'${path.replaceAll("'", `'\\''`)}'`

/** `/dev/vda 264212084 40325688 55175576 43% /`, in blocks of 1,024. */
function diskOf(line: string): Disk | null {
  const found = /^(.+?)\s+(\d+)\s+(\d+)\s+(-?\d+)\s+\S+%?\s+\//.exec(line)
  return found ? { device: found[1]!, free: Math.max(0, Number(found[4]) * 1024) } : null
}

function diskFindings(
  { connection: subject }: Place,
  need: SpaceNeed,
  wanted: number,
  log: number,
  disks: { data: Disk } | null,
): Finding[] {
  const sum = `${describeBytes(need.bytes)} for each of ${need.databases}${log > 0 ? `, and ${describeBytes(log)} of log` : ''}`
  if (!disks)
    return [
      {
        ...{ name: 'free-space-unknown', severity: 'info', subject },
        message: `A run needs ${describeBytes(wanted)} (${sum}); how much is free on the server is not known from here.`,
        remedy:
          'Name a command in target.free_space that prints the free bytes, or GRANT pg_execute_server_program to the account.',
      },
    ]
  if (disks.data.free >= wanted) return []
  return [
    {
      ...{ name: 'free-space-short', severity: 'blocking', subject },
      message: `A run needs ${describeBytes(wanted)} (${sum}), and ${describeBytes(disks.data.free)} are free on the server.`,
      remedy: 'Free disk space, lower publish.keep or the number of copies, or drop old ones.',
    },
  ]
}

const logFull = ({ connection: subject }: Place, more: number, free: number): Finding => ({
  ...{ name: 'log-space-short', severity: 'blocking', subject },
  message: `The server's log (WAL) may grow by ${describeBytes(more)}, and ${describeBytes(free)} are free on its disk.`,
  remedy: 'Free space there, or lower max_wal_size.',
})

function logFindings({ connection: subject }: Place, { held, slots }: Log): Finding[] {
  if (slots === null) return []
  return [
    {
      ...{ name: 'log-held-by-slot', severity: 'warning', subject },
      message: `Replication slots that nobody reads keep the server's log (WAL): ${slots} (${describeBytes(Number(held ?? 0))} by now). A run writes as much log as it loads.`,
      remedy: 'Start their readers, drop the slots, or set max_slot_wal_keep_size.',
    },
  ]
}
