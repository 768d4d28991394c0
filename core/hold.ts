/** Why a migration waits: a person said so; a failure that a person or time mends; outside its hours; no room. */
export type HoldKind = 'operator' | 'failure' | 'window' | 'resources'

/** One reason of a set: whatever waits goes on when the last one that holds it is lifted. Times are ISO 8601 in UTC. */
export interface Hold {
  /** `h1`, `h2`, ...: never twice in the life of a migration. */
  readonly id: string
  readonly kind: HoldKind
  /** The source's name of the one table that waits; null: everything does. */
  readonly table: string | null
  /** Who put it there: a person, or `nightferry`. */
  readonly by: string
  readonly at: string
  readonly why: string
  /** What a person does about it; null where `resume` is all there is to do. */
  readonly remedy: string | null
  /** It lifts itself: at this time, or, where that is not known, when what it waits for has come. */
  readonly lifts: { readonly when: string; readonly at: string | null } | null
}

/** What a resume did. */
export interface Lifted {
  readonly lifted: readonly Hold[]
  /** What holds still. */
  readonly holds: readonly Hold[]
}

/** Of one migration: more is a mistake of some program, and would not fit through continue-as-new. */
export const MOST_HOLDS = 60

export const MOST_WHY = 400

export const MOST_REMEDY = 1000

/** Of a person's name. */
export const MOST_BY = 100

/** The same person who pauses the same thing twice has one hold, with the newer reason. */
export function addHold(holds: readonly Hold[], hold: Hold): readonly Hold[] {
  const isSame = (one: Hold): boolean =>
    one.kind === hold.kind && one.table === hold.table && (hold.kind !== 'operator' || one.by === hold.by)
  const why = hold.why.slice(0, MOST_WHY)
  const known = holds.find(isSame)
  if (known !== undefined)
    return holds.map((one) => (one === known ? { ...hold, why, id: known.id, at: known.at } : one))
  return [...holds, { ...hold, why }]
}

/**
 * A resume lifts what its own person put there, and failures, which are nobody's; another person's only by its id. A
 * window and what lifts itself stay: a resume does not make it night.
 */
export function liftHolds(
  holds: readonly Hold[],
  { by, table, id }: { readonly by: string; readonly table: string | null; readonly id: string | null },
): Lifted {
  const isMeant = (hold: Hold): boolean =>
    id !== null
      ? hold.id === id && hold.kind !== 'window'
      : hold.table === table && ((hold.kind === 'operator' && hold.by === by) || hold.kind === 'failure')
  return { lifted: holds.filter(isMeant), holds: holds.filter((hold) => !isMeant(hold)) }
}

/** What a run is told: whether all of it waits, and which tables wait alone (ordinals of its plan). */
export interface Halted {
  /** Counts up with each change: an answer names the change that it answers. */
  readonly seq: number
  readonly all: boolean
  readonly tables: readonly number[]
}

export const NOTHING_HALTED: Halted = { seq: 0, all: false, tables: [] }

/** A failure that holds the whole run: what the run tells of it. */
export interface Trouble {
  /** Of the failure. */
  readonly kind: string
  readonly message: string
  readonly remedy: string
  /** It is over when both servers answer, and nobody has to say so. */
  readonly liftsItself: boolean
}

/** More tables than may ever wait alone at a time. */
const MOST_TABLES = 1000

/** Whatever came as one: a signal comes from anybody. */
export function isHalted(value: unknown): value is Halted {
  if (typeof value !== 'object' || value === null) return false
  const { seq, all, tables } = value as Record<string, unknown>
  return (
    Number.isSafeInteger(seq) &&
    typeof all === 'boolean' &&
    Array.isArray(tables) &&
    tables.length <= MOST_TABLES &&
    tables.every((one) => Number.isInteger(one))
  )
}
