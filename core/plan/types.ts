import type { Cast } from '../cast.js'
import type { ForeignKeyRule } from '../catalog.js'
import type { Limits } from '../config/types.js'
import type { Finding, NotCarried } from '../finding.js'

/** What will be made and why. JSON-safe; its hash is over its canonical JSON without estimates and counters. */
export interface Plan {
  readonly format: 1
  readonly migration: string
  readonly source: {
    readonly connection: string
    readonly database: string
    readonly product: string
    readonly version: string
  }
  readonly target: { readonly connection: string; readonly database: string | null; readonly schema: string }
  readonly limits: Limits
  /** In the order of their names; `ordinal` is the index. */
  readonly tables: readonly PlannedTable[]
  readonly decisions: readonly Decision[]
  readonly notCarried: readonly NotCarried[]
  readonly findings: readonly Finding[]
}

export interface PlannedTable {
  readonly ordinal: number
  /** The source's spelling. */
  readonly source: string
  /** The target's name, in the plan's schema. */
  readonly target: string
  readonly comment: string
  readonly columns: readonly PlannedColumn[]
  readonly key: ChunkKey | null
  readonly primaryKey: PlannedIndex | null
  readonly indexes: readonly PlannedIndex[]
  readonly foreignKeys: readonly PlannedForeignKey[]
  readonly enums: readonly PlannedEnum[]
  readonly checks: readonly PlannedCheck[]
  readonly identity: { readonly column: string; readonly next: string } | null
  readonly estimatedRows: number
  readonly estimatedBytes: number
}

export interface PlannedColumn {
  readonly source: string
  readonly target: string
  readonly cast: Cast
  readonly notNull: boolean
  /** A target SQL expression, or null. */
  readonly default: string | null
  readonly comment: string
}

/**
 * The source index whose order cuts the table into chunks: the primary key, else a unique key of NOT NULL columns;
 * the longest prefix of columns whose values can be boundaries. Null in the table: one chunk, starts again.
 */
export interface ChunkKey {
  readonly index: string
  readonly columns: readonly ChunkKeyColumn[]
  /** False where `columns` is a proper prefix, so several rows may share a value. */
  readonly unique: boolean
}

export interface ChunkKeyColumn {
  readonly column: string
  /** Base type, as the source adapter needs it to write the boundary back. */
  readonly type: string
  readonly charset: string | null
  readonly collation: string | null
  readonly descending: boolean
}

export interface PlannedIndex {
  /** The source's name; `PRIMARY` for the primary key. */
  readonly source: string
  readonly target: string
  readonly unique: boolean
  /** Target column names. */
  readonly columns: readonly { readonly column: string; readonly descending: boolean }[]
  readonly comment: string
}

export interface PlannedForeignKey {
  readonly source: string
  readonly target: string
  /** Target names throughout. */
  readonly columns: readonly string[]
  readonly referencedTable: string
  readonly referencedColumns: readonly string[]
  readonly onUpdate: ForeignKeyRule
  readonly onDelete: ForeignKeyRule
}

export interface PlannedEnum {
  /** The type's name in the plan's schema. */
  readonly name: string
  readonly labels: readonly string[]
}

export interface PlannedCheck {
  readonly name: string
  /** A target SQL expression, without CHECK and its outer parentheses. */
  readonly expression: string
}

/** What the data decided once, when the version was applied. */
export interface Decision {
  readonly table: string
  readonly column: string
  readonly question: ProfileQuestion['ask']
  readonly answer: boolean
  /** What was seen, as a sentence: `every value is 0, 1 or NULL (smallest 0, largest 1)`. */
  readonly because: string
}

/** One thing about one column that only its data can tell. */
export interface ProfileQuestion {
  readonly table: string
  readonly column: string
  readonly ask:
    /** Is every value 0, 1 or NULL? */
    | 'boolean'
    /** Do all values and the counter fit a signed 64-bit integer? */
    | 'fits-bigint'
    /** Does every value lie within 00:00:00 and 24:00:00? */
    | 'within-a-day'
}

/** Smallest and largest value as the source prints them; null where the column holds none. */
export interface ProfileAnswer extends ProfileQuestion {
  readonly smallest: string | null
  readonly largest: string | null
}

/** One line of what `apply` shows against the applied version. */
export interface PlanChange {
  readonly change: 'added' | 'removed' | 'changed'
  /** `table orders`, `column orders.flags`, `index orders.idx_customer`, `limit chunk_bytes`. */
  readonly subject: string
  readonly before: string | null
  readonly after: string | null
}
