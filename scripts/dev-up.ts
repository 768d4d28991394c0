import { fork } from 'node:child_process'
import { mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SupervisorMessage } from './dev-supervisor.js'
import { reportToStderr, tellServers } from './servers/tell.js'
import { readUpState, upFolder } from './servers/up-state.js'

/** `npm run dev:up`: servers in the background until `npm run dev:down`. Repeatable: tells where those that run are. */
async function up(): Promise<number> {
  const running = readUpState()
  if (running !== null) {
    console.error('Servers are running already:')
    console.log(tellServers(running.urls))
    return 0
  }
  mkdirSync(upFolder(), { recursive: true })
  const log = openSync(join(upFolder(), 'supervisor.log'), 'a')
  const program = fileURLToPath(new URL('./dev-supervisor.js', import.meta.url))
  const supervisor = fork(program, { detached: true, stdio: ['ignore', log, log, 'ipc'] })
  let interrupted = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      interrupted = true
      supervisor.kill('SIGTERM')
    })
  }
  const code = await new Promise<number>((resolve) => {
    supervisor.on('exit', (exit) => resolve(interrupted ? 130 : (exit ?? 1)))
    supervisor.on('message', (message: SupervisorMessage) => {
      if (message.is === 'step') reportToStderr(message.step)
      if (message.is === 'failed') console.error(message.message)
      if (message.is !== 'ready' || interrupted) return
      console.error('Servers run in the background; npm run dev:down stops them.')
      console.log(tellServers(message.state.urls))
      resolve(0)
    })
  })
  if (supervisor.connected) supervisor.disconnect()
  supervisor.unref()
  return code
}

process.exit(await up())
