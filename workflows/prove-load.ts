import { patched } from '@temporalio/workflow'
import { beginProof, closeEarly, prove } from './prove.js'
import type { RunCursor, RunInput, StepEnd } from './run.js'
import type { Show } from './show-run.js'
import { data, named } from './steps.js'

/** The run's own proof: T against S0 of every table, with a sample for the witness. Its id is the run's. */
export async function proveLoad({ ref }: RunInput, cursor: RunCursor, show: Show): Promise<StepEnd> {
  show.enter('proof')
  const { parallelism } = cursor.prepared
  cursor.proof ??= beginProof(ref.run, await named(data.planProof, 'what there is to prove', { ref, request: null }))
  try {
    const end = await prove(ref, parallelism, cursor.proof, (tables, { stopped }) => {
      cursor.done += tables - stopped
      cursor.stopped += stopped
    })
    if (end === 'done') await named(data.closeProof, 'close the proof', { ref, proof: ref.run })
    return end
  } catch (error) {
    // Runs of before left it open.
    if (patched('closes-its-proof')) await closeEarly(ref, ref.run)
    throw error
  }
}
