import { existsSync } from 'node:fs'
import { isIP } from 'node:net'
import { userInfo } from 'node:os'
import { Failure } from '../../core/failure.js'

/** As MySQL's own client has it: `preferred` takes TLS where the server offers it and goes on without it elsewhere. */
type TlsMode = 'disabled' | 'preferred' | 'required' | 'verify-ca' | 'verify-identity'

/** Where the server is, and as whom we come. Holds the password: never printed, never in a message. */
export interface Address {
  readonly host: string
  readonly port: number
  /** A unix socket's path instead of host and port. */
  readonly socket: string | null
  readonly user: string
  readonly password: string
  readonly database: string
  readonly tls: TlsMode
  /** Path of a file with the certificates that are trusted (PEM). */
  readonly ca: string | null
}

const FORM = 'mysql://USER:PASSWORD@HOST:PORT/DATABASE'

/**
 * Lazy in the user information and strict behind it, so that a password may hold a plain `@`, `#`, `/` or `?`:
 * the first `@` whose rest reads as host, port, database and `name=value` parameters ends it.
 */
const SHAPE =
  /^(?:mysql|mariadb):\/\/(?:(.*?)@)?(\[[0-9a-f:.]+\]|[^@/:?#[\]]*)(?::(\d{1,5}))?(?:\/([^/?#@]*))?(?:\?((?:[\w-]+=[^&]*)(?:&[\w-]+=[^&]*)*)?)?$/is

/** MySQL's and MariaDB's own default, Debian's, Red Hat's, Homebrew's. */
const DEFAULT_SOCKETS = [
  '/run/mysqld/mysqld.sock',
  '/var/run/mysqld/mysqld.sock',
  '/var/lib/mysql/mysql.sock',
  '/tmp/mysql.sock',
]

const TLS_MODES: Readonly<Record<string, TlsMode>> = {
  disabled: 'disabled',
  disable: 'disabled',
  preferred: 'preferred',
  prefer: 'preferred',
  allow: 'preferred',
  required: 'required',
  require: 'required',
  'verify-ca': 'verify-ca',
  'verify-identity': 'verify-identity',
  'verify-full': 'verify-identity',
}

/** Reads a connection's URL. Throws `connection-unknown` (never quoting the URL) for one that it cannot read, `source-missing` for one without a database. */
export function parseUrl(url: string, connection: string): Address {
  const match = SHAPE.exec(url.trim())
  if (!match) throw unreadable(connection, `it does not read as ${FORM}`)
  const [, login, host = '', port, path = '', query = ''] = match
  const colon = login === undefined ? -1 : login.indexOf(':')
  const user = login === undefined ? '' : plain(colon < 0 ? login : login.slice(0, colon))
  const database = plain(path)
  if (database === '') {
    throw new Failure('source-missing', `The URL of connection ${connection} names no database.`, {
      remedy: `Write the database at the end of the URL: ${FORM}.`,
    })
  }
  const options = parameters(query, connection)
  const bare = host.replace(/^\[|\]$/g, '')
  // A CA that nobody checks would be a promise that is not kept: naming one asks for the check.
  const wanted = options.tls ?? 'preferred'
  const checks = options.ca !== null && (options.tls === null || wanted === 'required')
  if (wanted === 'verify-identity' && isIP(bare)) {
    // Node would compare the certificate with `localhost` instead.
    throw unreadable(connection, 'VERIFY_IDENTITY compares the name of the server, and the URL gives an address')
  }
  return {
    host: bare,
    port: Number(port ?? 3306),
    socket: options.socket ?? (host === '' ? defaultSocket(connection) : null),
    user: user === '' ? userInfo().username : user,
    password: colon < 0 || login === undefined ? '' : plain(login.slice(colon + 1)),
    database,
    tls: checks ? 'verify-ca' : wanted,
    ca: options.ca,
  }
}

function parameters(
  query: string,
  connection: string,
): { socket: string | null; tls: TlsMode | null; ca: string | null } {
  const found = { socket: null as string | null, tls: null as TlsMode | null, ca: null as string | null }
  for (const pair of query === '' ? [] : query.split('&')) {
    const at = pair.indexOf('=')
    const name = pair.slice(0, at).toLowerCase().replaceAll('_', '-')
    const value = plain(pair.slice(at + 1))
    if (name === 'socket' || name === 'unix-socket') found.socket = value
    else if (name === 'ssl-ca' || name === 'sslrootcert') found.ca = value
    else if (name === 'sslmode' || name === 'ssl-mode') found.tls = tlsMode(value, connection)
    else throw unreadable(connection, `it has the parameter ${name}; known are socket, ssl-mode and ssl-ca`)
  }
  return found
}

function tlsMode(value: string, connection: string): TlsMode {
  const mode = TLS_MODES[value.toLowerCase().replaceAll('_', '-')]
  if (!mode)
    throw unreadable(connection, 'ssl-mode is one of DISABLED, PREFERRED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY')
  return mode
}

function defaultSocket(connection: string): string {
  const socket = DEFAULT_SOCKETS.find((path) => existsSync(path))
  if (!socket) throw unreadable(connection, 'it names no host, and no MySQL socket is in its usual places')
  return socket
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
    remedy: `Give it as ${FORM}, or mysql://USER:PASSWORD@localhost/DATABASE?socket=/PATH for a unix socket. Special characters of the password may be percent-encoded.`,
  })
