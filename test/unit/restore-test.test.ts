import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { HookResult } from '../../core/hooks.js'
import { openHooks } from '../../worker/hooks/index.js'
import { HOOK_LIMITS, type HookLimits } from '../../worker/hooks/place.js'
import { withHome } from '../support/hooks.js'

const ENVIRONMENT = { PATH: process.env['PATH'], NIGHTFERRY_CONNECTION_TO: 'postgres://geheim' }

async function run(
  home: string,
  script: string | null,
  limits: Partial<HookLimits> = {},
  signal = new AbortController().signal,
): Promise<HookResult> {
  if (script !== null) writeFileSync(join(home, 'restore'), `#!/bin/sh\n${script}\n`)
  if (script !== null) chmodSync(join(home, 'restore'), 0o755)
  const hooks = openHooks(ENVIRONMENT, home, () => {}, { graceMs: 200, ...limits })
  return await hooks.restoreTest(['./restore', 'the backup'], signal)
}

const kept = (home: string): string => join(home, '.nightferry/hooks/restore_test.log')

describe('a test that restores a backup', () => {
  it('is well where it ends with 0; what it printed is kept where only this account reads it', () =>
    withHome(async (home) => {
      const result = await run(home, 'echo "restored $1"; cat; echo "${NIGHTFERRY_CONNECTION_TO:-nothing}"')
      const { seconds, ...rest } = result
      expect(rest).toEqual({
        ok: true,
        name: 'restore_test (command ./restore)',
        what: 'ended with exit code 0',
        remedy: null,
      })
      expect(seconds).toBeGreaterThanOrEqual(0)
      expect(readFileSync(kept(home), 'utf8')).toMatch(/exit code 0\nrestored the backup\nnothing\n$/)
      expect(statSync(kept(home)).mode & 0o777).toBe(0o600)
    }))

  it('has a result, a remedy and its words where it fails; the words go nowhere else', () =>
    withHome(async (home) => {
      const result = await run(home, 'echo "no such backup" >&2; exit 3')
      expect(result).toMatchObject({
        ok: false,
        what: 'ended with exit code 3',
        remedy: expect.stringMatching(/hooks/),
      })
      expect(JSON.stringify(result)).not.toContain('no such backup')
      expect(readFileSync(kept(home), 'utf8')).toContain('no such backup')
    }))

  it('that cannot be started is one that failed', () =>
    withHome(async (home) => {
      expect(await run(home, null)).toMatchObject({ ok: false, what: 'cannot be started (ENOENT)' })
    }))

  it('has an hour, and not the time of hooks', () =>
    withHome(async (home) => {
      expect(HOOK_LIMITS.restoreTestMs).toBe(3_600_000)
      const result = await run(home, 'exec sleep 60', { restoreTestMs: 200 })
      expect(result).toMatchObject({ ok: false, what: 'took longer than 0.2 s' })
      expect(await run(home, 'exec sleep 0.3', { runMs: 100 })).toMatchObject({ ok: true })
    }))

  it('that is cancelled ends with what it started', () =>
    withHome(async (home) => {
      const stop = AbortSignal.timeout(200)
      await expect(run(home, 'sleep 60 & sleep 60', {}, stop)).rejects.toThrow(
        expect.objectContaining({ name: 'TimeoutError' }),
      )
    }))
})
