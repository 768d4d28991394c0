/** What is read for the target's fitness; core/fitness/judge.ts makes results of it. Null: it could not be read. Moments are ISO 8601 in UTC. */

/** Of the whole server. */
export interface ServerFacts {
  /** `PostgreSQL 15.18`. */
  readonly product: string
  /** Digits: what backups of this server carry. */
  readonly systemIdentifier: string | null
  /** The server says now, so that moments of it can be compared. */
  readonly now: string
  readonly settings: Readonly<Record<SettingName, Setting | null>>
  readonly archiver: ArchiverFacts | null
  /** Null: this account may not see them. */
  readonly standbys: readonly StandbyFacts[] | null
  /** Sessions that are there now. */
  readonly connections: number | null
}

export type SettingName =
  | 'archive_mode'
  | 'archive_command'
  | 'archive_library'
  | 'wal_level'
  | 'data_checksums'
  | 'fsync'
  | 'full_page_writes'
  | 'max_connections'
  | 'superuser_reserved_connections'
  | 'autovacuum'
  | 'track_counts'
  | 'shared_buffers'
  | 'effective_cache_size'
  | 'work_mem'
  | 'maintenance_work_mem'
  | 'max_wal_size'

export interface Setting {
  /** As SHOW says it, with its unit; of commands only whether there is one: `(set)`, `(does nothing)` (`/bin/true`) or ``. */
  readonly value: string
  /** Nobody ever set it: it is what the program begins with. initdb's own choice of shared_buffers counts as such. */
  readonly untouched: boolean
  /** The server's start command says it (`-c fsync=off`): no ALTER SYSTEM and no file changes it. */
  readonly fixed?: true
}

export interface ArchiverFacts {
  readonly archived: number
  readonly lastArchived: string | null
  readonly failed: number
  readonly lastFailed: string | null
  /** Name of a WAL file. */
  readonly lastFailedWal: string | null
  /** Files that are to be archived now; null: this account may not see them, or the version does not tell. */
  readonly waiting: number | null
  /** Since when the oldest of them waits. */
  readonly waitingSince: string | null
}

export interface StandbyFacts {
  readonly name: string
  /** `streaming`, `catchup`. */
  readonly state: string
  readonly sync: string
  /** What it has not replayed yet: seconds as the server measures them (null: nothing was written lately), and bytes. */
  readonly lagSeconds: number | null
  readonly lagBytes: number | null
}

/** Of the database that people read. */
export interface DatabaseFacts {
  readonly name: string
  readonly encoding: string
  readonly collate: string
  readonly ctype: string
  /** Of sessions as they begin there. */
  readonly timeZone: string
  readonly utcOffsetSeconds: number
  readonly seasonOffsets: SeasonOffsets
  readonly extensions: readonly {
    readonly name: string
    readonly installed: string
    readonly available: string | null
  }[]
  /** Whose library has another version than the one that indexes were made with. */
  readonly collations: readonly { readonly name: string; readonly recorded: string; readonly actual: string | null }[]
  /** Tables for which somebody switched it off. */
  readonly withoutAutovacuum: readonly string[]
  readonly bytes: number
}

/** Of the source, to compare with. */
export interface SourceFacts {
  /** `MariaDB 10.11.19`. */
  readonly product: string
  readonly maxConnections: number | null
  /** The most that were ever there at a time since it started. */
  readonly mostUsed: number | null
  /** `Europe/Paris`; null: it has no name that another server would know. */
  readonly timeZone: string | null
  readonly utcOffsetSeconds: number | null
  /** Null: the server does not know its zone. */
  readonly seasonOffsets: SeasonOffsets | null
}

/** Seconds from UTC when 1 January and 1 July of this year begin in UTC: zones that agree today may differ in summer. */
export type SeasonOffsets = readonly [january: number, july: number]

/** What the application's own role found, in a session of its own. */
export interface ApplicationFacts {
  readonly role: string
  readonly database: string
  /** Null: it came through a socket of the machine, not over the network. */
  readonly address: string | null
  /** It may do whatever it wants: it is no ordinary role. */
  readonly superuser: boolean
  /** The schema of the plan's tables and who owns them (null: none is there), as SQL spells both. */
  readonly schema: string
  readonly owner: string | null
  /** Tables and sequences of the plan that are there. */
  readonly tables: number
  /** Tables of the plan that are not. */
  readonly missing: readonly string[]
  /** Of tables, sequences and the schema: what it lacks there. */
  readonly lacking: readonly Lacking[]
}

export interface Lacking {
  /** `table public."Orders"`, `sequence public.orders_id_seq`, `schema public`. */
  readonly object: string
  readonly privileges: readonly string[]
}

/** Backups that a tool of this worker's machine knows of this very server, by its system identifier. */
export interface BackupFacts {
  /** `pgBackRest`, `Barman`. */
  readonly tool: string
  /** `stanza shop`, `server shop`. */
  readonly where: string
  /** Null: there is none. */
  readonly last: { readonly label: string; readonly ended: string; readonly failed: boolean } | null
}
