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
  readonly limits: { readonly parallelism: number; readonly chunkBytes: number }
}

/** `type` as the source declares it (`tinyint(1)`, `datetime`, `bigint unsigned`), or `column` as `table.column`. */
export interface CastRule {
  readonly type?: string
  readonly column?: string
  readonly to?: string
  readonly onZeroDate?: ZeroDatePolicy
}
