import { spawn } from 'node:child_process'
import type { Context } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { Problem } from '../problem.js'
import { WorkerGroup } from '../up/many-workers.js'
import { workerProgram } from '../up/worker-process.js'

const ROLES = ['control', 'data', 'all']

/** More than any machine has cores for. */
const MOST_PROCESSES = 64

export interface WorkerOptions {
  readonly role: string
  /** As typed; absent: one process, which is not started again. */
  readonly processes?: string
  readonly metricsPort?: string
}

/**
 * `worker`: becomes the worker, as far as Node lets it: same terminal, same signals, its exit code. With `--processes` it
 * looks after that many data workers.
 */
export async function worker(context: Context, options: WorkerOptions): Promise<ExitCode> {
  const { role } = options
  if (!ROLES.includes(role))
    throw new Problem(EXIT.usage, `there is no role ${role}`, `Take one of ${ROLES.join(', ')}.`)
  const { address, namespace } = context.where()
  const port = portOf(options.metricsPort ?? context.env['NIGHTFERRY_METRICS_PORT'])
  const env = {
    ...context.env,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    ...(port !== null && { NIGHTFERRY_METRICS_PORT: String(port) }),
  }
  const processes = processesOf(options)
  return processes === null ? await one(role, env) : await many(context, role, processes, port, env)
}

async function one(role: string, env: NodeJS.ProcessEnv): Promise<ExitCode> {
  const child = spawn(process.execPath, [workerProgram(), '--role', role], { stdio: 'inherit', env })
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal)
  // A terminal's Ctrl-C reaches the child by itself; this keeps us there until it has drained.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', pass)
  return await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve(exitOf(code, signal)))
  })
}

async function many(
  { output }: Context,
  role: string,
  processes: number,
  metricsPort: number | null,
  env: NodeJS.ProcessEnv,
): Promise<ExitCode> {
  const group = new WorkerGroup({ role, processes, metricsPort, env, say: (text) => output.note(text) })
  process.on('SIGINT', () => group.expectEnd())
  process.on('SIGTERM', (signal) => group.stop(signal))
  return (await group.run()) as ExitCode
}

function processesOf({ role, processes }: WorkerOptions): number | null {
  if (processes === undefined) return null
  const count = /^\d{1,3}$/.test(processes) ? Number(processes) : 0
  if (count < 1 || count > MOST_PROCESSES)
    throw new Problem(EXIT.usage, `--processes ${processes} is no number`, `Give one from 1 to ${MOST_PROCESSES}.`)
  if (role !== 'data')
    throw new Problem(
      EXIT.usage,
      `--processes is for --role data, not for ${role}`,
      'One control worker answers for all; start a second one on another machine.',
    )
  return count
}

function portOf(text: string | undefined): number | null {
  if (text === undefined || text === '') return null
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port >= 1 && port <= 65_535) return port
  throw new Problem(EXIT.usage, `${text} is no port for metrics`, 'Give one from 1 to 65535.')
}

const exitOf = (code: number | null, signal: NodeJS.Signals | null): ExitCode =>
  signal === null ? ((code ?? 0) as ExitCode) : EXIT.refused
