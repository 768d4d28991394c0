import { type Halted, NOTHING_HALTED, type Trouble } from '../core/hold.js'
import { Held, openSteps } from './open-steps.js'

export { Held, isInterrupted } from './open-steps.js'

/** Which of a workflow's steps a hold stops. Steps run through `run`; whoever starts further ones asks first. */
export interface Halt {
  readonly now: Halted
  /** A failure holds everything, and nobody outside has taken that over yet. */
  readonly troubled: Trouble | null
  /** Whether this table waits, alone or with everything; without a table: whether everything does. */
  holds(table?: number): boolean
  /**
   * Runs a step that a hold cancels: it settles when the step's work is really rolled back, and throws `Held` then. A
   * step of one table is stopped by that table's hold as well.
   */
  run<T>(work: () => Promise<T>, table?: number): Promise<T>
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
  const steps = openSteps<number | undefined>()
  const children: number[] = []
  const listeners = new Set<() => void>()
  const holds = (table?: number): boolean =>
    now.all || troubled !== null || (table !== undefined && now.tables.includes(table))
  const changed = (): void => {
    steps.end((table) => holds(table))
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
    async run(work, table) {
      if (holds(table)) throw new Held()
      return await steps.run(table, work)
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
    isQuiet: () => ![...steps.open(), ...children].some((table) => holds(table)),
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
