import type { ZeroDatePolicy } from '../cast.js'

/** The configuration with every default filled in; what `apply` stores and the planner reads. JSON-safe. */
export interface Config {
  readonly migration: string
  readonly source: { readonly connection: string }
  readonly target: {
    readonly connection: string
    /** Null: the database of the connection's URL. */
    readonly database: string | null
    readonly schema: string
    /** A command that prints the bytes that are free for databases; null or absent: SQL alone is asked. */
    readonly freeSpace?: readonly string[] | null
    /** A connection as the application's own role; null or absent: its rights are not known. */
    readonly application?: string | null
    /** A command that restores the last backup and reads it; null or absent: nobody proves that it can be. */
    readonly restoreTest?: readonly string[] | null
  }
  readonly tables: { readonly include: readonly string[]; readonly exclude: readonly string[] }
  readonly casts: readonly CastRule[]
  /** Absent in versions stored before there was such a key: read by `consistencyOf`. */
  readonly consistency?: ConsistencyConfig
  /** Absent as well in old versions: read by `witnessOf`. */
  readonly verify?: VerifyConfig
  readonly limits: Limits
  /** Null or absent: nights are started by people. */
  readonly schedule?: ScheduleConfig | null
  /** Absent in versions of before there were generations: they are built in place. Read by `publishOf`. */
  readonly publish?: PublishConfig
  /** By name; absent or empty: the generation itself is published. */
  readonly copies?: Readonly<Record<string, { readonly keep: number }>>
  readonly hooks?: HooksConfig
}

/** When nights begin, by the clock of a place. */
export interface ScheduleConfig {
  /** `04:00`, `04:00:30`. */
  readonly at: string
  readonly timeZone: string
  /** Names of days, Monday first: `mon` ... `sun`. */
  readonly days: readonly Day[]
  readonly jitterMs: number
  readonly catchUpMs: number
  /** After its start; null: an hour before the next firing. */
  readonly deadlineMs: number | null
}

export type Day = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'

export interface PublishConfig {
  /** Null: aside where the account is able to, else in place with a finding. */
  readonly mode: 'rebuild' | 'in-place' | null
  /** Previous generations that stay. */
  readonly keep: number
  /** The first time, where nothing is published yet; `grants` are files that the worker reads. */
  readonly create: { readonly owner: string | null; readonly locale: string | null; readonly grants: readonly string[] }
}

export type HookMoment = 'before_run' | 'after_publish' | 'on_news' | 'on_failure'

/** A file of SQL, a command, or the name of an address that the worker knows. */
export type Hook = { readonly sql: string } | { readonly command: readonly string[] } | { readonly http: string }

export type HooksConfig = Readonly<Partial<Record<HookMoment, Hook>>>

/** What a run may take of both servers. */
export interface Limits {
  readonly parallelism: number
  readonly chunkBytes: number
  /** Over all sessions. Absent: no limit. */
  readonly rowsPerSecond?: number
  /** Hours in which rows may be read: `22:00-05:00 Europe/Paris`. Absent: all. */
  readonly window?: string
}

/** Of which moment rows are read. */
export interface ConsistencyConfig {
  /** Null: not said. Then a snapshot is taken where the account is able to, and the run says so where it is not. */
  readonly read: 'snapshot' | 'best-effort' | null
  readonly lockTimeoutMs: number
  /** How long a pause may keep a snapshot. */
  readonly holdMs: number
  readonly onLost: 'best-effort' | 'restart'
  /** Tables whose engine no snapshot covers: read under the lock, or labelled. */
  readonly uncovered: 'lock' | 'label'
}

export interface VerifyConfig {
  /** Share of the rows, 0 to 1. */
  readonly witness: number
}

/** `type` as the source declares it (`tinyint(1)`, `datetime`, `bigint unsigned`), or `column` as `table.column`. */
export interface CastRule {
  readonly type?: string
  readonly column?: string
  readonly to?: string
  readonly onZeroDate?: ZeroDatePolicy
}
