import type { Halt } from './halt.js'
import { holding } from './holding.js'
import type { RunInput } from './run.js'
import { control, named, PATIENT } from './steps.js'

/**
 * Before anything is looked at: the database that the run is to fill, where it is built aside, and the hook that may say no.
 * Answers with what the report is to say of it.
 */
export async function buildAside({ ref, around }: RunInput, halt: Halt): Promise<readonly string[]> {
  if (around === undefined) return []
  const first = { beforeRows: true }
  const build = () => named(control.buildAside, `build ${ref.target.database} aside`, { ref }, PATIENT)
  const notes = ref.target.published === undefined ? [] : (await holding(halt, build, first)).notes
  if (around.hooks.before_run !== undefined) {
    const input = { ref, moment: 'before_run', applied: around } as const
    await holding(halt, () => named(control.runHook, 'hook before_run', input, PATIENT), first)
  }
  return notes
}
