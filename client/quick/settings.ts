import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../../core/config/types.js'
import { writeConfig } from '../config-template.js'
import { problemLine, readConfigText } from '../config-file.js'
import { EXIT } from '../exit-codes.js'
import { Problem } from '../problem.js'

/** A migration's name from its source database: `My Shop 2` becomes `my-shop-2`. */
export function migrationName(database: string): string {
  const word = database
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^[-_]+|-+$/g, '')
  return (/^[a-z]/.test(word) ? word : `db-${word}`.replace(/-+$/, '')).slice(0, 40)
}

/** What quick runs: every default, with names in place of URLs. */
export function quickConfig(migration: string, database: string): Config {
  const names = `source: {connection: ${migration}-mysql}\ntarget: {connection: ${migration}-pg}`
  // Whoever gave a target's URL looks for the tables there.
  const text = `migration: ${migration}\n${names}\npublish: {mode: in-place}\n`
  const read = readConfigText(text)
  if (!read.ok) throw new Error(read.problems.map((p) => p.sentence).join('; '))
  return { ...read.config, target: { ...read.config.target, database } }
}

export interface Settled {
  readonly config: Config
  readonly file: string
  /** True where the file was there, and differs from what quick would write. */
  readonly theirs: boolean
  /** Removes the file if this call made it. */
  takeBack(): void
}

/** Writes the YAML that quick runs, or uses the one that is there; refuses one that is about other databases. */
export function settle(folder: string, wanted: Config): Settled {
  const file = `${wanted.migration}.yaml`
  const path = join(folder, file)
  if (!existsSync(path)) {
    writeFileSync(path, writeConfig(wanted, file), { flag: 'wx' })
    return { config: wanted, file, theirs: false, takeBack: () => rmSync(path, { force: true }) }
  }
  const text = readFileSync(path, 'utf8')
  const read = readConfigText(text)
  if (!read.ok)
    throw new Problem(
      EXIT.usage,
      read.problems.map((problem) => problemLine(file, problem)).join('\n'),
      `Correct ${file}, or move it away; nothing was sent and nothing was changed.`,
    )
  if (!isSame(read.config, wanted))
    throw new Problem(
      EXIT.refused,
      `${file} is there already, and is not about this source and target`,
      `Run it as it is: nightferry run ${file}. Or move it away, or work in another folder.`,
    )
  return { config: read.config, file, theirs: text !== writeConfig(wanted, file), takeBack: () => {} }
}

const isSame = (a: Config, b: Config): boolean =>
  a.migration === b.migration &&
  a.source.connection === b.source.connection &&
  a.target.connection === b.target.connection &&
  (a.target.database ?? b.target.database) === b.target.database
