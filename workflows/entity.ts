import { setCurrentDetails, upsertSearchAttributes, uuid4 } from '@temporalio/workflow'
import type { Applied, Around, RunRef } from '../activities/messages.js'
import type { Hold } from '../core/hold.js'
import type { Knobs } from '../core/knobs.js'
import { placeOfRun } from '../core/place.js'
import { publishedAlone, publishedLast, type RunId, type RunSummary } from '../core/run.js'
import type { Scheduled } from '../core/schedule.js'
import type { MigrationStatus, ProvingStatus, RefusedSignal, RunStatus, VersionSummary } from '../core/status.js'
import { migrationAttributes } from './attributes.js'
import { countHolds } from './count-holds.js'
import type { HaltedAnswer, MigrationInput, MigrationState, ReadingAnswer, UnwrittenLine } from './messages.js'

/** The entity's memory. Lists are replaced, never changed in place. */
export interface Entity {
  readonly migration: string
  readonly searchAttributes: boolean
  /** What people read. */
  target: MigrationStatus['target']
  /** Of the applied config; null: an older release applied it, and nothing is done around its runs. */
  around: Around | null
  /** Oldest first. */
  versions: readonly VersionSummary[]
  /** Newest first. */
  runs: readonly RunSummary[]
  applying: boolean
  running: RunStatus | null
  proving: ProvingStatus | null
  /** A verify or a repair has been asked for and has no number yet; or a publish is under way. */
  numbering: boolean
  /** What is to be told to a run or a proof once it has started; null: none is about to. */
  untold: Set<(entity: Entity) => void> | null
  /** What has ended without a word, and is being closed in the ledger. */
  closing: RunStatus | ProvingStatus | null
  /** Told where what runs has ended without a word: closes it. */
  onGone: () => void
  /** Oldest first. */
  holds: readonly Hold[]
  /** Holds that there ever were: the next one's id. */
  holdsEver: number
  /** Changes of what holds; what runs answers with the one that it knows. */
  haltSeq: number
  /** The last answer of what runs now. */
  halted: HaltedAnswer | null
  /** Ordinals of tables that wait alone, by name, in the version that runs. */
  ordinals: Readonly<Record<string, number>>
  /** What it is known by to what it starts. */
  readonly word: string
  knobs: Knobs
  schedule: Scheduled | null
  /** How the last run reads, as far as it is decided. */
  reading: ReadingAnswer | null
  /** Newest first. */
  refused: readonly RefusedSignal[]
  /** Of the audit trail: what the ledger does not have yet, oldest first. */
  unwritten: readonly UnwrittenLine[]
  ownership: MigrationStatus['ownership']
}

/** With reasons of 400 characters this stays below the 100 KB that continue-as-new may carry. */
const MOST_RUNS = 60
/** A migration that is paused for months refuses a night each day: what ran before is not to be forgotten for them. */
const MOST_REFUSED_NIGHTS = 10
const MOST_VERSIONS = 60
const MOST_REASON = 400
const MOST_REFUSED = 10

const NEW: Omit<MigrationState, 'word'> = {
  ...{ target: null, around: null, versions: [], runs: [], running: null, proving: null },
  ...{ holds: [], holdsEver: 0, haltSeq: 0, ordinals: {}, knobs: {}, refused: [], ownership: 'source' },
  ...{ reading: null, schedule: null, unwritten: [] },
}

/** Also from what an older release carried, which knew less. */
export const openEntity = ({ migration, searchAttributes, state }: MigrationInput): Entity => ({
  ...{ migration, searchAttributes },
  ...{ ...NEW, word: state?.word ?? uuid4(), ...state },
  ...{ applying: false, numbering: false, untold: null, closing: null, halted: null },
  onGone: () => {},
})

/** What the next execution begins with. */
export function stateOf(entity: Entity): MigrationState {
  const { target, versions, runs, running, proving, holds, holdsEver, haltSeq, ordinals, knobs, refused } = entity
  const { around, ownership, reading, schedule, word, unwritten } = entity
  return {
    target,
    around,
    versions,
    runs,
    running,
    proving,
    holds,
    holdsEver,
    haltSeq,
    ordinals,
    knobs,
    refused,
    ownership,
    reading,
    schedule,
    word,
    unwritten,
  }
}

export function statusOf(entity: Entity): MigrationStatus {
  const { migration, target, versions, applying, running, proving, runs, holds, knobs, refused } = entity
  const { ownership, schedule } = entity
  const now = { applying, running, proving, holds, knobs, schedule, refused, ownership }
  return { format: 1, migration, target, versions, runs, ...now }
}

/** Of a run that is about to begin, or is under way: where it builds. */
export const refOfRun = (
  { migration, target }: Pick<Entity, 'migration'> & { readonly target: NonNullable<Entity['target']> },
  run: RunId,
  version: number,
): RunRef => ({ migration, run, version, target: placeOfRun(target, run) })

/** A version that was stored, and how its runs are built and what is done around them, where that was told. */
export function noteApplied(
  entity: Entity,
  { version, home, around }: Pick<Applied, 'version' | 'home' | 'around'>,
): void {
  entity.target = home ?? entity.target
  entity.around = around ?? entity.around
  rememberVersion(entity, version)
}

export function rememberVersion(entity: Entity, version: VersionSummary): void {
  const others = entity.versions.filter(({ number }) => number !== version.number)
  entity.versions = [...others, version].slice(-MOST_VERSIONS)
  show(entity)
}

/** A run that is told of twice, or was taken up again, stands there once, with what is newer. */
export function rememberRun(entity: Entity, summary: RunSummary): void {
  const others = entity.runs.filter(({ run }) => run !== summary.run)
  const all = [short(summary), ...aloneWith(summary, others)]
  const nights = all.filter(({ state }) => state === 'refused').slice(0, MOST_REFUSED_NIGHTS)
  const kept = all.filter((one) => one.state !== 'refused' || nights.includes(one))
  const now = publishedLast(kept)
  // What people read may be older than all of those: it gets the last place.
  entity.runs =
    now === undefined || kept.indexOf(now) < MOST_RUNS
      ? kept.slice(0, MOST_RUNS)
      : [...kept.slice(0, MOST_RUNS - 1), now]
}

/** It stands where it stood: a table of it was set aside since its end. */
export function replaceRun(entity: Entity, summary: RunSummary): void {
  const runs = aloneWith(summary, entity.runs)
  entity.runs = runs.map((one) => (one.run === summary.run ? { ...one, ...short(summary) } : one))
}

/** What people read is what one run built: that of the run which was published last. */
const aloneWith = ({ run, published }: RunSummary, runs: readonly RunSummary[]): readonly RunSummary[] =>
  published === 'published' ? publishedAlone(runs, run) : runs

const short = (summary: RunSummary): RunSummary => ({
  ...summary,
  reason: summary.reason === null ? null : summary.reason.slice(0, MOST_REASON),
})

export function rememberRefused(entity: Entity, signal: string, why: string): void {
  const refused = { signal, at: new Date().toISOString(), why: why.slice(0, MOST_REASON) }
  entity.refused = [refused, ...entity.refused].slice(0, MOST_REFUSED)
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
  return numbering ? 'A verify, repair or retry is about to begin, or a publish is under way' : null
}

/** What Temporal's UI shows of the migration. */
export function show({ migration, searchAttributes, versions, running, proving, runs, holds }: Entity): void {
  countHolds(migration, holds)
  const version = versions.at(-1)
  const last = runs[0]
  const lines = [
    ...holds.map(
      ({ id, kind, table, by, why }) =>
        `**Held** (${id}, ${kind}${table === null ? '' : `, ${table}`}) by ${by}: ${why}`,
    ),
    version === undefined ? 'No version applied yet' : `Version **${version.number}**, ${version.tables} tables`,
    running === null ? 'No run under way' : `Run **${running.run}** of version ${running.version} under way`,
    proving === null ? '' : `A ${proving.kind} under way: **${proving.proof}**`,
    last === undefined
      ? ''
      : `Last run **${last.run}**: ${last.state}${last.reason === null ? '' : ` (${last.reason})`}`,
  ]
  setCurrentDetails(lines.filter(Boolean).join('\n\n'))
  if (!searchAttributes) return
  const state = holds.some(({ table }) => table === null)
    ? 'held'
    : running === null
      ? (last?.state ?? 'new')
      : 'running'
  upsertSearchAttributes(migrationAttributes(running === null ? 'idle' : 'run', state))
}
