import { readFileSync } from 'node:fs'
import type { Config } from '../core/config/types.js'
import { EXIT } from './exit-codes.js'
import { Problem } from './problem.js'

/** A migration's YAML file; a Problem with exit 2 that names every line that is wrong. */
export async function readConfig(file: string): Promise<Config> {
  const text = readText(file)
  const { problemLine, readConfigText } = await import('./config-file.js')
  const read = readConfigText(text)
  if (read.ok) return read.config
  const lines = read.problems.map((problem) => problemLine(file, problem))
  throw new Problem(EXIT.usage, lines.join('\n'), `Correct ${file}; nothing was sent and nothing was changed.`)
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new Problem(
      EXIT.usage,
      code === 'ENOENT' ? `there is no file ${file}` : `${file} cannot be read: ${message}`,
      "Give the path of the migration's YAML file.",
      { cause: error },
    )
  }
}
