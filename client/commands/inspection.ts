import type { InspectionDocument } from '../../core/api.js'
import { isBlocked } from '../../core/finding.js'
import { readConfig } from '../read-config.js'
import type { Context } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { inspect } from '../inspect.js'
import { interruptible } from '../interrupt.js'
import { renderCheck, renderPlan } from '../render/plan.js'
import { Problem } from '../problem.js'
import { isName } from './check-target.js'
import { withTemporal } from '../session.js'

/** `check`: can it work? Exit 1 with a blocking finding. */
export async function check(context: Context, file: string): Promise<ExitCode> {
  if (isName(file))
    throw new Problem(
      EXIT.usage,
      `${file} is no file: \`check\` reads the migration's YAML file`,
      `Give the file; or ask whether the target is ready for production: \`nightferry check ${file} --target\`.`,
    )
  return await run(context, 'check', file)
}

/** `plan`: what would be made and why. Exit 1 with a blocking finding. */
export const plan = async (context: Context, file: string): Promise<ExitCode> => await run(context, 'plan', file)

async function run(context: Context, what: 'check' | 'plan', file: string): Promise<ExitCode> {
  const config = await readConfig(file)
  const document: InspectionDocument = await withTemporal(
    context,
    async ({ temporal, api, wait }) =>
      await interruptible(async (signal) => await inspect(temporal, api, what, config, { ...wait, signal })),
  )
  const { output } = context
  const lines = what === 'check' ? renderCheck(document, output.paint) : renderPlan(document, output.paint)
  output.text(lines.join('\n'))
  output.document(document)
  return isBlocked(document.findings) ? EXIT.refused : EXIT.done
}
