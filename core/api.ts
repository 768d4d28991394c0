import type { Finding } from './finding.js'
import type { Plan, PlanChange } from './plan/types.js'

/** The control worker's read API: HTTP GET, `Authorization: Bearer <token>`, JSON, loopback by default. */
export const API_VERSION = 'v1'

const target = (connection: string, database: string | null): string =>
  `/${API_VERSION}/targets/${encodeURIComponent(connection)}/${encodeURIComponent(database ?? '-')}`

/** `-` as database: the one of the connection's URL. */
export const API_ROUTES = {
  /** {product: 'nightferry', version, pid} */
  health: (): string => `/${API_VERSION}/health`,
  /** InspectionDocument: the answer of a `check`, `plan` or `apply`, kept by the worker for an hour. */
  kept: (ref: string): string => `/${API_VERSION}/kept/${encodeURIComponent(ref)}`,
  /** StoredVersion */
  version: (connection: string, database: string | null, number: number): string =>
    `${target(connection, database)}/versions/${number}`,
  /** RunSummary[] newest first */
  runs: (connection: string, database: string | null): string => `${target(connection, database)}/runs`,
  /** RunReport */
  report: (connection: string, database: string | null, run: string): string =>
    `${target(connection, database)}/runs/${encodeURIComponent(run)}`,
  /** RunProgress */
  progress: (connection: string, database: string | null, run: string): string =>
    `${target(connection, database)}/runs/${encodeURIComponent(run)}/progress`,
} as const

export interface InspectionDocument {
  readonly format: 1
  readonly what: 'check' | 'plan' | 'apply'
  readonly migration: string
  /** Null after a check that could not get as far as planning. */
  readonly plan: Plan | null
  readonly planHash: string | null
  readonly findings: readonly Finding[]
  /** Against the last applied version; null where there is none. */
  readonly changes: readonly PlanChange[] | null
}
