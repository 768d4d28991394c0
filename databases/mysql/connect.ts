import { readFileSync } from 'node:fs'
import { createConnection, type Connection, type ConnectionOptions } from 'mysql2'
import { Failure } from '../../core/failure.js'
import { toFailure, type ErrorContext } from './errors.js'
import { queryText } from './query.js'
import { readVersion, type Server } from './server.js'
import { pinSession } from './session.js'
import type { Address } from './url.js'

/** A session of ours: pinned, read-only, with a raw mysql2 connection (callback style) for the hot path. */
export interface Session {
  readonly raw: Connection
  readonly server: Server
  /** For KILL. */
  readonly threadId: number
}

const CONNECT_MILLISECONDS = 10_000

/** Opens and pins a session. Throws `Failure`: `source-unreachable`, `source-login`, `source-missing`, ... */
export async function openSession(address: Address, connection: string): Promise<Session> {
  let raw: Connection | null = null
  try {
    raw = await open(address, connection)
    const [row] = await queryText(raw, 'SELECT VERSION() AS version, CONNECTION_ID() AS id')
    const server = readVersion(row?.version ?? '')
    await pinSession(raw, server)
    return { raw, server, threadId: Number(row?.id) }
  } catch (error) {
    if (raw) discard(raw)
    throw toFailure(error, aboutConnection(address, connection))
  }
}

/** What an error of this connection may say about it. */
export const aboutConnection = (address: Address, connection: string): ErrorContext => ({
  connection,
  database: address.database,
  user: address.user,
  place: address.socket ?? `${address.host}:${address.port}`,
})

/**
 * Drops a session at once, whatever it is doing. The driver's own `destroy()` and `end()` would leave a running query
 * without an answer for ever, so its socket is ended with an error, which reaches the query or the connection.
 */
export function discard(raw: Connection): void {
  const { stream } = raw as unknown as { readonly stream: { destroy(error: Error): void } }
  stream.destroy(
    Object.assign(new Error('The session was dropped.'), { code: 'PROTOCOL_CONNECTION_LOST', fatal: true }),
  )
}

/** Whether its socket still stands, as far as anybody here knows. */
export const isUsable = ({ raw }: Session): boolean => {
  const { stream } = raw as unknown as { readonly stream?: { readonly destroyed: boolean; readonly readable: boolean } }
  return stream !== undefined && !stream.destroyed && stream.readable
}

async function open(address: Address, connection: string): Promise<Connection> {
  // Over a socket nobody listens in between; MySQL's own client leaves TLS away there as well.
  const offered = address.tls === 'preferred' && address.socket !== null ? 'disabled' : address.tls
  const tls = offered === 'disabled' ? undefined : tlsOptions({ ...address, tls: offered }, connection)
  try {
    return await connectOnce(address, tls)
  } catch (error) {
    const code = (error as { readonly code?: string }).code
    const noTls = code === 'HANDSHAKE_NO_SSL_SUPPORT' || code === 'HANDSHAKE_SSL_ERROR'
    if (offered === 'preferred' && noTls) return await connectOnce(address, undefined)
    throw error
  }
}

function tlsOptions(address: Address, connection: string): NonNullable<ConnectionOptions['ssl']> {
  const verified = address.tls === 'verify-ca' || address.tls === 'verify-identity'
  return {
    rejectUnauthorized: verified,
    verifyIdentity: address.tls === 'verify-identity',
    ...(address.ca === null || !verified ? {} : { ca: readCa(address.ca, connection) }),
  }
}

function readCa(path: string, connection: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Failure('connection-unknown', `The file that ssl-ca of connection ${connection} names cannot be read.`, {
      remedy: 'Give the path of a PEM file that the worker may read.',
      private: { reason: String(error) },
    })
  }
}

function connectOnce(address: Address, ssl: ConnectionOptions['ssl']): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const raw = createConnection({
      ...(address.socket === null ? { host: address.host, port: address.port } : { socketPath: address.socket }),
      user: address.user,
      password: address.password,
      database: address.database,
      ...(ssl === undefined ? {} : { ssl }),
      charset: 'UTF8MB4_GENERAL_CI',
      connectTimeout: CONNECT_MILLISECONDS,
      supportBigNumbers: true,
      bigNumberStrings: true,
      dateStrings: true,
      // No server may ask this machine for a file.
      flags: ['-LOCAL_FILES'],
      connectAttributes: { program_name: 'nightferry' },
    })
    // Stays for the connection's life: the driver repeats a lost connection as an event, which nobody else may hear.
    raw.on('error', reject)
    raw.connect((error) => {
      if (error) {
        discard(raw)
        reject(error)
      } else resolve(raw)
    })
  })
}
