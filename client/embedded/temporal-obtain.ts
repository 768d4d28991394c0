import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runObtaining, type ObtainingProcess } from './obtain-process.js'
import { step, type Report } from './steps.js'
import { findOnPath, TEMPORAL_CLI } from './temporal-cache.js'

/** A way to get the Temporal CLI into a folder: returns the binary's path, or throws one line that says why not. */
export type Way = (
  folder: string,
  options: { readonly env: NodeJS.ProcessEnv; readonly report: Report; readonly signal?: AbortSignal | undefined },
) => Promise<string>

const DOWNLOAD_DEADLINE_MS = 180_000
/** Without a byte for so long there is no network, or a wall that drops packets without a word. */
const DOWNLOAD_SILENCE_MS = 8_000
const BUILD_DEADLINE_MS = 20 * 60_000
const MODULE = `github.com/temporalio/cli/cmd/temporal@v${TEMPORAL_CLI}`
/** Lines that `go install -v` prints for it, one a package: for the sign of life. */
const PACKAGES = 1_300

export const downloadTemporal: Way = async (folder, { env, report, signal }) =>
  await step(report, `Temporal CLI ${TEMPORAL_CLI}: download it`, async (note) => {
    // The second place is for tests, which run the sources.
    const places = ['./download-temporal.js', '../../dist/client/embedded/download-temporal.js']
    const program = places
      .map((place) => fileURLToPath(new URL(place, import.meta.url)))
      .find((file) => existsSync(file))
    if (program === undefined) throw new Error('the downloader is not built: npm run build')
    let seen = 0
    let silentSince = performance.now()
    const giveUp = (): string | null => {
      const bytes = bytesIn(folder)
      if (bytes > seen) silentSince = performance.now()
      seen = bytes
      note(`${(bytes / 1e6).toFixed(0)} MB so far`)
      return performance.now() - silentSince > DOWNLOAD_SILENCE_MS
        ? `nothing came for ${DOWNLOAD_SILENCE_MS / 1000} s`
        : null
    }
    try {
      await runObtaining({
        command: process.execPath,
        args: [program, folder, TEMPORAL_CLI],
        env,
        signal,
        deadlineMs: DOWNLOAD_DEADLINE_MS,
        giveUp,
      })
    } catch (error) {
      signal?.throwIfAborted()
      throw new Error(`temporal.download cannot be reached (${downloadReason(error)})`, { cause: error })
    }
    const [name] = readdirSync(folder).filter((file) => file.startsWith('temporal'))
    if (name === undefined) throw new Error('the download left no binary')
    note(null)
    return join(folder, name)
  })

/** The SDK tells a network failure as a stack of causes on one line; its innermost says it best. */
function downloadReason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const told = text.split('\n').find((line) => line.includes('ephemeral server')) ?? firstLine(error)
  return (told.split(/: (?=[a-z])/).at(-1) ?? told).replace(/[\]\s]+$/, '').slice(0, 120)
}

function bytesIn(folder: string): number {
  return readdirSync(folder).reduce(
    (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  )
}

/** Linked into the server but never run over SQLite (clouds, Cassandra, Elasticsearch, xDS): compiled without optimisation. */
const UNUSED = [
  ...['cloud.google.com/...', 'google.golang.org/api/...', 'google.golang.org/grpc/xds/...', 'github.com/aws/...'],
  ...['github.com/envoyproxy/...', 'github.com/cncf/...', 'github.com/olivere/...', 'github.com/gocql/...'],
  ...['github.com/jackc/...', 'github.com/apache/...', 'github.com/uber/...'],
]

/** What shortens the build, measured in docs/decisions/0002: no debug information, no threads inside the compiler. */
const GO_FLAGS = [
  `-ldflags=-s -w -X github.com/temporalio/cli/temporalcli.Version=${TEMPORAL_CLI}`,
  '-gcflags=all=-dwarf=false -c=2',
  ...UNUSED.map((pattern) => `-gcflags=${pattern}=-dwarf=false -c=2 -l -N`),
]

/**
 * `go install` in two steps. The first only says what it would do (`-n`), and fetches the sources for that: Go fetches as many
 * modules at once as it believes to have processors, and waits for the network meanwhile; with 16 it takes half the time.
 */
export const buildTemporal: Way = async (folder, { env, report, signal }) => {
  const go = findOnPath('go', env)
  if (go === null) throw new Error('there is no Go toolchain to build it with')
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const own = { ...env, GOBIN: bin, CGO_ENABLED: '0', TMPDIR: folder }
  const install = async (
    args: readonly string[],
    more: NodeJS.ProcessEnv,
    told: (line: string) => void,
  ): Promise<void> =>
    await goInstall({ command: go, args, env: { ...own, ...more }, cwd: folder, signal, onLine: told })
  await step(report, `Temporal CLI ${TEMPORAL_CLI}: fetch its sources`, async (note) => {
    await install(['-n'], { GOMAXPROCS: '16' }, (line) => {
      if (line.startsWith('go: downloading ')) note(line.slice('go: '.length))
    })
    note(null)
  })
  await step(report, `Temporal CLI ${TEMPORAL_CLI}: build it with Go (2 to 4 minutes on two cores)`, async (note) => {
    let packages = 0
    await install(['-v', ...GO_FLAGS], { GOGC: env['GOGC'] ?? '400' }, (line) => {
      if (PACKAGE_LINE.test(line)) note(`${++packages} of about ${PACKAGES} packages`)
    })
    note(null)
  })
  return join(bin, 'temporal')
}

const PACKAGE_LINE = /^[\w./~-]+$/

async function goInstall(
  work: Omit<ObtainingProcess, 'deadlineMs'> & { onLine: (line: string) => void },
): Promise<void> {
  let said = 'nothing'
  try {
    await runObtaining({
      ...work,
      args: ['install', ...work.args, MODULE],
      deadlineMs: BUILD_DEADLINE_MS,
      onLine: (line) => {
        if (!PACKAGE_LINE.test(line)) said = line
        work.onLine(line)
      },
    })
  } catch (error) {
    work.signal?.throwIfAborted()
    throw new Error(`go install ${MODULE} failed: ${said}`, { cause: error })
  }
}

export const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
