import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { freePort } from '../../client/embedded/free-port.js'
import { runObtaining } from '../../client/embedded/obtain-process.js'
import { endProcess, identify } from '../../client/embedded/process-identity.js'
import { step, type Report } from '../../client/embedded/steps.js'
import { watchOver } from '../../client/embedded/watchdog.js'
import { serverHome } from './account.js'
import { devFolder, repositoryRoot } from './folder.js'

/** The two servers of other versions that `../shared/tools` brings, from Debian's mirror, without installing anything. */
const SERVERS = {
  mysql: { suite: 'sid', package: 'mysql-server-core', start: 'mysql-start.sh', program: 'mysqld' },
  mariadb: { suite: 'trixie', package: 'mariadb-server-core', start: 'mariadb-start.sh', program: 'mariadbd' },
} as const

export type SharedServer = keyof typeof SERVERS

export interface RunningShared {
  /** `mysql://root@127.0.0.1:PORT` */
  readonly url: string
  stop(): Promise<void>
}

const GRACE_MS = 20_000

/** `../shared` beside the repository, or where NIGHTFERRY_SHARED says. Throws with what to do where it is missing. */
export function sharedFolder(env: NodeJS.ProcessEnv = process.env): string {
  const folder = resolve(env['NIGHTFERRY_SHARED'] || join(repositoryRoot(), '..', 'shared'))
  if (existsSync(join(folder, 'tools')) && existsSync(join(folder, 'datasets'))) return folder
  throw new Error(
    `${folder} with its tools/ and datasets/ is not there: put it there, or name its place with NIGHTFERRY_SHARED.`,
  )
}

/** Fetches the server (once; it stays in `.dev/shared`) and starts it over an empty data folder. */
export async function startShared(which: SharedServer, report: Report, signal: AbortSignal): Promise<RunningShared> {
  const tools = join(sharedFolder(), 'tools')
  const home = serverHome(devFolder('shared')).folder
  const programs = join(home, which)
  await fetchPrograms(which, programs, tools, report, signal)
  const version = execFileSync(join(programs, 'run'), [SERVERS[which].program, '--no-defaults', '--version'])
  const number = /Ver (\d+\.\d+\.\d+)/.exec(version.toString())?.[1] ?? 'of unknown version'
  return await step(report, `${which === 'mysql' ? 'MySQL' : 'MariaDB'} ${number}: start`, async (note) => {
    const data = join(home, `${which}-data-${process.pid}`)
    const port = await freePort()
    const lines: string[] = []
    try {
      await bash(join(tools, SERVERS[which].start), [programs, data, String(port)], signal, (line) => lines.push(line))
    } finally {
      // Started or not: the script leaves the server behind when it is interrupted while it waits.
      if (signal.aborted) await endByFile(join(data, 'my.pid'))
    }
    const server = identify(Number(lines.at(-1)))
    if (server === null) throw new Error(`${SERVERS[which].start} told no process: ${lines.join(' ')}`)
    const callOff = watchOver(server.pid, 'SIGTERM', GRACE_MS)
    note(`127.0.0.1:${port}`)
    const stop = async (): Promise<void> => {
      await endProcess(server, GRACE_MS)
      callOff()
      rmSync(data, { recursive: true, force: true })
    }
    return { url: `mysql://root@127.0.0.1:${port}`, stop }
  })
}

async function fetchPrograms(
  which: SharedServer,
  programs: string,
  tools: string,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  // The last thing that the script makes, so it is there only after a whole fetch.
  if (existsSync(join(programs, 'run'))) return
  const { suite, package: name } = SERVERS[which]
  await step(report, `${name} of Debian ${suite}: fetch it`, async () => {
    rmSync(programs, { recursive: true, force: true })
    await bash(join(tools, 'fetch-debs.sh'), [suite, programs, name], signal)
  })
}

async function bash(
  script: string,
  args: readonly string[],
  signal: AbortSignal,
  onLine?: (line: string) => void,
): Promise<void> {
  await runObtaining({
    command: 'bash',
    args: [script, ...args],
    env: process.env,
    signal,
    deadlineMs: 300_000,
    ...(onLine && { onLine }),
  })
}

async function endByFile(pidFile: string): Promise<void> {
  const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0
  const server = pid > 0 ? identify(pid) : null
  if (server !== null) await endProcess(server, GRACE_MS)
}
