import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readLock } from '../../client/embedded/folder-lock.js'
import { isAlive, signalProcess, type ProcessIdentity } from '../../client/embedded/process-identity.js'
import { obtainTemporal } from '../../client/embedded/temporal-binary.js'
import { startTemporal, type RunningTemporal } from '../../client/embedded/temporal-server.js'
import { SEARCH_ATTRIBUTES } from '../../core/names.js'
import { waitUntil } from '../support/wait.js'

let folder: string
let running: RunningTemporal[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightferry-temporal-'))
  running = []
})
afterEach(async () => {
  await Promise.all(running.map((server) => server.stop()))
  rmSync(folder, { recursive: true, force: true })
})

const report = (): void => {}

/** The CLI itself, whatever server the harness named. */
async function binary(): Promise<{ path: string; version: string }> {
  const choice = await obtainTemporal({ report, env: { ...process.env, TEMPORAL_ADDRESS: '' } })
  if (choice.use !== 'binary') throw new Error('no binary')
  return choice
}

async function start(): Promise<RunningTemporal> {
  const server = await startTemporal({ folder, binary: await binary(), report })
  running.push(server)
  return server
}

async function onTemporal<T>(address: string, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address, connectTimeout: 5_000 })
  try {
    return await use(new Client({ connection }))
  } finally {
    await connection.close()
  }
}

const leaveWorkflow = async (address: string): Promise<unknown> =>
  await onTemporal(address, (client) => client.workflow.start('nothing', { taskQueue: 'nobody', workflowId: 'kept' }))

const findWorkflow = async (address: string): Promise<string> =>
  await onTemporal(address, async (client) => (await client.workflow.getHandle('kept').describe()).status.name)

interface Held {
  readonly server: ProcessIdentity
}

describe('the embedded Temporal', () => {
  test('keeps workflows over a stop and a new start, on the same ports', async () => {
    const first = await start()
    await leaveWorkflow(first.address)
    await first.stop()
    const second = await start()
    expect([second.address, second.ui]).toEqual([first.address, first.ui])
    expect(await findWorkflow(second.address)).toBe('RUNNING')
  })

  test('loses nothing to SIGKILL, and is started again by its holder', async () => {
    const server = await start()
    await leaveWorkflow(server.address)
    const died = server.died()
    signalProcess(server.pid(), 'SIGKILL')
    expect(await died).toBe('signal SIGKILL')
    await server.restart()
    expect(await findWorkflow(server.address)).toBe('RUNNING')
  })

  test('knows our search attributes and shows its UI', async () => {
    const server = await start()
    const known = await onTemporal(server.address, async ({ connection }) => {
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' })
      return Object.keys(customAttributes)
    })
    expect(known).toEqual(expect.arrayContaining(Object.values(SEARCH_ATTRIBUTES)))
    const page = await fetch(server.ui)
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<html')])
  })

  test('runs once in a folder: a second start joins, and does not end what it joined', async () => {
    const first = await start()
    const second = await start()
    expect([second.joined, second.address]).toEqual([true, first.address])
    await second.stop()
    expect((await fetch(first.ui)).status).toBe(200)
  })

  test('refuses a file of another version of the CLI, with what to do', async () => {
    const made = await start()
    await made.stop()
    writeFileSync(join(folder, 'cli-version'), '0.1.0 (Server 1.0.0)\n')
    await expect(start()).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('made by CLI 0.1.0 (Server 1.0.0)'),
      details: { remedy: expect.stringContaining('PATH') },
    })
    expect(existsSync(join(folder, 'lock.json'))).toBe(false)
  })

  test('that cannot start says why, from its log, and leaves no lock', async () => {
    const program = join(folder, 'temporal')
    writeFileSync(program, '#!/bin/sh\necho "no space left on device" >&2; exit 3\n', { mode: 0o755 })
    const starting = startTemporal({ folder, binary: { path: program, version: 'x' }, report })
    await expect(starting).rejects.toThrow(/ended while starting: exit code 3[^]*no space left on device/)
    expect(existsSync(join(folder, 'lock.json'))).toBe(false)
  })

  test('ends with its holder when that is killed, and the next start takes over', async () => {
    const holder = startHolder(await binary())
    const held = await waitUntil('the other process to hold a server that answers', async () => {
      const note = readLock<Held & { port: number }>(folder)?.note
      if (!note?.server) return null
      await leaveWorkflow(`127.0.0.1:${note.port}`)
      return note
    })
    holder.kill('SIGKILL')
    await waitUntil('its server to end', () => !isAlive(held.server), 15_000)
    const next = await start()
    expect(next.joined).toBe(false)
    expect(await findWorkflow(next.address)).toBe('RUNNING')
  })
})

/** Another process that starts Temporal in the folder and stays. */
function startHolder(cli: { path: string; version: string }): ChildProcess {
  const module = fileURLToPath(new URL('../../dist/client/embedded/temporal-server.js', import.meta.url))
  const options = JSON.stringify({ folder, binary: cli })
  const program = `const { startTemporal } = await import(${JSON.stringify(module)})
await startTemporal({ ...${options}, report: () => {} })`
  return spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'inherit', 'inherit'] })
}
