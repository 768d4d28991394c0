import { randomBytes } from 'node:crypto'
import { readLastAddress, writeApiFile, writeLastAddress } from './api-file.js'
import { EnvironmentError, type Environment } from './environment.js'
import { log } from './log.js'
import { type ReadApi, startReadApi } from './read-api.js'
import type { Site } from './site.js'

/**
 * Opens the read API and says in `.nightferry` where it is. Where nobody says which port and token, they are those of the
 * last time, as long as that port is free: browsers come back to where they were. Rejects with an EnvironmentError.
 */
export async function openApi({ api, home }: Pick<Environment, 'api' | 'home'>, site: Site): Promise<ReadApi> {
  const last = readLastAddress(home)
  const token = api.token ?? (last?.token || randomBytes(32).toString('base64url'))
  const written = api.token === null ? token : ''
  try {
    const again =
      api.port === 0 && last !== null
        ? await orTaken(startReadApi({ ...api, port: last.port }, token, site, log))
        : null
    const started = again ?? (await startReadApi(api, token, site, log))
    writeApiFile(home, { format: 1, url: started.url, token: written, pid: process.pid })
    if (api.port === 0) writeLastAddress(home, { format: 1, port: Number(new URL(started.url).port), token: written })
    return started
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new EnvironmentError(
      `The read API cannot listen on ${api.host}:${api.port} or write its file (${code ?? message})`,
      'Set NIGHTFERRY_API_LISTEN to another host:port, and NIGHTFERRY_HOME to a folder that may be written.',
      2,
    )
  }
}

/** Null: somebody else listens there, or nobody may. */
async function orTaken(listening: Promise<ReadApi>): Promise<ReadApi | null> {
  try {
    return await listening
  } catch (error) {
    if (['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  }
}
