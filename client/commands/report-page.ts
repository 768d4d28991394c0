import { resolve } from 'node:path'
import { bytes as size } from '../../core/numbers.js'
import type { Context } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { writeWhole } from '../folder.js'
import { Problem } from '../problem.js'
import { patiently, type TargetName } from '../read-api.js'
import type { Session } from '../session.js'

/**
 * Writes a run's report to a file as the control worker shows it, as one page that needs nothing beside it. Values are
 * hidden there, so that it may be sent to others. Of a run that is under way: as far as it is.
 */
export async function writePage(
  { output, folder }: Context,
  { api }: Session,
  { migration, run, target }: { migration: string; run: string; target: TargetName },
  file: string,
): Promise<ExitCode> {
  // Asked for first, as data: what a page says of a run that is not there is not for a terminal.
  await patiently(async () => await api.run(target, migration, run))
  const page = await patiently(async () => await api.runPage(migration, run))
  try {
    writeWhole(resolve(folder, file), page)
  } catch (error) {
    throw new Problem(EXIT.usage, `${file} cannot be written: ${(error as Error).message}`, 'Name another file.')
  }
  const bytes = Buffer.byteLength(page)
  output.text(`the page of run ${run} is in ${file} (${size(bytes)})`)
  output.document({ format: 1, file, run, bytes })
  return EXIT.done
}
