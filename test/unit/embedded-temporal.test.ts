import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { identify } from '../../client/embedded/process-identity.js'
import type { Step } from '../../client/embedded/steps.js'
import { obtainTemporal } from '../../client/embedded/temporal-binary.js'
import { cachedTemporal, TEMPORAL_CLI } from '../../client/embedded/temporal-cache.js'
import { buildTemporal, type Way } from '../../client/embedded/temporal-obtain.js'
import { waitUntil } from '../support/wait.js'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'nightferry-obtain-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const environment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: join(home, 'bin'),
  HOME: home,
  ...more,
})

function program(file: string, version: string): string {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `#!/bin/sh\necho "temporal version ${version}"\n`)
  chmodSync(file, 0o755)
  return file
}

function workshop(): string {
  const folder = join(home, 'workshop')
  mkdirSync(folder)
  return folder
}

const none: Way = async () => await Promise.reject(new Error('must not be asked'))
const report = (): void => {}

describe('the Temporal CLI', () => {
  test('is not looked for where TEMPORAL_ADDRESS names a server', async () => {
    program(join(home, 'bin', 'temporal'), '1.0.0')
    const env = environment({ TEMPORAL_ADDRESS: 'temporal.example:7233' })
    expect(await obtainTemporal({ report, env, ways: [none] })).toEqual({
      use: 'address',
      address: 'temporal.example:7233',
    })
  })

  test('on PATH comes before the cache, and the cache before any obtaining', async () => {
    const env = environment()
    const cached = program(cachedTemporal(env), '1.5.1 (Server 1.29.1)')
    expect(await obtainTemporal({ report, env, ways: [none] })).toEqual({
      use: 'binary',
      path: cached,
      version: '1.5.1 (Server 1.29.1)',
    })
    const installed = program(join(home, 'bin', 'temporal'), '1.7.0')
    expect(await obtainTemporal({ report, env, ways: [none] })).toMatchObject({ path: installed, version: '1.7.0' })
  })

  test('that was obtained stays in the cache of XDG_CACHE_HOME, by its version', async () => {
    const env = environment({ XDG_CACHE_HOME: join(home, 'xdg') })
    const ways: Way[] = [async (folder) => program(join(folder, 'made'), '1.5.1')]
    const place = join(home, 'xdg', 'nightferry', 'temporal', TEMPORAL_CLI, 'temporal')
    expect(await obtainTemporal({ report, env, ways })).toMatchObject({ path: place })
    expect(await obtainTemporal({ report, env, ways: [none] })).toMatchObject({ path: place })
    expect(readdirSync(join(home, 'xdg', 'nightferry', 'temporal'))).toEqual([TEMPORAL_CLI])
  })

  test('is obtained the second way where the first fails', async () => {
    const ways: Way[] = [
      async () => await Promise.reject(new Error('no network')),
      async (folder) => program(join(folder, 'made'), '1.5.1'),
    ]
    expect(await obtainTemporal({ report, env: environment(), ways })).toMatchObject({ version: '1.5.1' })
  })

  test('that cannot be had is one sentence with every reason, and what to do', async () => {
    const failing =
      (why: string): Way =>
      async () =>
        await Promise.reject(new Error(`${why}\nand a long tail`))
    const obtained = obtainTemporal({
      report,
      env: environment(),
      ways: [failing('no network'), failing('no Go')],
    })
    await expect(obtained).rejects.toMatchObject({
      kind: 'refused',
      message: 'There is no Temporal CLI here, and none could be obtained: no network; no Go.',
      details: { remedy: expect.stringContaining('TEMPORAL_ADDRESS') },
    })
  })

  test('half made, or one that does not run, leaves nothing in the cache', async () => {
    const env = environment()
    const broken: Way = async (folder) => {
      writeFileSync(join(folder, 'made'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
      return join(folder, 'made')
    }
    await expect(obtainTemporal({ report, env, ways: [broken] })).rejects.toThrow('none could be obtained')
    expect(existsSync(cachedTemporal(env))).toBe(false)
    expect(readdirSync(dirname(dirname(cachedTemporal(env))))).toEqual([TEMPORAL_CLI])
  })

  test('left half made by a process that was killed is removed by the next one', async () => {
    const env = environment()
    const dead = join(dirname(dirname(cachedTemporal(env))), '.making-999999999-abcdef')
    mkdirSync(dead, { recursive: true })
    await obtainTemporal({ report, env, ways: [async (folder) => program(join(folder, 'made'), '1.5.1')] })
    expect(existsSync(dead)).toBe(false)
  })
})

describe('the Go build', () => {
  test('is killed with its children when it is interrupted', async () => {
    const pidFile = join(home, 'pid')
    const go = join(home, 'bin', 'go')
    mkdirSync(dirname(go))
    writeFileSync(go, `#!/bin/sh\n/bin/sleep 60 & echo $! > ${pidFile}; echo some/package; wait\n`, { mode: 0o755 })
    const interrupted = new AbortController()
    const reported: Step[] = []
    const building = buildTemporal(workshop(), {
      env: environment(),
      report: (step) => {
        reported.push(step)
      },
      signal: interrupted.signal,
    })
    building.catch(() => {})
    const pid = await waitUntil('the build to start', () => pidOf(pidFile))
    interrupted.abort(new Error('interrupted'))
    await expect(building).rejects.toThrow('interrupted')
    await waitUntil('its child to be gone', () => identify(pid) === null)
    expect(reported.map(({ state }) => state)).toEqual(['started', 'failed'])
  })

  test('that fails says what Go said, in one line', async () => {
    const go = join(home, 'bin', 'go')
    mkdirSync(dirname(go))
    writeFileSync(go, '#!/bin/sh\necho some/package; echo "go: module needs go >= 1.99"; exit 1\n', { mode: 0o755 })
    await expect(buildTemporal(workshop(), { env: environment(), report })).rejects.toThrow(
      /^go install .* failed: go: module needs go >= 1\.99$/,
    )
  })

  test('is not tried without a Go toolchain', async () => {
    await expect(buildTemporal(workshop(), { env: environment(), report })).rejects.toThrow('there is no Go toolchain')
  })
})

function pidOf(file: string): number | null {
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
  return pid > 0 ? pid : null
}
