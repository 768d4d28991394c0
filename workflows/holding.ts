import { tell } from './failures.js'
import { Held, isInterrupted, type Halt, type Tables } from './halt.js'
import { troubleOf } from './park.js'

/**
 * Runs a step that sees to failures of its tables itself; a failure that holds the whole run does so: `Held`. Before the first row only what
 * lifts itself holds: nothing is lost yet, and whoever asked is still there to hear of a wrong password.
 */
export async function holding<T>(
  halt: Halt,
  work: () => Promise<T>,
  { beforeRows = false, tables }: { beforeRows?: boolean; tables?: Tables } = {},
): Promise<T> {
  try {
    return await halt.run(work, tables)
  } catch (error) {
    if (isInterrupted(error)) throw error
    const trouble = troubleOf(tell(error))
    if (trouble === null || (beforeRows && !trouble.liftsItself)) throw error
    halt.trouble(trouble)
    throw new Held()
  }
}
