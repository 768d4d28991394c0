import { readFileSync } from 'node:fs'
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker'
import { EnvironmentError, type TemporalEnvironment, type TlsFiles } from './environment.js'

/** How long a server that does not answer is waited for. */
const CONNECT_MS = 10_000

/** Rejects with an EnvironmentError that says what to do. */
export async function connectTemporal(temporal: TemporalEnvironment): Promise<NativeConnection> {
  const options: NativeConnectionOptions = {
    address: temporal.address,
    ...(temporal.apiKey === null ? {} : { apiKey: temporal.apiKey }),
    ...(temporal.tls === null ? {} : { tls: tlsOf(temporal.tls) }),
  }
  const { address } = temporal
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CONNECT_MS / 1000} s`)), CONNECT_MS)
  })
  try {
    return await Promise.race([NativeConnection.connect(options), late])
  } catch (error) {
    if (error instanceof EnvironmentError) throw error
    throw new EnvironmentError(
      `Temporal does not answer at ${address}: ${reasonOf(error)}`,
      'Start it with `nightferry up`, or correct TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY and TEMPORAL_TLS_*.',
      3,
    )
  } finally {
    clearTimeout(timer)
  }
}

function tlsOf({ cert, key, ca, serverName }: TlsFiles): NonNullable<NativeConnectionOptions['tls']> {
  if ((cert === null) !== (key === null))
    throw new EnvironmentError('TEMPORAL_TLS_CERT and TEMPORAL_TLS_KEY belong together', 'Set both, or none.', 2)
  return {
    ...(serverName === null ? {} : { serverNameOverride: serverName }),
    ...(ca === null ? {} : { serverRootCACertificate: read(ca, 'TEMPORAL_TLS_CA') }),
    ...(cert === null || key === null
      ? {}
      : { clientCertPair: { crt: read(cert, 'TEMPORAL_TLS_CERT'), key: read(key, 'TEMPORAL_TLS_KEY') } }),
  }
}

function read(path: string, variable: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable'
    throw new EnvironmentError(`The file of ${variable} cannot be read (${code})`, `Correct ${variable}: ${path}`, 2)
  }
}

/** The innermost words of the native client, which prints its errors as Rust values. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const innermost = [...text.matchAll(/message: "([^"]+)"/g)].at(-1)?.[1]
  return (innermost ?? text.split('\n')[0] ?? '').slice(0, 200)
}
