import { userInfo } from 'node:os'
import { EXIT } from '../exit-codes.js'
import { Problem } from '../problem.js'

export type Side = 'source' | 'target'

/** A database as a person typed it, decoded: a URL without a password. */
export interface TypedUrl {
  readonly side: Side
  readonly scheme: 'mysql' | 'postgresql'
  readonly user: string | null
  /** As typed, brackets included; empty for a unix socket. */
  readonly host: string
  readonly port: string | null
  readonly database: string | null
  /** Parameters as typed, in their order. */
  readonly parameters: readonly (readonly [name: string, value: string])[]
}

const SCHEMES = { source: ['mysql', 'mariadb'], target: ['postgresql', 'postgres'] } as const
const EXAMPLE = { source: 'mysql://app@db1/shop', target: 'postgresql:///shop' } as const

/** Which variables a password comes from, best first. */
export const PASSWORD_VARIABLES = {
  source: ['NIGHTFERRY_SOURCE_PASSWORD', 'MYSQL_PWD'],
  target: ['NIGHTFERRY_TARGET_PASSWORD', 'PGPASSWORD'],
} as const

/** As the adapters read it: lazy in the user information, so that a password with any character is noticed. */
const SHAPE =
  /^([a-z][a-z0-9+.-]*):\/\/(?:(.*?)@)?(\[[0-9a-f:.]+\]|[^@/:?#[\]]*)(?::(\d{1,5}))?(?:\/([^/?#@]*))?(?:\?(.*))?$/is

/** Reads what was typed; a Problem with exit 2 for what is no such URL, and for a password in it. */
export function readUrl(side: Side, text: string): TypedUrl {
  const match = SHAPE.exec(text.trim())
  // What was typed is not repeated: it may hold a password.
  if (match === null) throw new Problem(EXIT.usage, `the ${side} is not a URL`, `Write it as ${EXAMPLE[side]}.`)
  const [, scheme = '', login, host = '', port, path = '', query = ''] = match
  checkScheme(side, scheme.toLowerCase())
  const parameters = query.split('&').filter(Boolean).map(pair)
  if (login?.includes(':') || parameters.some(([name]) => name === 'password')) throw passwordTyped(side)
  const named = (name: string): string | null => parameters.find(([n]) => n === name)?.[1] ?? null
  return {
    side,
    scheme: side === 'source' ? 'mysql' : 'postgresql',
    user: decode(login ?? '') || named('user'),
    host,
    port: port ?? null,
    database: decode(path) || named('dbname'),
    parameters,
  }
}

function pair(text: string): [string, string] {
  const at = text.indexOf('=')
  return at < 0 ? [text, ''] : [text.slice(0, at), decode(text.slice(at + 1))]
}

/**
 * What libpq and MySQL's client would fill in from this machine: the worker that reads the connection may have
 * another environment and another user.
 */
export function completed(typed: TypedUrl, env: NodeJS.ProcessEnv, database: string): TypedUrl {
  const account = typed.user ?? (typed.side === 'target' ? env['PGUSER'] : undefined) ?? userInfo().username
  if (typed.side === 'source') return { ...typed, user: account, database }
  const named = new Set(typed.parameters.map(([name]) => name))
  const anywhere = typed.host === '' && !named.has('host') && !named.has('hostaddr') ? env['PGHOST'] : undefined
  const port = typed.port ?? (named.has('port') ? null : (env['PGPORT'] ?? null))
  // A socket's folder is no host name.
  const socket: [string, string][] = anywhere?.startsWith('/') ? [['host', anywhere]] : []
  return {
    ...typed,
    user: account,
    host: socket.length > 0 ? '' : (anywhere ?? typed.host),
    port,
    database,
    parameters: [...typed.parameters.filter(([name]) => name !== 'user' && name !== 'dbname'), ...socket],
  }
}

/** The whole URL; without a password it is what may be shown. */
export function urlText(url: TypedUrl, password: string | null): string {
  const encode = encodeURIComponent
  const login = url.user === null ? '' : `${encode(url.user)}${password === null ? '' : `:${encode(password)}`}@`
  const port = url.port === null ? '' : `:${url.port}`
  const query = url.parameters.map(([name, value]) => `${name}=${encode(value).replaceAll('%2F', '/')}`).join('&')
  return `${url.scheme}://${login}${url.host}${port}/${encode(url.database ?? '')}${query && `?${query}`}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function checkScheme(side: Side, scheme: string): void {
  const allowed: readonly string[] = SCHEMES[side]
  if (allowed.includes(scheme)) return
  // The source is read first: a target of the other kind stands beside a source that was right.
  const swapped = side === 'source' && (SCHEMES.target as readonly string[]).includes(scheme)
  throw new Problem(
    EXIT.usage,
    `the ${side} begins with ${scheme}://, and a ${side} begins with ${allowed.map((s) => `${s}://`).join(' or ')}`,
    swapped
      ? 'Give the source first, then the target; PostgreSQL as a source comes later.'
      : `Write it as ${EXAMPLE[side]}.`,
  )
}

function passwordTyped(side: Side): Problem {
  const [first, second] = PASSWORD_VARIABLES[side]
  const file = side === 'target' ? ', write it to ~/.pgpass' : ''
  return new Problem(
    EXIT.usage,
    `the ${side} URL holds a password, and the process list shows a command line to everyone`,
    `Take it out of the URL and set ${first} or ${second} in the environment${file}, or type it when asked.`,
  )
}
