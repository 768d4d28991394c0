import type { BackupFacts } from '../../core/fitness/facts.js'
import type { BackupTool } from './tool.js'

const TOOL = 'Barman'

/**
 * Of `barman diagnose`, which prints JSON: the one command that tells each backup's system identifier, also while its
 * server is away. It prints passwords of `conninfo` too: nothing else is kept of it.
 */
interface Diagnosis {
  readonly servers: Readonly<Record<string, Server>>
}

interface Server {
  /** Both null while the server is away. */
  readonly status: { readonly postgres_systemid?: string | null; readonly streaming_systemid?: string | null }
  readonly backups: Readonly<Record<string, Backup>>
}

interface Backup {
  readonly backup_id: string
  readonly status: string
  readonly systemid: string | null
  readonly begin_time: string | null
  readonly end_time: string | null
}

/** The others are under way, or wait for their last WAL: neither there nor failed. */
const ENDED = ['DONE', 'FAILED']

export const BARMAN: BackupTool = {
  name: TOOL,
  command: ['barman', 'diagnose'],
  read: (answer, systemIdentifier) =>
    Object.entries((JSON.parse(answer) as Diagnosis).servers).flatMap(([name, server]) =>
      factsOf(name, server, systemIdentifier),
    ),
}

function factsOf(name: string, { status, backups }: Server, systemIdentifier: string): BackupFacts[] {
  const ours = Object.values(backups).filter(({ systemid }) => systemid === systemIdentifier)
  const isHere = [status.postgres_systemid, status.streaming_systemid].includes(systemIdentifier)
  if (ours.length === 0 && !isHere) return []
  const newest = ours
    .filter((backup) => ENDED.includes(backup.status) && Number.isFinite(endOf(backup)))
    .toSorted((a, b) => endOf(b) - endOf(a))[0]
  const last = newest && {
    label: newest.backup_id,
    ended: new Date(endOf(newest)).toISOString(),
    failed: newest.status === 'FAILED',
  }
  return [{ tool: TOOL, where: `server ${name}`, last: last ?? null }]
}

/** One that failed has no end: it counts from its beginning. */
const endOf = ({ end_time: end, begin_time: begin }: Backup): number => Date.parse(end ?? begin ?? '')
