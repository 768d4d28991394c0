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
  }
  readonly tables: { readonly include: readonly string[]; readonly exclude: readonly string[] }
  readonly casts: readonly CastRule[]
  /** Absent in versions stored before there was such a key: read by `consistencyOf`. */
  readonly consistency?: ConsistencyConfig
  /** Absent as well in old versions: read by `witnessOf`. */
  readonly verify?: VerifyConfig
  readonly limits: Limits
}

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
