import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { startChild, untilReady, type Child } from '../../client/embedded/child.js'
import { runObtaining } from '../../client/embedded/obtain-process.js'
import { findOnPath } from '../../client/embedded/temporal-cache.js'
import { canAptInstall } from './apt.js'

const DEADLINE_MS = 3 * 60_000

/** On PATH, else Debian's package, unpacked into `folder` and not installed. Throws with what to do. */
export async function prometheusBinary(folder: string): Promise<string> {
  const found = findOnPath('prometheus', process.env)
  if (found !== null) return found
  const program = join(folder, 'usr/bin/prometheus')
  if (existsSync(program)) return program
  if (!canAptInstall()) throw new Error('There is no prometheus here: install it, and have it on PATH.')
  mkdirSync(folder, { recursive: true })
  const run = async (command: string, ...args: string[]): Promise<void> =>
    await runObtaining({ command, args, cwd: folder, deadlineMs: DEADLINE_MS, env: { ...process.env, LC_ALL: 'C' } })
  await run('apt-get', '-q', 'update')
  await run('apt-get', '-q', 'download', 'prometheus')
  const archive = readdirSync(folder).find((name) => name.endsWith('.deb'))
  if (archive === undefined) throw new Error(`apt-get download left nothing in ${folder}`)
  await run('dpkg-deb', '-x', archive, '.')
  return program
}

/** Listens on a port of loopback and keeps its data in `folder`; returns when it answers. */
export async function startPrometheus(
  program: string,
  { folder, port, config }: { readonly folder: string; readonly port: number; readonly config: string },
): Promise<Child> {
  const spec = {
    name: 'Prometheus',
    command: program,
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    logFile: join(folder, 'prometheus.log'),
  }
  const child = startChild(spec)
  const isReady = async (): Promise<boolean> =>
    await fetch(`http://127.0.0.1:${port}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  await untilReady(child, spec, isReady, { deadlineMs: 30_000 })
  return child
}
