import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { workerProgram } from './worker-process.js'

export interface ManyWorkers {
  readonly role: string
  readonly processes: number
  readonly env: NodeJS.ProcessEnv
  /** The first process's; the others have those behind it. Null: no metrics. */
  readonly metricsPort: number | null
  readonly say: (text: string) => void
}

const FIRST_MS = 500
const MOST_MS = 15_000
/** After so long in good health the next death is the first one again. */
const HEALTHY_MS = 60_000

/**
 * So many worker processes, each with queues, sessions and metrics of its own. One that dies starts again, with growing
 * pauses. One that ends before it was ever ready ends all: its environment is wrong, and will be the next time.
 */
export class WorkerGroup {
  readonly #children = new Map<number, ChildProcess>()
  readonly #stopping = new AbortController()
  #worst = 0

  constructor(private readonly options: ManyWorkers) {}

  /** Resolves with the exit code when all have ended: 0 where each of them drained. */
  async run(): Promise<number> {
    await Promise.all(Array.from({ length: this.options.processes }, (_, number) => this.#keep(number)))
    return this.#worst
  }

  /** Drains all; a second time ends them at once. */
  stop(signal: NodeJS.Signals): void {
    this.#stopping.abort()
    for (const child of this.#children.values()) child.kill(signal)
  }

  /** A terminal's Ctrl-C has reached the processes already. */
  expectEnd(): void {
    this.#stopping.abort()
  }

  async #keep(number: number): Promise<void> {
    let pause = FIRST_MS
    let wasReady = false
    while (!this.#stopping.signal.aborted) {
      const began = performance.now()
      const { how, code, isReady } = await this.#once(number)
      wasReady ||= isReady
      if (this.#stopping.signal.aborted || !wasReady) return this.#ended(code)
      if (performance.now() - began > HEALTHY_MS) pause = FIRST_MS
      this.options.say(`data worker ${number} ended (${how}); it starts again in ${pause / 1000} s`)
      await delay(pause, undefined, { signal: this.#stopping.signal }).catch(() => {})
      pause = Math.min(pause * 2, MOST_MS)
    }
  }

  #ended(code: number): void {
    this.#worst = Math.max(this.#worst, code)
    if (!this.#stopping.signal.aborted) this.stop('SIGTERM')
  }

  #once(number: number): Promise<{ how: string; code: number; isReady: boolean }> {
    const { role, env, metricsPort } = this.options
    const own = {
      NIGHTFERRY_PROCESS: String(number),
      ...(metricsPort !== null && { NIGHTFERRY_METRICS_PORT: String(metricsPort + number) }),
    }
    // By the channel it hears that we are gone, also when nobody could tell it.
    const child = spawn(process.execPath, [workerProgram(), '--role', role], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...env, ...own },
    })
    this.#children.set(number, child)
    let isReady = false
    child.on('message', () => (isReady = true))
    return new Promise((resolve) => {
      const end = (how: string, code: number): void => {
        this.#children.delete(number)
        resolve({ how, code, isReady })
      }
      child.on('error', (error) => end(error.message, 1))
      child.on('exit', (code, signal) => end(signal === null ? `exit code ${code}` : `signal ${signal}`, code ?? 1))
    })
  }
}
