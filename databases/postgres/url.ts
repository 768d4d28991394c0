import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { Failure } from '../../core/failure.js'

const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
export type SslMode = (typeof SSL_MODES)[number]

/** Where the server is, and as whom we come. Holds the password: never printed, never in a message. */
export interface Address {
  /** A name, an address, or the folder of a unix socket (begins with `/`). */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  readonly sslmode: SslMode
  /** Paths of PEM files, or `system` for the certificates that this machine trusts. */
  readonly sslrootcert: string | null
  readonly sslcert: string | null
  readonly sslkey: string | null
  /** libpq's `options`: `-c geqo=off`. */
  readonly options: string | null
}

const FORM = 'postgresql://USER:PASSWORD@HOST:PORT/DATABASE'

/**
 * Lazy in the user information and strict behind it, so that a password may hold a plain `@`, `#`, `/` or `?`:
 * the first `@` whose rest reads as host, port, database and `name=value` parameters ends it.
 */
const SHAPE =
  /^(?:postgresql|postgres):\/\/(?:(.*?)@)?(\[[0-9a-f:.]+\]|[^@/:?#[\]]*)(?::(\d{1,5}))?(?:\/([^/?#@]*))?(?:\?((?:[\w-]+=[^&]*)(?:&[\w-]+=[^&]*)*)?)?$/is

/** libpq's parameters that change nothing here: our sessions set their own name, keepalives and encodings. */
const HARMLESS = new Set([
  'application_name',
  'fallback_application_name',
  'client_encoding',
  'connect_timeout',
  'sslsni',
])
const HARMLESS_START = ['keepalives', 'gss', 'krb', 'channel_binding', 'tcp_user_timeout', 'target_session_attrs']

/** Where libpq as Debian, then as PostgreSQL itself builds it looks for a server on this machine. */
const SOCKET_FOLDERS = ['/var/run/postgresql', '/tmp']

/**
 * Reads a connection's URL as libpq does, without its environment variables and files: whoever wrote the connection
 * has resolved those. Throws `connection-unknown` (never quoting the URL) for one that it cannot read.
 */
export function parseUrl(url: string, connection: string): Address {
  const match = SHAPE.exec(url.trim())
  if (!match) throw unreadable(connection, `it does not read as ${FORM}`)
  const [, login, host = '', port, path = '', query = ''] = match
  const given = parameters(query, connection)
  const colon = login === undefined ? -1 : login.indexOf(':')
  const user = given.user ?? plain(login === undefined ? '' : colon < 0 ? login : login.slice(0, colon)) ?? ''
  const password = given.password ?? (login === undefined || colon < 0 ? '' : plain(login.slice(colon + 1)))
  const account = user === '' ? userInfo().username : user
  const portNumber = portOf(given.port ?? port ?? '5432', connection)
  return {
    host:
      given.hostaddr ?? given.host ?? (host === '' ? socketFolder(portNumber) : plain(host.replace(/^\[|\]$/g, ''))),
    port: portNumber,
    user: account,
    password,
    database: given.dbname ?? (path === '' ? account : plain(path)),
    sslmode: sslMode(given.sslmode ?? 'prefer', connection),
    sslrootcert: given.sslrootcert ?? null,
    sslcert: given.sslcert ?? null,
    sslkey: given.sslkey ?? null,
    options: given.options ?? null,
  }
}

/** What messages call the place: `db1:5432`, or the socket. No account, no password. */
export const placeOf = (address: Address): string =>
  isSocket(address) ? `${address.host}/.s.PGSQL.${address.port}` : `${address.host}:${address.port}`

export const isSocket = (address: Address): boolean => address.host.startsWith('/')

const NAMES = [
  'host',
  'hostaddr',
  'port',
  'user',
  'password',
  'dbname',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'options',
] as const
type Given = Partial<Record<(typeof NAMES)[number], string>>

function parameters(query: string, connection: string): Given {
  const given: Given = {}
  for (const pair of query === '' ? [] : query.split('&')) {
    const at = pair.indexOf('=')
    const name = pair.slice(0, at)
    const known = NAMES.find((n) => n === name)
    if (known) given[known] = plain(pair.slice(at + 1))
    else if (!HARMLESS.has(name) && !HARMLESS_START.some((start) => name.startsWith(start)))
      throw unreadable(connection, `it has the parameter ${name}; known are ${NAMES.join(', ')}`)
  }
  return given
}

function sslMode(value: string, connection: string): SslMode {
  const mode = SSL_MODES.find((known) => known === value)
  if (!mode) throw unreadable(connection, `sslmode is one of ${SSL_MODES.join(', ')}`)
  return mode
}

function portOf(text: string, connection: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw unreadable(connection, 'its port is not 1 to 65535')
  return port
}

function socketFolder(port: number): string {
  return SOCKET_FOLDERS.find((folder) => existsSync(`${folder}/.s.PGSQL.${port}`)) ?? SOCKET_FOLDERS[0]!
}

/** Percent-decoded; a `%` that starts no escape stands for itself, as in a password typed plainly. */
function plain(text: string): string {
  try {
    return decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, '%25'))
  } catch {
    return text
  }
}

const unreadable = (connection: string, why: string): Failure =>
  new Failure('connection-unknown', `The URL of connection ${connection} cannot be used: ${why}.`, {
    remedy: `Give it as ${FORM}, or postgresql:///DATABASE?host=/FOLDER for a unix socket. Special characters of the password may be percent-encoded.`,
  })
