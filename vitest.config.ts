import { defineConfig } from 'vitest/config'

/** One project per tier; the slower tiers get one file at a time on two cores, because the servers need the other one. */
const tier = (name: string, timeout: number, parallel: boolean) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeout,
    hookTimeout: timeout,
    teardownTimeout: 20_000,
    fileParallelism: parallel,
    pool: 'forks' as const,
  },
})

export default defineConfig({
  test: {
    allowOnly: false,
    projects: [
      tier('unit', 10_000, true),
      tier('database', 60_000, true),
      tier('activity', 60_000, true),
      tier('workflow', 60_000, false),
      tier('replay', 60_000, false),
      tier('e2e', 300_000, false),
    ],
  },
})
