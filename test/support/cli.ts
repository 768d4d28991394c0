import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { arrive, type Ended, type Newcomer, type Typed } from '../shared/newcomer.js'
import { temporalAddress } from './servers.js'
import { waitUntil } from './wait.js'

export type { Ended, Typed }

/** Somebody at a terminal who uses the Temporal under test, in a namespace of their own: our queues have one name. */
export interface Person {
  readonly folder: string
  readonly client: Client
  /** What every command gets beside its own. */
  readonly env: Readonly<Record<string, string>>
  type(args: readonly string[], env?: Readonly<Record<string, string>>): Typed
  /** Types a command and waits for its end. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>
  /** A YAML file of the folder; connections are names that the workers know. */
  write(name: string, yaml: string): string
  /** `nightferry up` or `nightferry worker ...`, until `leave`; returns when it says what is waited for. */
  start(args: readonly string[], env: Readonly<Record<string, string>>, says: string): Promise<Typed>
  /** Ends what was started. */
  leave(): Promise<void>
}

export async function sitDown(): Promise<Person> {
  const connection = await Connection.connect({ address: temporalAddress() })
  const namespace = await makeNamespace(connection)
  const newcomer: Newcomer = arrive()
  const env = { TEMPORAL_ADDRESS: temporalAddress(), TEMPORAL_NAMESPACE: namespace }
  const started: Typed[] = []
  const type: Person['type'] = (args, own = {}) => newcomer.type(args, { ...env, ...own })
  return {
    folder: newcomer.folder,
    client: new Client({ connection, namespace }),
    env,
    type,
    run: async (args, own) => await type(args, own).ended,
    write(name, yaml) {
      writeFileSync(join(newcomer.folder, name), yaml)
      return name
    },
    async start(args, own, says) {
      const typed = type(args, own)
      started.push(typed)
      await waitUntil(`${args.join(' ')} to say ${says}`, () => typed.said().includes(says), 60_000)
      return typed
    },
    async leave() {
      for (const { child } of started) child.kill('SIGTERM')
      await Promise.all(started.map(async ({ ended }) => await ended))
      await connection.close()
      await newcomer.leave()
    },
  }
}

async function makeNamespace(connection: Connection): Promise<string> {
  const namespace = `cli-${randomBytes(6).toString('hex')}`
  const day = { seconds: 24 * 3600 } as never
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: day })
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
