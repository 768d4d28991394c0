import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Config } from '../core/config/types.js'
import { parseConfig } from '../core/config/parse.js'
import { EXIT } from './exit-codes.js'
import { Problem } from './problem.js'

export async function readConfig(file: string): Promise<Config> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new Problem(
      EXIT.usage,
      missing ? `there is no file ${file}` : `${file} cannot be read: ${(error as Error).message}`,
      missing ? 'Give the path of the YAML file of the migration.' : 'Correct its permissions.',
      { cause: error },
    )
  }
  const parsed = parseConfig(parse(text))
  if (parsed.ok) return parsed.config
  throw new Problem(
    EXIT.usage,
    parsed.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; '),
    `Correct ${file}.`,
  )
}
