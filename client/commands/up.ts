import type { Context } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { readApiFile } from '../folder.js'
import { interruptible } from '../interrupt.js'
import type { Paint } from '../output.js'
import { Problem } from '../problem.js'
import { holderOf, startMachine } from '../up/machine.js'
import { whereTokenIs } from './page.js'

/** `up`: this folder's Temporal and workers until Ctrl-C, which ends them all: exit 0. */
export async function up(context: Context): Promise<ExitCode> {
  const { output, folder, options } = context
  // --address names a Temporal of theirs, as TEMPORAL_ADDRESS does.
  const env = options.address === undefined ? context.env : { ...context.env, TEMPORAL_ADDRESS: options.address }
  return await interruptible(async (signal) => {
    const machine = await startMachine({ folder, env, say: output.note, signal })
    if (machine === null) throw alreadyUp(folder)
    try {
      const { address, ui } = machine.temporal
      output.text(
        [
          `Temporal at ${address}${ui === null ? '' : `, UI ${output.paint('bold', ui)}`}`,
          `A control and a data worker are ready; their logs are in ${machine.logs}`,
          ...pagesLine(folder, env, output.paint),
          'Commands of this folder find them. Ctrl-C ends all; runs go on with the next `nightferry up`.',
        ].join('\n'),
      )
      output.document({ format: 1, temporal: machine.temporal, logs: machine.logs })
      await aborted(signal)
      output.note('Ending: workers first, then Temporal.')
    } finally {
      await machine.stop()
    }
    return EXIT.done
  })
}

/** Where a browser looks; none where the control worker has just died and comes back elsewhere. */
function pagesLine(folder: string, env: NodeJS.ProcessEnv, paint: Paint): string[] {
  const api = readApiFile(folder)
  return api === null ? [] : [`Pages at ${paint('bold', api.url)}: any user, the password is ${whereTokenIs(env)}`]
}

const alreadyUp = (folder: string): Problem =>
  new Problem(
    EXIT.refused,
    `an \`up\` of this folder is running already (process ${holderOf(folder) ?? 'unknown'})`,
    'Use it: every command of this folder finds it. Or end it with Ctrl-C where it runs.',
  )

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  // A pending promise alone does not keep Node alive; the children's handles may not either.
  const alive = setInterval(() => {}, 60_000)
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  clearInterval(alive)
}
