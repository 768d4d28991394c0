import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { connectionVariable } from '../../core/config/words.js'
import { EXIT } from '../exit-codes.js'
import { ensureFolder, FOLDER, writePrivate } from '../folder.js'
import { Problem } from '../problem.js'

/** One connection as it goes to the workers of this folder. */
export interface Connection {
  readonly name: string
  /** With the password. */
  readonly url: string
  /** Without. */
  readonly shown: string
}

/** Where a connection lies, seen from the folder: `.nightferry/connections/shop-mysql`. */
export const connectionFile = (name: string): string => join(FOLDER, 'connections', name)

/**
 * Writes the connection, password included, readable by its owner only. The same place again replaces it (the
 * password may be new); another place under the name is refused. Returns how to put back what was there.
 */
export function writeConnection(base: string, connection: Connection, env: NodeJS.ProcessEnv): () => void {
  refuseShadowed(connection, env)
  const file = join(base, connectionFile(connection.name))
  const there = existsSync(file) ? readFileSync(file, 'utf8') : null
  if (there !== null && withoutPassword(there.trim()) !== connection.shown)
    throw namesAnother(connection.name, withoutPassword(there.trim()))
  ensureFolder(base)
  mkdirSync(join(base, FOLDER, 'connections'), { recursive: true, mode: 0o700 })
  writePrivate(file, `${connection.url}\n`)
  return () => (there === null ? rmSync(file, { force: true }) : writePrivate(file, there))
}

/** Takes the password out of a URL that `urlText` wrote. */
export const withoutPassword = (url: string): string => url.replace(/^([a-z]+:\/\/[^:@/]*):[^@/]*@/, '$1@')

/** The environment wins over the file: workers would go somewhere else than what was typed. */
function refuseShadowed({ name, url }: Connection, env: NodeJS.ProcessEnv): void {
  const variable = connectionVariable(name)
  const set = [variable, `${variable}_FILE`].find((v) => env[v] !== undefined && env[v] !== url)
  if (set === undefined) return
  throw new Problem(
    EXIT.usage,
    `${set} is set, and workers read it before what quick would write`,
    `Unset ${set}, or run the YAML file with it: nightferry run FILE.`,
  )
}

const namesAnother = (name: string, there: string): Problem =>
  new Problem(
    EXIT.refused,
    `${connectionFile(name)} already names another database: ${there}`,
    'Work in another folder, or remove that file if nothing needs it any more.',
  )
