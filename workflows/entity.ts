import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow'
import type { RunSummary } from '../core/run.js'
import type { MigrationStatus, ProvingStatus, RunStatus, VersionSummary } from '../core/status.js'
import { migrationAttributes } from './attributes.js'
import type { MigrationInput } from './messages.js'

/** The entity's memory. Lists are replaced, never changed in place. */
export interface Entity {
  readonly migration: string
  readonly searchAttributes: boolean
  target: MigrationStatus['target']
  /** Oldest first. */
  versions: readonly VersionSummary[]
  /** Newest first. */
  runs: readonly RunSummary[]
  applying: boolean
  running: RunStatus | null
  proving: ProvingStatus | null
  /** A verify or a repair has been asked for and has no number yet. */
  numbering: boolean
}

/** With reasons of 400 characters this stays below the 100 KB that continue-as-new may carry. */
const MOST_RUNS = 60
const MOST_VERSIONS = 60
const MOST_REASON = 400

export const openEntity = ({ migration, searchAttributes, state }: MigrationInput): Entity => ({
  migration,
  searchAttributes,
  target: state?.target ?? null,
  versions: state?.versions ?? [],
  runs: state?.runs ?? [],
  applying: false,
  running: null,
  proving: null,
  numbering: false,
})

export const statusOf = ({
  migration,
  target,
  versions,
  applying,
  running,
  proving,
  runs,
}: Entity): MigrationStatus => ({
  format: 1,
  migration,
  target,
  versions,
  applying,
  running,
  proving,
  runs,
})

export function rememberVersion(entity: Entity, version: VersionSummary): void {
  const others = entity.versions.filter(({ number }) => number !== version.number)
  entity.versions = [...others, version].slice(-MOST_VERSIONS)
  show(entity)
}

export function rememberRun(entity: Entity, summary: RunSummary): void {
  const reason = summary.reason === null ? null : summary.reason.slice(0, MOST_REASON)
  entity.runs = [{ ...summary, reason }, ...entity.runs].slice(0, MOST_RUNS)
}

/** Tables of a run may be mended after its end: the rest of what is remembered is how it ended. */
export function rememberMended(entity: Entity, { run, stopped, mended }: RunSummary): void {
  const since = { stopped, ...(mended && { mended }) }
  entity.runs = entity.runs.map((one) => (one.run === run ? { ...one, ...since } : one))
}

/** Why neither a run nor a proof may begin now: they would read and write the same rows. Null: nothing stands against it. */
export function busy({ running, proving, numbering }: Entity): string | null {
  if (running !== null) return `Run ${running.run} is under way`
  if (proving !== null) return `A ${proving.kind} is under way (${proving.proof})`
  return numbering ? 'A verify or repair is about to begin' : null
}

/** What Temporal's UI shows of the migration. */
export function show({ searchAttributes, versions, running, proving, runs }: Entity): void {
  const version = versions.at(-1)
  const last = runs[0]
  const lines = [
    version === undefined ? 'No version applied yet' : `Version **${version.number}**, ${version.tables} tables`,
    running === null ? 'No run under way' : `Run **${running.run}** of version ${running.version} under way`,
    proving === null ? '' : `A ${proving.kind} under way: **${proving.proof}**`,
    last === undefined
      ? ''
      : `Last run **${last.run}**: ${last.state}${last.reason === null ? '' : ` (${last.reason})`}`,
  ]
  setCurrentDetails(lines.filter(Boolean).join('\n\n'))
  if (!searchAttributes) return
  const state = running === null ? (last?.state ?? 'new') : 'running'
  upsertSearchAttributes(migrationAttributes(running === null ? 'idle' : 'run', state))
}
