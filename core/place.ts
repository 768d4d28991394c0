import { generationName } from './generation.js'
import { MEMORY_DATABASE } from './memory.js'
import type { RunId } from './run.js'

/** A database on a target's server. Names, never URLs; safe for Temporal's history. */
export interface Place {
  readonly connection: string
  /** Null: the one of the connection's URL. Never null where it is built aside. */
  readonly database: string | null
  /** Runs are built aside, and this is what people read. Absent: they are built in place. */
  readonly published?: string
}

/** Where a run of what lies at `home` builds. */
export const placeOfRun = (home: Place, run: RunId): Place =>
  home.published === undefined ? home : { ...home, database: generationName(home.published, run) }

/** Where what outlives its runs lies: versions, runs, the audit trail. */
export const memoryOf = ({ connection, database, published }: Place): Place => ({
  connection,
  database: published === undefined ? database : MEMORY_DATABASE,
})
