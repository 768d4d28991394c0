import type { NativeConnection } from '@temporalio/worker'
import { type Described, describeRetry, hasDataWorker, healthOf } from '../core/health.js'
import { TASK_QUEUES } from '../core/names.js'

const LOOK_MS = 3000

/** As many as say what there is to say: all tables fail alike where a server is away. */
const MOST_RETRIES = 3

/** From which attempt on a workflow task fails again and again. */
const STUCK = 2

/** What goes wrong in a workflow and those it started, in sentences. Temporal that does not answer says nothing. */
export async function troubleOfRun(
  connection: NativeConnection,
  namespace: string,
  workflowId: string,
): Promise<string[]> {
  const describe = async (id: string): Promise<Description | null> => {
    try {
      return await connection.withDeadline(
        Date.now() + LOOK_MS,
        async () =>
          await connection.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId: id } }),
      )
    } catch {
      return null
    }
  }
  const first = await describe(workflowId)
  if (first === null) return []
  const children = (first.pendingChildren ?? []).map((child) => child.workflowId ?? '').filter(Boolean)
  const others = (await Promise.all(children.map(describe))).filter((one) => one !== null)
  return troubleIn([first, ...others], Date.now())
}

interface Description extends Described {
  readonly pendingChildren?: readonly { readonly workflowId?: string | null }[] | null
}

/** The same, of what Temporal answered. */
export function troubleIn(described: readonly Described[], now: number): string[] {
  const health = healthOf('RUNNING', described)
  const stuck = described.some((one) => (one.pendingWorkflowTask?.attempt ?? 0) >= STUCK)
  const retries = new Map(health.retrying.map((retry) => [retry.message, describeRetry(retry, now)]))
  return [
    ...(stuck ? ['Its workflow fails again and again: `nightferry status` of its migration says why.'] : []),
    ...(hasDataWorker(health, now) === false
      ? [
          `No data worker takes work from task queue ${TASK_QUEUES.data}. Start one with \`nightferry up\` or \`nightferry worker --role data\`.`,
        ]
      : []),
    ...[...retries.values()].slice(0, MOST_RETRIES).map((line) => `Tried again: ${line}.`),
  ]
}
