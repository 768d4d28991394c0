import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startChild, untilReady, type Child } from '../../client/embedded/child.js'
import { obtainTemporal } from '../../client/embedded/temporal-binary.js'
import { startTemporal, type RunningTemporal } from '../../client/embedded/temporal-server.js'
import { startMysql } from '../../scripts/servers/mysql.js'
import { startPostgres } from '../../scripts/servers/postgres.js'
import type { RunningServer } from '../../scripts/servers/running-server.js'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Servers and workers that a test may kill: its own, not those of the other tests. */
export interface Machine {
  readonly folder: string
  readonly mysql: RunningServer
  readonly postgres: RunningServer
  readonly temporal: RunningTemporal
  /** `root`: the folder whose `dist` it runs, else ours. */
  startWorker(role: 'control' | 'data', root?: string): Promise<Child>
  /** A command of the product, in the machine's folder. Its workers know `dst`, `src` and each database of the source (`a-b` for `a_b`). */
  nightferry(...args: string[]): Command
  writeConfig(name: string, yaml: string): string
  stop(): Promise<void>
}

export interface Command {
  readonly child: ChildProcess
  /** Resolves when it has ended. */
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>
}

/** Everything anew in `.dev/<use>`; `databases` are the source's, made by whoever loads them; `src` is the first. */
export async function startMachine(use: string, ...databases: string[]): Promise<Machine> {
  const folder = join(ROOT, '.dev', use)
  rmSync(join(folder, 'home'), { recursive: true, force: true })
  rmSync(join(folder, 'temporal'), { recursive: true, force: true })
  const home = join(folder, 'home')
  mkdirSync(home, { recursive: true })
  const report = (): void => {}
  const choice = await obtainTemporal({ report, env: { ...process.env, TEMPORAL_ADDRESS: '' } })
  if (choice.use === 'address') throw new Error('a Temporal of our own is needed, to kill it')
  const [mysql, postgres, temporal] = await Promise.all([
    startMysql({ folder, report }),
    startPostgres(18, { folder, report }),
    startTemporal({ folder: join(folder, 'temporal'), binary: choice, report }),
  ])
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NIGHTFERRY_HOME: home,
    TEMPORAL_ADDRESS: temporal.address,
    NIGHTFERRY_CONNECTION_SRC: `${mysql.url}/${databases[0]}`,
    ...Object.fromEntries(
      databases.map((name) => [`NIGHTFERRY_CONNECTION_${name.toUpperCase()}`, `${mysql.url}/${name}`]),
    ),
    NIGHTFERRY_CONNECTION_DST: postgres.url,
  }
  const workers: Child[] = []
  return {
    folder: home,
    mysql,
    postgres,
    temporal,
    async startWorker(role, root = ROOT) {
      const child = await startWorker(role, join(root, 'dist/worker/main.js'), home, env)
      workers.push(child)
      return child
    },
    nightferry: (...args) => nightferry(args, home, env),
    writeConfig(name, yaml) {
      writeFileSync(join(home, name), yaml)
      return name
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()))
      await Promise.all([mysql.stop(), postgres.stop(), temporal.stop()])
    },
  }
}

async function startWorker(
  role: 'control' | 'data',
  program: string,
  home: string,
  env: NodeJS.ProcessEnv,
): Promise<Child> {
  const logFile = join(home, `${role}.log`)
  const from = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0
  const spec = {
    name: `${role} worker`,
    command: process.execPath,
    args: [program, '--role', role],
    env,
    logFile,
    graceMs: 20_000,
  }
  const child = startChild(spec)
  const ready = async (): Promise<boolean> => readFileSync(logFile).subarray(from).toString().includes('{"ready":true')
  await untilReady(child, spec, ready, { deadlineMs: 30_000 })
  return child
}

function nightferry(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Command {
  const child = spawn(process.execPath, [join(ROOT, 'bin/nightferry.js'), ...args], { cwd, env })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()))
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()))
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
  return { child, ended }
}
