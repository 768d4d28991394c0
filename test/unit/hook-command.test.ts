import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { HookResult } from '../../core/hooks.js'
import { openHooks } from '../../worker/hooks/index.js'
import type { HookLimits } from '../../worker/hooks/place.js'
import { callOf, withHome } from '../support/hooks.js'
import { waitUntil } from '../support/wait.js'

const quiet = (): void => {}
const never = (): AbortSignal => new AbortController().signal
const ENVIRONMENT = {
  PATH: process.env['PATH'],
  NIGHTFERRY_CONNECTION_TO: 'postgres://geheim',
  TEMPORAL_API_KEY: 'geheim',
}

/** A program of the worker's home: `bin/hook`. */
function program(home: string, script: string): void {
  mkdirSync(join(home, 'bin'), { recursive: true })
  writeFileSync(join(home, 'bin/hook'), `#!/bin/sh\n${script}\n`)
  chmodSync(join(home, 'bin/hook'), 0o755)
}

async function run(
  home: string,
  script: string | null,
  { signal = never(), limits = {}, command = ['bin/hook', 'a b', '$HOME'] }: Options = {},
): Promise<HookResult> {
  if (script !== null) program(home, script)
  const hooks = openHooks(ENVIRONMENT, home, quiet, { graceMs: 200, ...limits })
  return await hooks.run(callOf({ command }, 'on_failure'), signal)
}

interface Options {
  readonly signal?: AbortSignal
  readonly limits?: Partial<HookLimits>
  readonly command?: readonly string[]
}

const output = (home: string): string => readFileSync(join(home, '.nightferry/hooks/shop.on_failure.log'), 'utf8')

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // A zombie whose parent has not asked for it yet is no process.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

describe('a command', () => {
  it('gets the payload on its stdin and in its variables, its arguments as they stand, and no shell', () =>
    withHome(async (home) => {
      const result = await run(home, 'cat > in; echo "$1|$2|$NIGHTFERRY_RUN|$NIGHTFERRY_VERDICT" > out; pwd > where')
      expect(result).toMatchObject({ ok: true, name: 'on_failure (command bin/hook)', what: 'ended with exit code 0' })
      expect(JSON.parse(readFileSync(join(home, 'in'), 'utf8'))).toEqual(callOf({ http: '' }, 'on_failure').payload)
      expect(readFileSync(join(home, 'out'), 'utf8')).toBe('a b|$HOME|20261120-030000|complete\n')
      expect(readFileSync(join(home, 'where'), 'utf8').trim()).toBe(home)
    }))

  it('is not told what the worker knows for itself', () =>
    withHome(async (home) => {
      await run(home, 'env')
      expect(output(home)).toContain('NIGHTFERRY_MIGRATION=shop')
      expect(output(home)).not.toContain('geheim')
    }))

  it.each([
    ['exit 3', 'ended with exit code 3'],
    ['kill -KILL $$', 'was ended by SIGKILL'],
  ])('that does `%s` is named as one that %s', (script, what) =>
    withHome(async (home) => {
      const result = await run(home, `echo geheim >&2; ${script}`)
      expect(result).toMatchObject({ ok: false, what, remedy: expect.stringContaining('.nightferry/hooks') })
      expect(JSON.stringify(result)).not.toContain('geheim')
      expect(output(home)).toContain('geheim')
      expect(statSync(join(home, '.nightferry/hooks/shop.on_failure.log')).mode & 0o077).toBe(0)
    }),
  )

  it.each([
    [['bin/missing'], 'ENOENT'],
    [['no-such-program-anywhere'], 'ENOENT'],
  ])('%j that is not there says so', (command, code) =>
    withHome(async (home) => {
      expect(await run(home, null, { command })).toMatchObject({ ok: false, what: `cannot be started (${code})` })
    }),
  )

  it('that prints without end leaves only its tail, and need not read its stdin', () =>
    withHome(async (home) => {
      const result = await run(home, 'exec 0<&-; head -c 3000000 /dev/zero | tr "\\0" x; echo; echo the end')
      expect(result.ok).toBe(true)
      expect(output(home).length).toBeLessThan(10_000)
      expect(output(home).trimEnd().endsWith('the end')).toBe(true)
    }))

  it('that takes too long is ended with all that it started, also where that does not listen', () =>
    withHome(async (home) => {
      const script = 'trap "" TERM; (trap "" TERM; echo $$ > leader; exec sleep 60) & echo $! > child; wait'
      const result = await run(home, script, { limits: { runMs: 400 } })
      expect(result).toMatchObject({ ok: false, what: 'took longer than 0.4 s' })
      const pids = ['leader', 'child'].map((file) => Number(readFileSync(join(home, file), 'utf8')))
      expect(pids.every((pid) => pid > 1)).toBe(true)
      await waitUntil('both to be gone', () => pids.every((pid) => !isAlive(pid)), 2000)
    }))

  it('is ended with its group when the run is cancelled, and that is waited for', () =>
    withHome(async (home) => {
      const stop = new AbortController()
      const running = run(home, 'sleep 60 & echo $! > child; mv child ready; wait', { signal: stop.signal }).catch(
        (error: unknown) => error,
      )
      const child = await waitUntil('it to run', () => Number(readFileSync(join(home, 'ready'), 'utf8')))
      stop.abort(new Error('paused'))
      expect(await running).toEqual(new Error('paused'))
      await waitUntil('its child to be gone', () => !isAlive(child), 2000)
    }))

  it('is not waited for by what it leaves behind', () =>
    withHome(async (home) => {
      const result = await run(home, 'sleep 5 & echo $! > child')
      expect(result).toMatchObject({ ok: true })
      expect(result.seconds).toBeLessThan(3)
      process.kill(Number(readFileSync(join(home, 'child'), 'utf8')), 'SIGKILL')
    }))
})

describe('the free space', () => {
  it.each([
    ['echo 123456789012', 123_456_789_012],
    ['echo " 42 "; echo a warning >&2', 42],
    ['echo plenty', null],
    ['echo 42; exit 1', null],
    ['echo -1', null],
    ['true', null],
    ['sleep 5', null],
  ])('printed by `%s` is %s', (script, bytes) =>
    withHome(async (home) => {
      program(home, script)
      const logged: string[] = []
      const log = (message: string): void => void logged.push(message)
      const hooks = openHooks(ENVIRONMENT, home, log, { freeSpaceMs: 500, graceMs: 100 })
      expect(await hooks.freeSpace(['bin/hook'], never())).toBe(bytes)
      expect(logged).toHaveLength(bytes === null ? 1 : 0)
    }),
  )

  it('is not known where the program is not there', () =>
    withHome(async (home) => {
      expect(await openHooks(ENVIRONMENT, home, quiet).freeSpace(['bin/none'], never())).toBeNull()
    }))
})
