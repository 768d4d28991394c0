import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../core/failure.js'

/** `shop-mysql` is looked for as `NIGHTFERRY_CONNECTION_SHOP_MYSQL`. */
export const variableOf = (connection: string): string =>
  `NIGHTFERRY_CONNECTION_${connection.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`

/**
 * The URL of a connection's name: the variable, else the file that `<variable>_FILE` names, else the file that `quick`
 * left in `.nightferry/connections`. Read anew each time, so that a changed password needs no restart.
 */
export function urlOf(
  connection: string,
  variables: Readonly<Record<string, string | undefined>>,
  home: string,
): string {
  const variable = variableOf(connection)
  const direct = variables[variable]?.trim()
  if (direct) return direct
  const file = variables[`${variable}_FILE`]
  if (file) return readUrl(connection, file, `${variable}_FILE`)
  const left = isFileName(connection) ? join(home, '.nightferry', 'connections', connection) : null
  const url = left === null ? null : contentOf(left)
  if (url) return url
  throw new Failure('connection-unknown', `Connection ${connection} is not known to this worker`, {
    remedy: `Set ${variable} (or ${variable}_FILE) in the worker's environment, and start it again.`,
  })
}

function readUrl(connection: string, file: string, variable: string): string {
  const url = contentOf(file)
  if (url) return url
  throw new Failure(
    'connection-unknown',
    `The file with the URL of connection ${connection} cannot be read, or is empty`,
    {
      remedy: `${variable} names a file that the worker must be able to read: one line, the URL.`,
    },
  )
}

/** A name that comes from a config must not lead out of the folder. */
const isFileName = (name: string): boolean => /^[\w][\w.-]*$/.test(name)

/** Trimmed; null where it cannot be read, or is empty. */
export function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim() || null
  } catch {
    return null
  }
}
