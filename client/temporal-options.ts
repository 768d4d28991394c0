import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from '@temporalio/client'
import { EXIT } from './exit-codes.js'
import { Problem } from './problem.js'

/** The key and TLS of a Temporal of theirs, from the variables that Temporal's own CLI and our worker read. */
export function connectionSecurity(env: NodeJS.ProcessEnv): Pick<ConnectionOptions, 'apiKey' | 'tls'> {
  const apiKey = env['TEMPORAL_API_KEY']
  const [cert, key] = [fileOf(env, 'TEMPORAL_TLS_CERT'), fileOf(env, 'TEMPORAL_TLS_KEY')]
  const ca = fileOf(env, 'TEMPORAL_TLS_CA')
  const serverName = env['TEMPORAL_TLS_SERVER_NAME']
  if ((cert === null) !== (key === null))
    throw new Problem(EXIT.usage, 'TEMPORAL_TLS_CERT and TEMPORAL_TLS_KEY belong together', 'Set both, or none.')
  const wanted = /^(1|true|yes)$/i.test(env['TEMPORAL_TLS'] ?? '')
  if (!wanted && !apiKey && cert === null && ca === null && !serverName) return {}
  return {
    ...(apiKey && { apiKey }),
    tls: {
      ...(serverName && { serverNameOverride: serverName }),
      ...(ca !== null && { serverRootCACertificate: ca }),
      ...(cert !== null && key !== null && { clientCertPair: { crt: cert, key } }),
    },
  }
}

function fileOf(env: NodeJS.ProcessEnv, variable: string): Buffer | null {
  const path = env[variable]
  if (!path) return null
  try {
    return readFileSync(path)
  } catch (error) {
    throw new Problem(EXIT.usage, `the file of ${variable} cannot be read: ${path}`, `Correct ${variable}.`, {
      cause: error,
    })
  }
}
