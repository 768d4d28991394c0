import type { NativeConnection } from '@temporalio/worker'
import type { OpenMigration } from '../core/api.js'
import { migrationWorkflowId, QUERIES, WORKFLOWS } from '../core/names.js'
import { type MigrationStatus, type ToldStatus, wholeStatus } from '../core/status.js'
import { freshly } from './freshly.js'
import { troubleOfRun } from './run-health.js'

/** What the worker knows of the migrations of its namespace, as they say it themselves. Asking changes nothing. */
export interface Migrations {
  /** Every one that is open, by name. One that was begun a moment ago may be missing. Throws `TemporalSilent`. */
  all(): Promise<readonly OpenMigration[]>
  /** Null: there is no open one of that name. Throws `TemporalSilent`. */
  one(name: string): Promise<OpenMigration | null>
  /** What goes wrong in a workflow of one, in sentences; nothing where Temporal does not answer. */
  trouble(workflowId: string): Promise<readonly string[]>
}

/** Temporal could not be asked; what the ledgers and memories know is there all the same. */
export class TemporalSilent extends Error {
  override readonly name = 'TemporalSilent'
}

/** A migration's workflow answers within milliseconds, if at all. */
const QUERY_MS = 3000
const LIST_MS = 5000

/** Ten open pages must not become ten times the queries. */
const FRESH_MS = 1000

/** What it said last is told where it does not answer now: a busy worker takes longer than a query may. */
const KEPT_MS = 15_000

/** At the same time: each one wakes a workflow on a worker that has other work. */
const MOST_QUERIES = 4

const PAGE_SIZE = 200

/** More than anybody looks at on one page. */
const MOST_MIGRATIONS = 1000

/** Enums of the API, which do not come with the packages that a worker may import. */
const NOT_OPEN = 2
/** gRPC: there is no such workflow. */
const NOT_FOUND = 5

export function openMigrations(connection: NativeConnection, namespace: string): Migrations {
  const names = freshly(FRESH_MS, async () => await namesOf(connection, namespace))
  const asked = new Map<string, () => Promise<OpenMigration | null>>()
  const one = async (name: string): Promise<OpenMigration | null> => {
    const ask =
      asked.get(name) ??
      freshly(
        FRESH_MS,
        keeping(async () => await askOne(connection, namespace, name)),
      )
    asked.set(name, ask)
    const found = await ask()
    // Names come from whoever types an address: what is not there is not kept.
    if (found === null) asked.delete(name)
    return found
  }
  const all = freshly(FRESH_MS, async () => {
    const found = await fewAtATime(await names(), one)
    return found.filter((migration) => migration !== null)
  })
  return { all, one, trouble: async (workflowId) => await troubleOfRun(connection, namespace, workflowId) }
}

function keeping(ask: () => Promise<OpenMigration | null>): () => Promise<OpenMigration | null> {
  let last: { readonly found: OpenMigration; readonly at: number } | null = null
  return async () => {
    const found = await ask()
    if (found !== null && found.status !== null) last = { found, at: Date.now() }
    const isSilent = found !== null && found.status === null
    return isSilent && last !== null && Date.now() - last.at < KEPT_MS ? last.found : found
  }
}

async function namesOf(connection: NativeConnection, namespace: string): Promise<string[]> {
  const prefix = migrationWorkflowId('')
  const query = `WorkflowType = '${WORKFLOWS.migration}' AND ExecutionStatus = 'Running'`
  const names = new Set<string>()
  let nextPageToken: Uint8Array | null = null
  try {
    do {
      const request = { namespace, query, pageSize: PAGE_SIZE, ...(nextPageToken && { nextPageToken }) }
      const page: Page = await connection.withDeadline(
        Date.now() + LIST_MS,
        async () => await connection.workflowService.listWorkflowExecutions(request),
      )
      for (const { execution } of page.executions ?? [])
        if (execution?.workflowId?.startsWith(prefix)) names.add(execution.workflowId.slice(prefix.length))
      nextPageToken = page.nextPageToken?.length ? page.nextPageToken : null
    } while (nextPageToken !== null && names.size < MOST_MIGRATIONS)
  } catch (error) {
    throw new TemporalSilent('Temporal does not list the migrations', { cause: error })
  }
  return [...names].toSorted()
}

interface Page {
  readonly executions?: readonly { readonly execution?: { readonly workflowId?: string | null } | null }[] | null
  readonly nextPageToken?: Uint8Array | null
}

async function askOne(connection: NativeConnection, namespace: string, name: string): Promise<OpenMigration | null> {
  try {
    const answer = await connection.withDeadline(
      Date.now() + QUERY_MS,
      async () =>
        await connection.workflowService.queryWorkflow({
          namespace,
          execution: { workflowId: migrationWorkflowId(name) },
          query: { queryType: QUERIES.status },
          // A closed one would answer from its history as if it were alive.
          // oxlint-disable-next-line typescript/no-unsafe-enum-assignment
          queryRejectCondition: NOT_OPEN,
        }),
    )
    if (answer.queryRejected) return null
    return { migration: name, status: decoded(answer.queryResult?.payloads?.[0]?.data) }
  } catch (error) {
    if ((error as { code?: unknown }).code === NOT_FOUND) return null
    // Nobody polls, its workflow task fails again and again, or Temporal is away: it does not answer.
    return { migration: name, status: null }
  }
}

/** Our workflows answer JSON. Null: it is something else, of somebody who encrypts what Temporal carries. */
function decoded(data: Uint8Array | null | undefined): MigrationStatus | null {
  try {
    return data ? wholeStatus(JSON.parse(Buffer.from(data).toString('utf8')) as ToldStatus) : null
  } catch {
    return null
  }
}

async function fewAtATime<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let at = next++; at < all.length; at = next++) results[at] = await work(all[at] as T)
  }
  await Promise.all(Array.from({ length: Math.min(MOST_QUERIES, all.length) }, worker))
  return results
}
