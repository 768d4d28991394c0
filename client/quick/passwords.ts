import type { Output } from '../output.js'
import { lookInPgpass, type PgpassKey } from './pgpass.js'
import { askPassword } from './prompt.js'
import { PASSWORD_VARIABLES, urlText, type TypedUrl } from './url.js'

/**
 * The password of a completed URL: from the environment, from `~/.pgpass` (target), or typed. Null: none, as for an
 * account that the server knows by its socket or trusts.
 */
export async function findPassword(url: TypedUrl, env: NodeJS.ProcessEnv, output: Output): Promise<string | null> {
  for (const variable of PASSWORD_VARIABLES[url.side]) {
    const value = env[variable]
    // An empty one means: there is none, and nobody is asked.
    if (value !== undefined) return value === '' ? null : value
  }
  if (url.side === 'target') {
    const answer = lookInPgpass(env, pgpassKey(url))
    if (answer.found) return answer.password
    if (answer.warning !== null) output.warn(answer.warning)
  }
  const typed = await askPassword(`Password of ${urlText(url, null)} (Enter for none): `)
  return typed === null || typed === '' ? null : typed
}

/** As libpq looks it up: a socket is `localhost`, unless its folder is a special one. */
export function pgpassKey(url: TypedUrl): PgpassKey {
  const named = (name: string): string | undefined => url.parameters.find(([n]) => n === name)?.[1]
  const host = named('host') ?? named('hostaddr') ?? url.host
  return {
    host: host === '' || DEFAULT_SOCKET_FOLDERS.has(host) ? 'localhost' : host.replace(/^\[|\]$/g, ''),
    port: named('port') ?? url.port ?? '5432',
    database: url.database ?? '',
    user: url.user ?? '',
  }
}

const DEFAULT_SOCKET_FOLDERS = new Set(['/var/run/postgresql', '/tmp'])
