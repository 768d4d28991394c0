import type { BackupFacts } from '../../core/fitness/facts.js'
import { unanswered, type BackupTool } from './tool.js'

const TOOL = 'pgBackRest'

/** Of `info --output=json`: what we look at. `error`: pages whose checksum is wrong were backed up. */
interface Stanza {
  readonly name: string
  readonly status: { readonly code: number }
  readonly db: readonly (Cluster & { readonly 'system-id': string })[]
  readonly backup: readonly {
    readonly label: string
    readonly database: Cluster
    readonly error?: boolean | null
    readonly timestamp: { readonly stop: number }
  }[]
}

/** `repo-key` since it knows several repositories. */
interface Cluster {
  readonly id: number
  readonly 'repo-key'?: number
}

/** A repository that it cannot read is told so, and its own exit code is 0. */
const CANNOT_READ = 99

export const PGBACKREST: BackupTool = {
  name: TOOL,
  command: ['pgbackrest', 'info', '--output=json'],
  read(answer, systemIdentifier) {
    // Its identifiers are bare numbers beyond what JSON.parse keeps.
    const exact = answer.replace(/("system-id"\s*:\s*)(\d+)/g, '$1"$2"')
    return (JSON.parse(exact) as Stanza[]).flatMap((stanza) => factsOf(stanza, systemIdentifier))
  },
}

function factsOf(stanza: Stanza, systemIdentifier: string): BackupFacts[] {
  const { name, status, db, backup } = stanza
  if (db.length === 0 && status.code === CANNOT_READ) return [unanswered(TOOL, 'it cannot read its repository')]
  // A stanza outlives its server: what was backed up before an upgrade has another identifier.
  const ours = db.filter((one) => one['system-id'] === systemIdentifier)
  if (ours.length === 0) return []
  const newest = backup
    .filter(({ database }) => ours.some((one) => one.id === database.id && one['repo-key'] === database['repo-key']))
    .toSorted((a, b) => b.timestamp.stop - a.timestamp.stop)[0]
  const last = newest && {
    label: newest.label,
    ended: new Date(newest.timestamp.stop * 1000).toISOString(),
    failed: newest.error === true,
  }
  return [{ tool: TOOL, where: `stanza ${name}`, last: last ?? null }]
}
