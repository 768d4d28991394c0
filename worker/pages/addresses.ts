import type { RunId } from '../../core/run.js'

/** Where a run's page is: live while it is under way, and its report from then on. */
export const runAddress = (migration: string, run: RunId): string =>
  `/runs/${encodeURIComponent(run)}?migration=${encodeURIComponent(migration)}`

/** What that page asks while it is live. Below it: a browser sends what somebody logged in with to no other folder. */
export const liveAddress = (migration: string, run: RunId): string =>
  `/runs/${encodeURIComponent(run)}/live?migration=${encodeURIComponent(migration)}`
