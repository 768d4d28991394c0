import { type Halted, NOTHING_HALTED, type Trouble } from '../core/hold.js'
import { Held, openSteps } from './open-steps.js'

export { Held, isInterrupted } from './open-steps.js'

/** What a step is of, by ordinals: it waits with any of them. Absent: of everything. */
export type Tables = number | readonly number[] | undefined

/** Which of a workflow's steps a hold stops. Steps run through `run`; whoever starts further ones asks first. */
export interface Halt {
  readonly now: Halted
  /** A failure holds everything, and nobody outside has taken that over yet. */
  readonly troubled: Trouble | null
  /** Whether any of these tables waits, alone or with everything; without tables: whether everything does. */
  holds(tables?: Tables): boolean
  /**
   * Runs a step that a hold cancels: it settles when the step's work is really rolled back, and throws `Held` then. A
   * step of tables is stopped by a hold of one of them as well.
   */
  run<T>(work: () => Promise<T>, tables?: Tables): Promise<T>
  /** Counts work of a table that has a hold of its own to hear of, as a child does. */
  during<T>(table: number, work: () => Promise<T>): Promise<T>
  /** What holds from now on; cancels what may not go on. News older than what are known change nothing. */
  set(halted: Halted): void
  /** Holds everything from within, until what is set from outside does. */
  trouble(trouble: Trouble): void
  /** Nothing is open any more of what may not go on. */
  isQuiet(): boolean
  /** Told after each change; what it returns ends that. */
  onChange(listener: () => void): () => void
}

export function openHalt(first: Halted = NOTHING_HALTED): Halt {
  let now = first
  let troubled: Trouble | null = null
  const steps = openSteps<Tables>()
  const children: number[] = []
  const listeners = new Set<() => void>()
  const holds = (tables: Tables = []): boolean =>
    now.all || troubled !== null || [tables].flat().some((table) => now.tables.includes(table))
  const changed = (): void => {
    steps.end((tables) => holds(tables))
    for (const listener of listeners) listener()
  }
  return {
    get now() {
      return now
    },
    get troubled() {
      return troubled
    },
    holds,
    async run(work, tables) {
      if (holds(tables)) throw new Held()
      return await steps.run(tables, work)
    },
    async during(table, work) {
      children.push(table)
      try {
        return await work()
      } finally {
        children.splice(children.indexOf(table), 1)
      }
    },
    set(halted) {
      if (halted.seq <= now.seq) return
      now = halted
      if (halted.all) troubled = null
      changed()
    },
    trouble(trouble) {
      troubled ??= trouble
      changed()
    },
    isQuiet: () => ![...steps.open(), ...children].some((tables) => holds(tables)),
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
