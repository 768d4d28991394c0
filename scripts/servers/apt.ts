import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { findOnPath } from '../../client/embedded/temporal-cache.js'
import { runObtaining } from '../../client/embedded/obtain-process.js'
import { step, type Report } from '../../client/embedded/steps.js'

const POLICY = '/usr/sbin/policy-rc.d'
const DEADLINE_MS = 5 * 60_000

/** Root on Debian, Ubuntu or a child of theirs. */
export const canAptInstall = (): boolean =>
  process.getuid?.() === 0 && existsSync('/etc/debian_version') && findOnPath('apt-get', process.env) !== null

/**
 * Installs packages without a question and without starting their services: Debian asks `policy-rc.d` whether it may, and
 * where there is none, one that says no stands there meanwhile. What is downloaded can be interrupted; dpkg is left to
 * finish, since half a package is a system that somebody has to mend. Repeatable.
 */
export async function aptInstall(packages: readonly string[], report: Report, signal: AbortSignal): Promise<void> {
  const install = ['install', '-y', '--no-install-recommends', ...packages]
  await step(report, 'apt-get update', () => apt(['update'], signal))
  await step(report, `apt-get install ${packages.join(' ')}`, async () => {
    await apt([...install, '--download-only'], signal)
    await withoutServices(() => apt(install))
  })
}

async function apt(args: readonly string[], signal?: AbortSignal): Promise<void> {
  await runObtaining({
    command: 'apt-get',
    args: ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
    signal,
    deadlineMs: signal === undefined ? null : DEADLINE_MS,
  })
}

async function withoutServices(work: () => Promise<void>): Promise<void> {
  if (existsSync(POLICY)) return await work()
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    await work()
  } finally {
    rmSync(POLICY, { force: true })
  }
}
