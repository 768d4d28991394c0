import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { canonicalJson } from '../../core/canonical-json.js'
import type { Context } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { writePrivate } from '../folder.js'
import { Problem } from '../problem.js'
import { patiently, type TargetName } from '../read-api.js'
import type { Session } from '../session.js'

/**
 * Writes a run's evidence to a file that its owner alone may read, since it holds keys. The second line is the evidence as
 * canonical JSON, so that `sed -n 2p FILE | tr -d '\n' | sha256sum` says what stands in the first.
 */
export async function writeEvidence(
  { output, folder }: Context,
  { api }: Session,
  { run, target }: { run: string; target: TargetName },
  file: string,
): Promise<ExitCode> {
  const { sha256, evidence } = await patiently(async () => await api.evidence(target, run))
  const text = canonicalJson(evidence)
  if (createHash('sha256').update(text).digest('hex') !== sha256)
    throw new Problem(
      EXIT.refused,
      'the evidence arrived otherwise than it was written',
      'Ask again; report it if it stays so.',
    )
  try {
    writePrivate(resolve(folder, file), `{"format":1,"sha256":"${sha256}","evidence":\n${text}\n}\n`)
  } catch (error) {
    throw new Problem(EXIT.usage, `${file} cannot be written: ${(error as Error).message}`, 'Name another file.')
  }
  output.text(`evidence of run ${run} is in ${file}; SHA-256 ${sha256}`)
  output.document({ format: 1, migration: evidence.migration, run, file, sha256 })
  return EXIT.done
}
