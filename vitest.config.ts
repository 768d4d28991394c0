import { defineConfig } from 'vitest/config'

interface Tier {
  readonly timeout: number
  /** Files side by side: not where the servers need the other core. */
  readonly parallel: boolean
  readonly servers: boolean
}

const TIERS: Record<string, Tier> = {
  unit: { timeout: 10_000, parallel: true, servers: false },
  database: { timeout: 60_000, parallel: true, servers: true },
  activity: { timeout: 60_000, parallel: true, servers: true },
  workflow: { timeout: 60_000, parallel: false, servers: true },
  replay: { timeout: 60_000, parallel: false, servers: false },
  e2e: { timeout: 300_000, parallel: false, servers: true },
  // For `npm run test:long` alone: a minute each and more, since they wait, or measure how long something takes.
  ...(process.env['NIGHTFERRY_TIER_LONG'] ? { long: { timeout: 300_000, parallel: false, servers: true } } : {}),
  // For `npm run test:pages` alone: they need a browser, and some of them runs of many seconds.
  ...(process.env['NIGHTFERRY_TIER_PAGES'] ? { pages: { timeout: 300_000, parallel: false, servers: true } } : {}),
  // For `npm run test:monitoring` alone: it needs Prometheus, and waits for alerts.
  ...(process.env['NIGHTFERRY_TIER_MONITORING']
    ? { monitoring: { timeout: 600_000, parallel: false, servers: true } }
    : {}),
  // For `npm run test:fitness` alone: PostgreSQL servers of its own that are set as it takes, pgBackRest, a source.
  ...(process.env['NIGHTFERRY_TIER_FITNESS'] ? { fitness: { timeout: 240_000, parallel: false, servers: false } } : {}),
  // Only for `npm run test:shared`, which names it: needs files that do not come with the repository.
  ...(process.env['NIGHTFERRY_TIER_SHARED'] ? { shared: { timeout: 600_000, parallel: false, servers: true } } : {}),
  // Each only for the command that names it: they run servers of their own, for minutes.
  ...(process.env['NIGHTFERRY_TIER_SLOW']
    ? {
        faults: { timeout: 300_000, parallel: false, servers: false },
        costs: { timeout: 240_000, parallel: false, servers: false },
        pauses: { timeout: 1_500_000, parallel: false, servers: false },
        nights: { timeout: 600_000, parallel: false, servers: false },
      }
    : {}),
}

const project = (name: string, { timeout, parallel, servers }: Tier) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    ...(servers && { globalSetup: ['test/support/global-setup.ts'] }),
    testTimeout: timeout,
    hookTimeout: timeout,
    fileParallelism: parallel,
    pool: 'forks' as const,
    maxWorkers: parallel ? 2 : 1,
  },
})

export default defineConfig({
  test: {
    allowOnly: false,
    reporters: ['default', './test/support/closing-line.ts'],
    teardownTimeout: 60_000,
    projects: Object.entries(TIERS).map(([name, tier]) => project(name, tier)),
  },
})
