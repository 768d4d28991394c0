import { ownFolder } from './servers/folder.js'
import { sharedFolder, startShared } from './servers/shared-servers.js'
import { serverVariables, startServers } from './servers/start-servers.js'
import { reportToStderr, tellError } from './servers/tell.js'
import { runTier, type Counts } from './servers/vitest-run.js'

interface Run {
  readonly title: string
  readonly tier: string
  readonly variables: Record<string, string>
}

/**
 * `npm run test:shared`: the database tier against a real MySQL 9 and against MariaDB 11.8, then the tests over the
 * datasets (tier `shared`). All servers are stopped whatever happens.
 */
async function testShared(signal: AbortSignal): Promise<Counts> {
  const shared = sharedFolder()
  const { folder, remove } = ownFolder('test-shared')
  const stops: (() => Promise<void>)[] = []
  const kept = async <T extends { stop: () => Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const server = await starting
    stops.push(() => server.stop())
    return server
  }
  try {
    const starting = [
      kept(startServers({ temporal: true, mysql: true, postgres: [15, 18] }, reportToStderr, { folder, signal })),
      kept(startShared('mysql', reportToStderr, signal)),
      kept(startShared('mariadb', reportToStderr, signal)),
    ] as const
    // All settle before anything is stopped: a late one would start after the stop.
    await Promise.allSettled(starting)
    const [servers, mysql, mariadb] = await Promise.all(starting)
    const variables = {
      ...serverVariables(servers.urls),
      NIGHTFERRY_SHARED: shared,
      TEST_MYSQL_9_URL: mysql.url,
      TEST_MARIADB_11_URL: mariadb.url,
    }
    return await runAll(
      [
        { title: 'Database tier on MySQL 9', tier: 'database', variables: { ...variables, TEST_MYSQL_URL: mysql.url } },
        {
          title: 'Database tier on MariaDB 11.8',
          tier: 'database',
          variables: { ...variables, TEST_MYSQL_URL: mariadb.url },
        },
        { title: 'Datasets', tier: 'shared', variables: { ...variables, NIGHTFERRY_TIER_SHARED: '1' } },
      ],
      signal,
    )
  } finally {
    await Promise.all(stops.map((stop) => stop()))
    remove()
  }
}

async function runAll(runs: readonly Run[], signal: AbortSignal): Promise<Counts> {
  let sum: Counts = { passed: 0, failed: 0 }
  for (const { title, tier, variables } of runs) {
    console.log(`\n== ${title}`)
    const counts = await runTier(tier, variables, signal)
    sum = { passed: sum.passed + counts.passed, failed: sum.failed + counts.failed }
  }
  return sum
}

const interrupted = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => interrupted.abort(new Error('interrupted')))
}
let counts: Counts = { passed: 0, failed: 1 }
try {
  counts = await testShared(interrupted.signal)
} catch (error) {
  console.error(tellError(error))
}
console.log(`\n${counts.passed} passed, ${counts.failed} failed`)
process.exit(counts.failed > 0 || counts.passed === 0 ? 1 : 0)
