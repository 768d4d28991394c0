import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates, type ConnectionOptions } from 'node:tls'
import { Failure } from '../../core/failure.js'
import { isSocket, type Address } from './url.js'

/** What one attempt to connect uses: plain, or TLS with these options. */
export type TlsAttempt = false | ConnectionOptions

/**
 * The attempts that libpq makes under this sslmode, in its order. The driver's own reading of `sslmode` is another
 * one (its `require` verifies, it knows neither `allow` nor a way back to plain), so it never sees the mode.
 * Over a unix socket nobody listens in between: libpq leaves TLS away there, whatever the mode.
 */
export function tlsAttempts(address: Address, connection: string): readonly TlsAttempt[] {
  if (isSocket(address) || address.sslmode === 'disable') return [false]
  const tls = tlsOptions(address, connection)
  if (address.sslmode === 'allow') return [false, tls]
  return address.sslmode === 'prefer' ? [tls, false] : [tls]
}

/** libpq's: a root certificate that is there is used under every mode; only verify-full looks at the host's name. */
function tlsOptions(address: Address, connection: string): ConnectionOptions {
  const ca = rootCertificate(address, connection)
  const client = {
    ...(address.sslcert === null ? {} : { cert: pem(address.sslcert, 'sslcert', connection) }),
    ...(address.sslkey === null ? {} : { key: pem(address.sslkey, 'sslkey', connection) }),
  }
  if (ca === null) return { rejectUnauthorized: false, ...client }
  const anyName = { checkServerIdentity: () => undefined }
  return { rejectUnauthorized: true, ca, ...(address.sslmode === 'verify-full' ? {} : anyName), ...client }
}

function rootCertificate(address: Address, connection: string): string | string[] | null {
  const verifies = address.sslmode === 'verify-ca' || address.sslmode === 'verify-full'
  if (address.sslrootcert === 'system') {
    if (address.sslmode !== 'verify-full') throw unusable(connection, 'sslrootcert=system needs sslmode=verify-full')
    return [...rootCertificates]
  }
  if (address.sslrootcert !== null) return pem(address.sslrootcert, 'sslrootcert', connection)
  const usual = join(homedir(), '.postgresql', 'root.crt')
  if (existsSync(usual)) return pem(usual, 'the usual root certificate', connection)
  if (verifies)
    throw unusable(connection, `sslmode=${address.sslmode} needs a root certificate, and sslrootcert names none`)
  return null
}

function pem(path: string, parameter: string, connection: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw unusable(connection, `the file of ${parameter} cannot be read`, String(error))
  }
}

const unusable = (connection: string, why: string, reason?: string): Failure =>
  new Failure('connection-unknown', `TLS for connection ${connection} cannot be set up: ${why}.`, {
    remedy: 'Give sslrootcert the path of a PEM file that the worker may read, or choose another sslmode.',
    ...(reason === undefined ? {} : { private: { reason } }),
  })
