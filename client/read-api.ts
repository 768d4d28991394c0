import { setTimeout as delay } from 'node:timers/promises'
import {
  API_ROUTES,
  type DifferencePage,
  type FitnessDocument,
  type GenerationsDocument,
  type InspectionDocument,
  type InventoryDocument,
  type RepairDocument,
  type RunDocument,
  type SchemaDocument,
} from '../core/api.js'
import type { AuditEntry } from '../core/audit.js'
import type { EvidenceFile } from '../core/evidence.js'
import type { Fitness } from '../core/fitness.js'
import type { StoredVersion } from '../core/ledger.js'
import type { Place } from '../core/place.js'
import type { ProofReport } from '../core/proof.js'
import type { RunProgress, RunReport } from '../core/report.js'
import type { RunId, RunSummary } from '../core/run.js'
import type { Trend } from '../core/trend.js'
import { EXIT } from './exit-codes.js'
import { readApiFile, type ApiFile } from './folder.js'
import { Problem } from './problem.js'

/** The control worker's read API. Plans, reports and progress come from here, never through Temporal. */
export interface ReadApi {
  kept(ref: string): Promise<InspectionDocument>
  /** Of `check --target`. */
  keptFitness(ref: string): Promise<Fitness>
  /** As it was asked last, and its waivers. */
  fitness(at: TargetName, migration: string): Promise<FitnessDocument>
  version(at: TargetName, migration: string, number: number): Promise<StoredVersion>
  /** Newest first. */
  runs(at: TargetName, migration: string): Promise<RunSummary[]>
  /** A run, wherever it is known. */
  run(at: TargetName, migration: string, run: RunId): Promise<RunDocument>
  /** Of all tables, or of one. */
  trend(at: TargetName, migration: string, table: string | null): Promise<Trend>
  /** The same as a page of HTML that stands alone. */
  runPage(migration: string, run: RunId): Promise<string>
  generations(at: TargetName, migration: string): Promise<GenerationsDocument>
  /** Newest first. */
  audit(at: TargetName, migration: string): Promise<AuditEntry[]>
  report(at: TargetName, run: RunId): Promise<RunReport>
  progress(at: TargetName, run: RunId): Promise<RunProgress>
  /** Newest first. */
  proofs(at: TargetName, run: RunId): Promise<ProofReport[]>
  proof(at: TargetName, proof: string): Promise<ProofReport>
  differences(
    at: TargetName,
    proof: string,
    page: { after: string | null; values: boolean },
  ): Promise<DifferencePage['differences']>
  /** Of `MigrationStatus.target`, which says whether it is built aside. */
  inventory(at: Place, migration: string): Promise<InventoryDocument>
  schema(at: TargetName, run: RunId): Promise<SchemaDocument>
  repair(at: TargetName, run: RunId): Promise<RepairDocument>
  evidence(at: TargetName, run: RunId): Promise<EvidenceFile>
}

/** Names, never URLs: `MigrationStatus.target`. */
export interface TargetName {
  readonly connection: string
  readonly database: string | null
}

const TIMEOUT_MS = 10_000

/** Of what is looked up in the target first, not only in its ledger. */
const LOOKING_MS = 120_000

/** The address is looked up for each request: a control worker that came back listens somewhere else. */
export function readApi(env: NodeJS.ProcessEnv, folder: string): ReadApi {
  const get = async <T>(path: string, timeout = TIMEOUT_MS): Promise<T> =>
    await ask<T>(findApi(env, folder), path, timeout)
  return {
    kept: async (ref) => await get(API_ROUTES.kept(ref)),
    keptFitness: async (ref) => await get(API_ROUTES.kept(ref)),
    fitness: async (at, migration) => await get(API_ROUTES.fitness(at.connection, at.database, migration)),
    version: async (at, migration, number) =>
      await get(API_ROUTES.memoryVersion(at.connection, at.database, migration, number)),
    runs: async (at, migration) => await get(API_ROUTES.memoryRuns(at.connection, at.database, migration)),
    run: async (at, migration, run) => await get(API_ROUTES.memoryRun(at.connection, at.database, migration, run)),
    trend: async (at, migration, table) =>
      await get(API_ROUTES.trend(at.connection, at.database, migration, table), LOOKING_MS),
    runPage: async (migration, run) => {
      const path = API_ROUTES.runPage(migration, run, true)
      return await (await answered(findApi(env, folder), path, LOOKING_MS)).text()
    },
    generations: async (at, migration) =>
      await get(API_ROUTES.generations(at.connection, at.database, migration), LOOKING_MS),
    audit: async (at, migration) => await get(API_ROUTES.memoryAudit(at.connection, at.database, migration)),
    report: async (at, run) => await get(API_ROUTES.report(at.connection, at.database, run)),
    progress: async (at, run) => await get(API_ROUTES.progress(at.connection, at.database, run)),
    proofs: async (at, run) => await get(API_ROUTES.proofs(at.connection, at.database, run)),
    proof: async (at, proof) => await get(API_ROUTES.proof(at.connection, at.database, proof)),
    differences: async (at, proof, page) =>
      (await get<DifferencePage>(API_ROUTES.differences(at.connection, at.database, proof, page))).differences,
    evidence: async (at, run) => await get(API_ROUTES.evidence(at.connection, at.database, run), LOOKING_MS),
    repair: async (at, run) => await get(API_ROUTES.repair(at.connection, at.database, run), LOOKING_MS),
    inventory: async (at, migration) => await get(API_ROUTES.inventory(at, migration), LOOKING_MS),
    schema: async (at, run) => await get(API_ROUTES.schema(at.connection, at.database, run), LOOKING_MS),
  }
}

/** NIGHTFERRY_API and NIGHTFERRY_API_TOKEN, else what a control worker of this folder wrote. */
export function findApi(env: NodeJS.ProcessEnv, folder: string): ApiFile {
  const token = env['NIGHTFERRY_API_TOKEN'] ?? ''
  const url = env['NIGHTFERRY_API']
  if (url) return { url, token }
  const found = readApiFile(folder)
  if (found !== null) return { url: found.url, token: found.token || token }
  throw new Problem(
    EXIT.unreachable,
    'where the read API of the control worker is, is not known',
    'Set NIGHTFERRY_API and NIGHTFERRY_API_TOKEN, or go to the folder where `nightferry up` or the worker runs.',
  )
}

const API_PATIENCE_MS = 15_000

/** Asks the read API again while the control worker, which has perhaps just died, comes back. */
export async function patiently<T>(fetch: () => Promise<T>): Promise<T> {
  const until = Date.now() + API_PATIENCE_MS
  for (;;) {
    try {
      return await fetch()
    } catch (error) {
      const worth = error instanceof Problem && error.exit === EXIT.unreachable && Date.now() < until
      if (!worth) throw error
      await delay(500)
    }
  }
}

const ask = async <T>(api: ApiFile, path: string, timeout: number): Promise<T> =>
  (await (await answered(api, path, timeout)).json()) as T

async function answered(api: ApiFile, path: string, timeout: number): Promise<Response> {
  const response = await request(api, path, timeout)
  if (response.ok) return response
  const body = (await response.json().catch(() => null)) as { error?: string; message?: string; remedy?: string } | null
  if (response.status === 401 || response.status === 403)
    throw new Problem(
      EXIT.unreachable,
      `the read API at ${api.url} refuses the token`,
      'Set NIGHTFERRY_API_TOKEN to the token of that control worker.',
    )
  throw new Problem(
    response.status === 404 ? EXIT.usage : EXIT.refused,
    body?.message ?? body?.error ?? `the read API at ${api.url} answered ${response.status} to ${path}`,
    body?.remedy ?? 'See the log of the control worker.',
  )
}

async function request(api: ApiFile, path: string, timeout: number): Promise<Response> {
  try {
    return await fetch(new URL(path, api.url), {
      headers: { authorization: `Bearer ${api.token}` },
      signal: AbortSignal.timeout(timeout),
    })
  } catch (error) {
    throw new Problem(
      EXIT.unreachable,
      `the read API of the control worker does not answer at ${api.url}`,
      'Start the control worker with `nightferry up` or `nightferry worker`, or correct NIGHTFERRY_API.',
      { cause: error },
    )
  }
}
