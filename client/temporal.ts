import { Client, Connection, isGrpcServiceError, ServiceError } from '@temporalio/client'
import { NamespaceNotFoundError } from '@temporalio/common'
import { EXIT } from './exit-codes.js'
import { Problem } from './problem.js'
import { connectionSecurity } from './temporal-options.js'
import type { Where } from './where.js'

/** A connected client, and the words to speak of it. */
export interface Temporal {
  readonly client: Client
  readonly connection: Connection
  readonly where: Where
}

const CONNECT_MS = 3000

/**
 * Connects within 3 s; a Problem with exit 3 where nothing answers. Never closed: a call that the SDK is about to
 * repeat (a long poll that was left) throws out of a timer then, where nobody can catch it. The command's end closes it.
 */
export async function connectTemporal(where: Where, env: NodeJS.ProcessEnv): Promise<Temporal> {
  const security = connectionSecurity(env)
  let connection: Connection
  try {
    connection = await Connection.connect({ ...security, address: where.address, connectTimeout: CONNECT_MS })
  } catch (error) {
    throw unreachable(where, error)
  }
  const client = new Client({
    connection,
    namespace: where.namespace,
    // A closed entity would answer from its history as if it were alive.
    workflow: { queryRejectCondition: 'NOT_OPEN' },
  })
  return { client, connection, where }
}

export function unreachable(where: Where, cause?: unknown): Problem {
  return new Problem(
    EXIT.unreachable,
    `Temporal does not answer at ${where.address} (from ${where.from})`,
    'Start one with `nightferry up`, or name yours in TEMPORAL_ADDRESS or --address.',
    { cause },
  )
}

/** Every call has a deadline: `ms` from now. */
export const within = async <T>(temporal: Temporal, ms: number, call: () => Promise<T>): Promise<T> =>
  await temporal.connection.withDeadline(Date.now() + ms, call)

const GRPC_UNAVAILABLE = 14
const GRPC_CANCELLED = 1
const GRPC_DEADLINE = 4

const grpcCode = (error: unknown): number | null => {
  if (isGrpcServiceError(error)) return error.code
  if (error instanceof Error && isGrpcServiceError(error.cause)) return error.cause.code
  return null
}

/** The server is away for now: asking again later may help. */
export function isAway(error: unknown): boolean {
  const code = grpcCode(error)
  return code === GRPC_UNAVAILABLE || code === GRPC_CANCELLED || code === GRPC_DEADLINE
}

/** Gives an error of Temporal's client the words of a person; other errors stay as they are. */
export function explainTemporal(where: Where, error: unknown): unknown {
  if (error instanceof Problem) return error
  if (isAway(error)) return unreachable(where, error)
  if (
    error instanceof NamespaceNotFoundError ||
    (error instanceof Error && /namespace .*not found/i.test(error.message))
  )
    return new Problem(
      EXIT.unreachable,
      `Temporal at ${where.address} has no namespace ${where.namespace}`,
      'Name another with --namespace or TEMPORAL_NAMESPACE, or create it.',
      { cause: error },
    )
  if (error instanceof ServiceError)
    return new Problem(
      EXIT.unreachable,
      `Temporal at ${where.address} answered: ${error.cause?.message ?? error.message}`,
      'See its log; NIGHTFERRY_DEBUG=1 shows the whole error.',
      { cause: error },
    )
  return error
}
