import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { Runtime } from '@temporalio/worker'
import { BUILT_IN_PLACE } from '../core/config/publish.js'
import type { Config } from '../core/config/types.js'
import { readEnvironment } from '../worker/environment.js'
import { temporalLogger } from '../worker/log.js'
import { startWorkers } from '../worker/start.js'
import { withDatabases } from './histories/databases.js'
import { saveHistories } from './histories/save.js'
import { type Scenario, SCENARIOS } from './histories/scenarios.js'

/**
 * Records the histories that the replay tests hold later code against: real workflows over real databases. Run it on
 * released code, with TEMPORAL_ADDRESS, TEST_MYSQL_URL and TEST_POSTGRES_URL naming servers: `node
 * dist/scripts/record-histories.js NAME [SCENARIO...]`. They stand in a folder of that name in test/replay/histories, beside those of
 * earlier releases, which later code must replay as well.
 */
async function main(): Promise<void> {
  const [release, ...only] = process.argv.slice(2)
  if (release === undefined || !/^[a-z0-9.-]+$/.test(release))
    throw new Error('say what the release is called: record-histories.js 3-durable')
  const folder = fileURLToPath(new URL(`../../test/replay/histories/${release}/`, import.meta.url))
  Runtime.install({ logger: temporalLogger('ERROR'), shutdownSignals: [] })
  mkdirSync(folder, { recursive: true })
  const connection = await Connection.connect({ address: required('TEMPORAL_ADDRESS') })
  const namespace = `record-${randomBytes(4).toString('hex')}`
  const seconds = 24 * 3600
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: seconds as never },
  })
  const client = new Client({ connection, namespace })
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    if (only.length > 0 && !only.includes(name)) continue
    await play(client, name, scenario)
    console.log(`${name}: ${await saveHistories(client, name, folder)} histories`)
  }
  await connection.close()
}

async function play(client: Client, name: string, scenario: Scenario): Promise<void> {
  const [mysql, postgres] = [required('TEST_MYSQL_URL'), required('TEST_POSTGRES_URL')]
  await withDatabases(mysql, postgres, scenario.source, async (source, target, onSource) => {
    const home = mkdtempSync(join(tmpdir(), 'nightferry-record-'))
    const variables = {
      TEMPORAL_ADDRESS: required('TEMPORAL_ADDRESS'),
      TEMPORAL_NAMESPACE: client.options.namespace,
      NIGHTFERRY_CONNECTION_FROM: source,
      NIGHTFERRY_CONNECTION_TO: target,
    }
    const workers = await startWorkers('all', readEnvironment(variables, home))
    try {
      await scenario.play({
        client,
        config: { ...configOf(name, scenario.limits), ...scenario.config },
        source: onSource,
      })
    } finally {
      workers.stop()
      await workers.ended
      rmSync(home, { recursive: true })
    }
  })
}

const configOf = (migration: string, limits: Config['limits']): Config => ({
  migration,
  source: { connection: 'from' },
  target: { connection: 'to', database: null, schema: 'public' },
  tables: { include: ['*'], exclude: [] },
  casts: [],
  publish: BUILT_IN_PLACE,
  limits,
})

function required(variable: string): string {
  const value = process.env[variable]
  if (value) return value
  throw new Error(`${variable} is not set: start servers with \`npm run dev:up\`, which prints it`)
}

await main()
