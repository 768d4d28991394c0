import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Client, Connection, type WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client'
import { makeTelemetryFilterString, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { migrationWorkflowId, SEARCH_ATTRIBUTES, TASK_QUEUES, WORKFLOWS } from '../../core/names.js'
import type { migration } from '../../workflows/migration.js'
import { scripted, type Script } from './scripted.js'
import { temporalAddress } from './servers.js'
import { waitUntil } from './wait.js'

const dist = (path: string): string => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url))

/** The bundle and the converter that are shipped, not ones made for tests. */
const BUNDLE = dist('workflow-bundle.js')
export const CONVERTER = dist('workflows/converter.js')

export function bundlePath(): string {
  if (existsSync(BUNDLE)) return BUNDLE
  throw new Error('dist/workflow-bundle.js is not there: run `npm run build`')
}

const silent = (): void => {}
Runtime.install({
  logger: { log: silent, trace: silent, debug: silent, info: silent, warn: silent, error: silent },
  telemetryOptions: { logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  shutdownSignals: [],
})

export interface World {
  readonly client: Client
  /** Its own, so that no other test's worker takes a task: our queues have one name everywhere. */
  readonly namespace: string
  /** Makes ours known to the namespace. */
  addSearchAttributes(): Promise<void>
  /** Starts an entity, with search attributes off unless said otherwise. */
  migration(name: string, searchAttributes?: boolean): Promise<WorkflowHandleWithFirstExecutionRunId<typeof migration>>
}

/**
 * Real server, real workflows, scripted steps: for what the workflows alone decide. Workers end with the test; `before`
 * happens while there are none yet.
 */
export async function withWorld<T>(
  script: Script,
  use: (world: World) => Promise<T>,
  before: (world: World) => Promise<void> = async () => {},
  address = temporalAddress(),
): Promise<T> {
  const client = await Connection.connect({ address })
  const native = await NativeConnection.connect({ address })
  try {
    const namespace = await makeNamespace(client)
    await before(worldOf(client, namespace))
    const workers = await startWorkers(native, namespace, script)
    try {
      return await use(worldOf(client, namespace))
    } finally {
      await workers.stop()
    }
  } finally {
    await client.close()
    await native.close()
  }
}

function worldOf(connection: Connection, namespace: string): World {
  const client = new Client({ connection, namespace })
  return {
    client,
    namespace,
    async addSearchAttributes() {
      const keyword = 2
      const names = Object.values(SEARCH_ATTRIBUTES)
      const searchAttributes = Object.fromEntries(names.map((name) => [name, keyword]))
      await connection.operatorService.addSearchAttributes({ namespace, searchAttributes })
      await waitUntil('the search attributes', async () => {
        const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace })
        return names.every((name) => name in customAttributes)
      })
    },
    migration: async (name, searchAttributes = false) =>
      await client.workflow.start<typeof migration>(WORKFLOWS.migration, {
        workflowId: migrationWorkflowId(name),
        taskQueue: TASK_QUEUES.control,
        args: [{ migration: name, searchAttributes }],
      }),
  }
}

async function makeNamespace(connection: Connection): Promise<string> {
  const namespace = `test-${randomBytes(6).toString('hex')}`
  const seconds = 24 * 3600
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: seconds as never },
  })
  await waitUntil(
    `namespace ${namespace}`,
    async () => {
      await connection.workflowService.listOpenWorkflowExecutions({ namespace, maximumPageSize: 1 })
      return true
    },
    30_000,
  )
  return namespace
}

async function startWorkers(
  connection: NativeConnection,
  namespace: string,
  script: Script,
): Promise<{ stop(): Promise<void> }> {
  const activities = scripted(script)
  const common = {
    connection,
    namespace,
    activities,
    dataConverter: { payloadConverterPath: CONVERTER },
    maxHeartbeatThrottleInterval: '100 milliseconds',
    shutdownForceTime: '2 seconds',
  }
  const control = Worker.create({
    ...common,
    taskQueue: TASK_QUEUES.control,
    workflowBundle: { codePath: bundlePath() },
    maxCachedWorkflows: 100,
  })
  const workers = [await control, await Worker.create({ ...common, taskQueue: TASK_QUEUES.data })]
  const runs = workers.map((worker) => worker.run())
  return {
    async stop() {
      for (const worker of workers) worker.shutdown()
      await Promise.allSettled(runs)
    },
  }
}
