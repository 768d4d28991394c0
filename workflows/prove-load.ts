import { patched } from '@temporalio/workflow'
import type { StepEnd } from './each-of.js'
import { Held } from './halt.js'
import { holding } from './holding.js'
import { lanesOf, type Pass } from './pass.js'
import { beginProof, closeEarly, prove } from './prove.js'
import { onlyOf } from './retried.js'
import { data, named } from './steps.js'

/** Every run proves its load: a table is `done`, and a run complete, only with a clean proof. */
export async function proveLoad(pass: Pass): Promise<StepEnd> {
  const { ref, cursor, show, halt, knobs } = pass
  show.enter('proof')
  try {
    cursor.proof ??= beginProof(
      ref.run,
      await holding(halt, () =>
        named(data.planProof, 'what there is to prove', { ref, request: null, ...onlyOf(cursor) }),
      ),
    )
    const lanes = { lanes: () => lanesOf(pass), watch: (wake: () => void) => knobs.onChange(wake) }
    const end = await prove({ ref, halt, ...lanes }, cursor.proof, (tables, { stopped }) => {
      cursor.done += tables - stopped
      cursor.stopped += stopped
    })
    if (end === 'done') await holding(halt, () => named(data.closeProof, 'close the proof', { ref, proof: ref.run }))
    return end
  } catch (error) {
    // Runs of before left it open.
    if (!(error instanceof Held) && patched('closes-its-proof')) await closeEarly(ref, ref.run)
    throw error
  }
}
