import { Failure } from '../../core/failure.js'
import type { Report } from './steps.js'
import { cachedTemporal, fillCache, findOnPath, isExecutable, temporalVersion } from './temporal-cache.js'
import { buildTemporal, downloadTemporal, firstLine, type Way } from './temporal-obtain.js'

/** A Temporal that somebody else runs, or the program that starts one here. */
export type TemporalChoice =
  | { readonly use: 'address'; readonly address: string }
  | { readonly use: 'binary'; readonly path: string; readonly version: string }

export interface ObtainOptions {
  readonly report: Report
  readonly signal?: AbortSignal
  /** PATH, HOME, XDG_CACHE_HOME and TEMPORAL_ADDRESS are read from it. */
  readonly env?: NodeJS.ProcessEnv
  /** Tried in order where no binary is found: the SDK's download and the Go build, unless told. */
  readonly ways?: readonly Way[]
}

/**
 * Finds or obtains the Temporal CLI: TEMPORAL_ADDRESS (none is needed), PATH, the per-user cache, the SDK's download,
 * `go install`. Repeatable; what was obtained stays in the cache. Throws `refused` with what to do where all fail, and
 * the signal's reason when it comes: then nothing is left running, and no half binary in the cache.
 */
export async function obtainTemporal(options: ObtainOptions): Promise<TemporalChoice> {
  const { report, signal, env = process.env, ways = [downloadTemporal, buildTemporal] } = options
  const address = env['TEMPORAL_ADDRESS']
  if (address) return { use: 'address', address }
  const installed = findOnPath('temporal', env)
  if (installed !== null) return await tried(installed)
  const cached = cachedTemporal(env)
  if (isExecutable(cached)) return await tried(cached)
  const tries: string[] = []
  for (const way of ways) {
    signal?.throwIfAborted()
    try {
      return await tried(await fillCache(env, (folder) => way(folder, { env, report, signal })))
    } catch (error) {
      signal?.throwIfAborted()
      tries.push(firstLine(error))
    }
  }
  throw new Failure('refused', `There is no Temporal CLI here, and none could be obtained: ${tries.join('; ')}.`, {
    remedy: `Install the Temporal CLI (https://docs.temporal.io/cli) so that \`temporal\` is on PATH, or set TEMPORAL_ADDRESS to a Temporal of yours.`,
  })
}

async function tried(path: string): Promise<TemporalChoice> {
  try {
    return { use: 'binary', path, version: await temporalVersion(path) }
  } catch (error) {
    throw new Failure('refused', `${path} does not run: ${firstLine(error)}`, {
      remedy: `Remove ${path}, or put a working Temporal CLI in its place.`,
    })
  }
}
