import type { Finding } from './finding.js'
import type { RunId } from './run.js'

/**
 * A database that one run built aside: `shop_20261120_030000`. Which run built a database stands in a comment on it, which
 * keeps to the database through every renaming and is not copied with it. Every port method throws `Failure` alone.
 */
export interface Generation {
  readonly run: RunId
  /** Its name now: the published one's where it is published and no copies are made. */
  readonly database: string
  readonly published: boolean
  /** ISO 8601: when it, or a copy of it, was published last; null: never. */
  readonly since: string | null
  readonly bytes: number
}

/** A database made from a generation by `CREATE DATABASE ... TEMPLATE`. */
export interface GenerationCopy {
  readonly run: RunId
  /** `ci` of `copies.ci`, `ci-1234` of `nightferry copy shop ci-1234`; null: the published one itself. */
  readonly name: string | null
  readonly database: string
  readonly made: string
  readonly bytes: number
}

/** What the first generation gets, where there is none to take it from. */
export interface CreateSettings {
  readonly owner: string | null
  readonly locale: string | null
  /** SQL texts that the worker has read: run in the generation as its owner. */
  readonly grants: readonly string[]
}

export interface PublishRequest {
  readonly run: RunId
  /** Previous generations that stay. */
  readonly keep: number
  /** The generation stays closed, and a copy of it is published. */
  readonly asCopy: boolean
}

export interface Published {
  readonly run: RunId
  /** What was published before, under its own name now; null: nothing was. */
  readonly previous: { readonly run: RunId | null; readonly database: string } | null
  /** Generations that were dropped since more than `keep` of them were there. */
  readonly dropped: readonly RunId[]
  /** Sessions that were ended, as people know them: user, application, address. */
  readonly ended: readonly { readonly user: string; readonly application: string; readonly client: string }[]
  /** Milliseconds in which no new session could be opened. */
  readonly closedMs: number
}

export interface SpaceNeed {
  /** Bytes that one generation will take, and how many databases of that size are made beside what there is. */
  readonly bytes: number
  readonly databases: number
}

/** Databases of one published name (`shop`) of one migration, on the target's server. */
export interface GenerationsPort {
  /** The name that people connect to, as the config or the connection's URL has it. */
  readonly published: string
  /** May this account build aside? Findings: what stands against it (in-place then), or against publishing at all (blocking). */
  ability(): Promise<{ readonly rebuild: boolean; readonly findings: readonly Finding[] }>
  /** From template0, with encoding and locale, owner, settings and extensions of the published one, else of `first`. Closed to others. Repeatable. */
  create(run: RunId, first: CreateSettings): Promise<string>
  /** Object grants, schema grants and default privileges of the published one, else of `first`: once the tables are there. Repeatable. */
  carryOver(run: RunId, first: CreateSettings): Promise<void>
  /** The database that a run built, whatever its name is now; null: it is gone. */
  locate(run: RunId): Promise<string | null>
  list(): Promise<Generation[]>
  /**
   * Makes the run's generation the published one, or goes back to it. A death in between leaves a state that `settle`, and
   * a repeat, finish. Repeatable.
   */
  publish(request: PublishRequest): Promise<Published>
  /** Finishes or takes back what a killed `publish` left: one open database of the published name. Null: there was nothing. Repeatable. */
  settle(): Promise<Published | null>
  /** What people read is not one of ours from now on: it is built in place. Repeatable. */
  release(): Promise<void>
  /** Refused where it is published. With the copies that are only its own published one. Repeatable. */
  drop(run: RunId): Promise<void>
  copies(): Promise<GenerationCopy[]>
  /** `shop_ci` of `ci`; the same name is replaced; at most `keep` of a config's name (`shop_ci`, then `shop_ci_<run>` are older). Repeatable. */
  copy(run: RunId, name: string, keep: number): Promise<GenerationCopy>
  dropCopy(name: string): Promise<boolean>
  /** `free` null: it cannot be known from SQL on this host. WAL: what max_wal_size and slots may hold. */
  space(
    need: SpaceNeed,
  ): Promise<{ readonly need: number; readonly free: number | null; readonly findings: readonly Finding[] }>
}

/** Of the generations that were published, those that would go if this run's were: `keep` stay beside it. */
export const tooMany = (generations: readonly Generation[], run: RunId, keep: number): RunId[] =>
  generations
    .filter((one) => one.since !== null && one.run !== run)
    .toSorted((one, other) => (one.since! < other.since! ? 1 : -1))
    .slice(keep)
    .map((one) => one.run)

const PG_NAME_BYTES = 63

/** `shop`, `20261120-030000-2` -> `shop_20261120_030000_2`. */
export const generationName = (published: string, run: RunId): string => `${published}_${run.replaceAll('-', '_')}`

/** The longest published name that leaves room for a run's id. */
export const MOST_PUBLISHED_BYTES = PG_NAME_BYTES - '_20261120_030000_99'.length
