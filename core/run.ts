import type { ProofId } from './proof.js'

/** `20261120-030000`, with `-2` behind it if taken: the run's start in UTC, to the second. */
export type RunId = string

/** `refused`: a night that could not be taken (the migration waited, a run was still under way); nothing was read. */
export type RunState = 'running' | 'complete' | 'complete with rejects' | 'incomplete' | 'refused'

export type RunPhase =
  'schema' | 'clone' | 'indexes' | 'constraints' | 'counters' | 'vacuum' | 'proof' | 'publish' | 'closed'

export type TableState = 'waiting' | 'copying' | 'copied' | 'indexed' | 'done' | 'stopped' | 'skipped'

/** Nothing more is done to its rows in this pass: it stopped, or a person set it aside. */
export const isParked = (state: TableState | undefined): boolean => state === 'stopped' || state === 'skipped'

/** Who set a table aside, why and when (ISO 8601, UTC): it does not keep its run from being complete. */
export interface Skipped {
  readonly by: string
  readonly why: string
  readonly at: string
}

/** The two labels under which rows are read (design, section 5). */
export type ReadLabel = 'best-effort' | 'snapshot'

export function runIdAt(epochMilliseconds: number, taken: ReadonlySet<string>): RunId {
  const iso = new Date(epochMilliseconds).toISOString()
  const id = `${iso.slice(0, 10).replaceAll('-', '')}-${iso.slice(11, 19).replaceAll(':', '')}`
  if (!taken.has(id)) return id
  for (let n = 2; ; n++) if (!taken.has(`${id}-${n}`)) return `${id}-${n}`
}

/** What the entity remembers of a run, and what `runs` lists. Times are ISO 8601 in UTC. */
export interface RunSummary {
  readonly run: RunId
  readonly version: number
  readonly state: RunState
  readonly label: ReadLabel
  readonly started: string
  readonly ended: string | null
  readonly tables: number
  readonly stopped: number
  readonly rows: number
  readonly bytes: number
  /** One sentence: why it is not complete. */
  readonly reason: string | null
  /** Tables that their load proof had stopped and that repairs have mended and proved since; absent where there are none. */
  readonly mended?: { readonly tables: number; readonly by: ProofId }
  /** Tables that a person set aside; absent where there are none. */
  readonly skipped?: number
  /** What became of its database; absent from what no memory has. */
  readonly published?: PublishedState
}

/** Of a run that no ledger knows the end of: it ended before it was registered, or nobody could write it down. */
export const unreadSummary = (
  run: RunId,
  {
    version,
    started,
    ended,
    tables,
    reason,
  }: Pick<RunSummary, 'version' | 'started' | 'tables' | 'reason'> & { readonly ended: string },
): RunSummary => ({
  ...{ run, version, state: 'incomplete', label: 'best-effort', started, ended, tables },
  ...{ stopped: 0, rows: 0, bytes: 0, reason },
})

/**
 * `published`: people read it now, which is so of one run at most. `was published`: they did, until another one took its
 * place. `in place`: there was no database to publish, the rows went where people read them.
 */
export type PublishedState = 'published' | 'was published' | 'not published' | 'in place'

/** What people read is what it built; of runs newest first. */
export const publishedLast = (runs: readonly RunSummary[]): RunSummary | undefined =>
  runs.find(({ published }) => published === 'published')

/** Only this run is what people read by now, whatever runs say of themselves; null: none is. */
export const publishedAlone = (runs: readonly RunSummary[], now: RunId | null): RunSummary[] =>
  runs.map((one) => {
    if (one.run === now) return { ...one, published: 'published' }
    return one.published === 'published' ? { ...one, published: 'was published' } : one
  })

/** The run that a proof is of where nobody names one: what people read, where runs are built aside; else the last one. */
export const runToProve = (runs: readonly RunSummary[], isAside: boolean): RunSummary | undefined =>
  (isAside ? publishedLast(runs) : undefined) ?? lastBegun(runs)

/** The last one that read anything, of runs newest first: nights that were refused stand among them. */
export const lastBegun = (runs: readonly RunSummary[]): RunSummary | undefined =>
  runs.find(({ state }) => state !== 'refused')
