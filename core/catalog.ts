/** The source's schema as its adapter read it: no decision is made yet. Names in the source's spelling. */
export interface SourceCatalog {
  readonly server: { readonly product: string; readonly version: string }
  readonly database: string
  readonly tables: readonly SourceTable[]
  /** Views, triggers, routines, events, sequences: what is not a table. */
  readonly others: readonly SourceObject[]
}

export interface SourceObject {
  readonly kind: 'view' | 'trigger' | 'routine' | 'event' | 'sequence' | 'check' | 'partitioning' | 'table'
  readonly name: string
  readonly table: string | null
  /** The original text, as the source prints it; empty where the account may not see it. */
  readonly definition: string
}

export interface SourceTable {
  readonly name: string
  readonly comment: string
  /** `InnoDB`, `MyISAM`, ... */
  readonly engine: string
  /** What tells it from another table of its name and form, as far as the source says: when it was made, and its id. */
  readonly made?: string
  /** Estimates, from the source's own statistics. */
  readonly estimatedRows: number
  readonly estimatedBytes: number
  readonly columns: readonly SourceColumn[]
  readonly indexes: readonly SourceIndex[]
  readonly foreignKeys: readonly SourceForeignKey[]
  /** The next value that the source would hand out, digits; null without AUTO_INCREMENT. */
  readonly nextIdentity: string | null
  /** Checks and partitioning that belong to this table. */
  readonly extras: readonly SourceObject[]
}

export interface SourceColumn {
  readonly name: string
  readonly type: SourceType
  readonly nullable: boolean
  readonly default: SourceDefault | null
  readonly autoIncrement: boolean
  /** Original text of ON UPDATE, if any. */
  readonly onUpdate: string | null
  readonly generated: { readonly expression: string; readonly stored: boolean } | null
  readonly comment: string
}

export interface SourceType {
  /** `tinyint`, `varchar`, `enum`, ... lower case, without modifiers. */
  readonly base: string
  /** As the source prints it: `int(10) unsigned zerofill`. */
  readonly declared: string
  readonly unsigned: boolean
  readonly zerofill: boolean
  /** Characters, bytes, bits or display width. */
  readonly length: number | null
  readonly precision: number | null
  readonly scale: number | null
  /** Of enum and set, decoded. */
  readonly labels: readonly string[]
  readonly charset: string | null
  readonly collation: string | null
  readonly srid: number | null
  /** MariaDB's alias: longtext with a json_valid check. */
  readonly jsonAlias: boolean
}

export type SourceDefault =
  /** `text` is the value itself, unquoted and decoded; for binary columns hexadecimal digits. */
  | { readonly is: 'constant'; readonly text: string }
  /** current_timestamp in any of its spellings, with its precision. */
  | { readonly is: 'now'; readonly precision: number }
  | { readonly is: 'expression'; readonly original: string }

export interface SourceIndex {
  readonly name: string
  readonly primary: boolean
  readonly unique: boolean
  /** `btree`, `hash`, `fulltext`, `spatial`. */
  readonly method: string
  readonly columns: readonly SourceIndexColumn[]
  readonly comment: string
  /** True where the server takes no query by it, not even one that names it: MariaDB's IGNORED. */
  readonly unusable?: boolean
}

export interface SourceIndexColumn {
  /** Null for a functional part. */
  readonly column: string | null
  readonly expression: string | null
  /** Prefix length in characters, null for the whole column. */
  readonly prefix: number | null
  readonly descending: boolean
}

export type ForeignKeyRule = 'NO ACTION' | 'RESTRICT' | 'CASCADE' | 'SET NULL' | 'SET DEFAULT'

export interface SourceForeignKey {
  readonly name: string
  readonly columns: readonly string[]
  readonly referencedDatabase: string
  readonly referencedTable: string
  readonly referencedColumns: readonly string[]
  readonly onUpdate: ForeignKeyRule
  readonly onDelete: ForeignKeyRule
}
