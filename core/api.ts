import type { Finding } from './finding.js'
import type { Fitness, Waiver } from './fitness.js'
import type { Generation, GenerationCopy } from './generation.js'
import type { LedgerInventory } from './ledger.js'
import type { MemoryInventory, Remembered } from './memory.js'
import type { Place } from './place.js'
import type { Plan, PlanChange } from './plan/types.js'
import type { SchemaDifference } from './ports.js'
import type { Difference, Verdict } from './proof.js'
import type { RunReport } from './report.js'
import type { RunId, RunSummary } from './run.js'
import type { MigrationStatus } from './status.js'

/** The control worker's read API: HTTP GET, `Authorization: Bearer <token>`, JSON (and pages for people), loopback by default. */
export const API_VERSION = 'v1'

const target = (connection: string, database: string | null): string =>
  `/${API_VERSION}/targets/${encodeURIComponent(connection)}/${encodeURIComponent(database ?? '-')}`

const ofRun = (connection: string, database: string | null, run: string): string =>
  `${target(connection, database)}/runs/${encodeURIComponent(run)}`

const ofProof = (connection: string, database: string | null, proof: string): string =>
  `${target(connection, database)}/proofs/${encodeURIComponent(proof)}`

const ofMigration = (connection: string, database: string | null, migration: string): string =>
  `${target(connection, database)}/memory/${encodeURIComponent(migration)}`

const ofPage = (run: RunId): string => `/runs/${encodeURIComponent(run)}`

/** `-` as database: the one of the connection's URL. */
export const API_ROUTES = {
  /** A page for people: every migration and its last runs. */
  page: (): string => '/',
  /** A run's page: live while it is under way, its report from then on. `file`: the report at once, with no way to other pages. */
  runPage: (migration: string, run: RunId, file = false): string =>
    `${ofPage(run)}?migration=${encodeURIComponent(migration)}${file ? '&file' : ''}`,
  /** What that page asks while it is live. Below it: a browser sends what somebody logged in with to no other folder. */
  runLive: (migration: string, run: RunId): string => `${ofPage(run)}/live?migration=${encodeURIComponent(migration)}`,
  /** {product: 'nightferry', version, pid} */
  health: (): string => `/${API_VERSION}/health`,
  /** MigrationsDocument: every one that is open, by name */
  migrations: (): string => `/${API_VERSION}/migrations`,
  /** OpenMigration (with `format`) */
  migration: (name: string): string => `/${API_VERSION}/migrations/${encodeURIComponent(name)}`,
  /** InspectionDocument: the answer of a `check`, `plan` or `apply`; Fitness: of `check --target`. Kept by the worker for an hour. */
  kept: (ref: string): string => `/${API_VERSION}/kept/${encodeURIComponent(ref)}`,
  /** StoredVersion */
  version: (connection: string, database: string | null, number: number): string =>
    `${target(connection, database)}/versions/${number}`,
  /** RunSummary[] newest first */
  runs: (connection: string, database: string | null): string => `${target(connection, database)}/runs`,
  /** AuditEntry[] (core/audit.ts), newest first: the last ones */
  audit: (connection: string, database: string | null): string => `${target(connection, database)}/audit`,
  /** RunSummary[] newest first: of the ledger in this database, and of the migration's memory, with nights that were refused */
  memoryRuns: (connection: string, database: string | null, migration: string): string =>
    `${ofMigration(connection, database, migration)}/runs`,
  /** RunDocument: from the ledger of the run as long as that is there, else from the memory */
  memoryRun: (connection: string, database: string | null, migration: string, run: string): string =>
    `${ofMigration(connection, database, migration)}/runs/${encodeURIComponent(run)}`,
  /** Trend (core/trend.ts), of the last `TREND_RUNS` runs; with a table, of that one alone */
  trend: (connection: string, database: string | null, migration: string, table: string | null): string =>
    `${ofMigration(connection, database, migration)}/trend${table === null ? '' : `/${encodeURIComponent(table)}`}`,
  /** FitnessDocument */
  fitness: (connection: string, database: string | null, migration: string): string =>
    `${ofMigration(connection, database, migration)}/fitness`,
  /** GenerationsDocument */
  generations: (connection: string, database: string | null, migration: string): string =>
    `${ofMigration(connection, database, migration)}/generations`,
  /** AuditEntry[] newest first: of the migration's memory, and of the ledger in this database */
  memoryAudit: (connection: string, database: string | null, migration: string): string =>
    `${ofMigration(connection, database, migration)}/audit`,
  /** InventoryDocument, of where people read; with all that was built aside for it, where that is how it is built */
  inventory: ({ connection, database, published }: Place, migration: string): string =>
    `${ofMigration(connection, database, migration)}/inventory${published === undefined ? '' : '/aside'}`,
  /** StoredVersion: of the migration's memory, else of the ledger in this database */
  memoryVersion: (connection: string, database: string | null, migration: string, number: number): string =>
    `${ofMigration(connection, database, migration)}/versions/${number}`,
  /** RunReport */
  report: (connection: string, database: string | null, run: string): string => ofRun(connection, database, run),
  /** RunProgress */
  progress: (connection: string, database: string | null, run: string): string =>
    `${ofRun(connection, database, run)}/progress`,
  /** ProofReport[], newest first; the run's own proof of its load is the last. */
  proofs: (connection: string, database: string | null, run: string): string =>
    `${ofRun(connection, database, run)}/proofs`,
  /** SchemaDocument: the target's schema now, against the run's plan. */
  schema: (connection: string, database: string | null, run: string): string =>
    `${ofRun(connection, database, run)}/schema`,
  /** Evidence (core/evidence.ts) in an EvidenceFile's form, as text. */
  evidence: (connection: string, database: string | null, run: string): string =>
    `${ofRun(connection, database, run)}/evidence`,
  /** RepairDocument: what a repair of the run would do now. */
  repair: (connection: string, database: string | null, run: string): string =>
    `${ofRun(connection, database, run)}/repair`,
  /** ProofReport */
  proof: (connection: string, database: string | null, proof: string): string => ofProof(connection, database, proof),
  /** DifferencePage: what follows the difference with this id (null: the first ones). Values only where asked for. */
  differences: (
    connection: string,
    database: string | null,
    proof: string,
    { after, values }: { after: string | null; values: boolean },
  ): string => `${ofProof(connection, database, proof)}/differences/${after ?? '-'}${values ? '/values' : ''}`,
} as const

export interface MigrationsDocument {
  readonly format: 1
  readonly migrations: readonly OpenMigration[]
}

export interface OpenMigration {
  readonly migration: string
  /** Null: it did not answer in time. */
  readonly status: MigrationStatus | null
}

/** What a worker keeps until it is fetched. */
export type KeptDocument = InspectionDocument | Fitness

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

/** A run, wherever it is known. */
export interface RunDocument {
  readonly format: 1
  readonly migration: string
  readonly summary: RunSummary
  /** Null: the run was refused, or ended before anything was registered. */
  readonly report: RunReport | null
  /** Null: nothing is kept of it; it is under way, or of before there was a memory. */
  readonly remembered: Remembered | null
  /** The target's, as it was asked last, with the waivers that count now; null or absent: it never was. */
  readonly fitness?: Fitness | null
}

/** What is known of the target's fitness without asking it. */
export interface FitnessDocument {
  readonly format: 1
  readonly migration: string
  /** As it was asked last, with the waivers that count now; null: it never was. */
  readonly fitness: Fitness | null
  /** All that were not taken back, also expired ones. */
  readonly waivers: readonly Waiver[]
}

/** What runs have built aside on a target's server. */
export interface GenerationsDocument {
  readonly format: 1
  readonly migration: string
  /** What people connect to. */
  readonly database: string
  /** Newest first. */
  readonly generations: readonly Generation[]
  /** With the published one, where copies are what people get. */
  readonly copies: readonly GenerationCopy[]
}

/** What the tool made on a target's server. */
export interface InventoryDocument {
  readonly format: 1
  /** That people read. */
  readonly database: string
  /** In that database; null: there is none. */
  readonly ledger: LedgerInventory | null
  /** In database `nightferry`; null: there is none, or it could not be asked and nothing is built aside. */
  readonly memory: MemoryInventory | null
  /** Null: it is built in place. */
  readonly aside: Pick<GenerationsDocument, 'generations' | 'copies'> | null
}

export interface SchemaDocument {
  readonly format: 1
  readonly migration: string
  readonly run: string
  /** `planned` null: people added it. */
  readonly differences: readonly SchemaDifference[]
}

/** What a repair would do: by the newest proof of each table, and the schema as it is. */
export interface RepairDocument {
  readonly format: 1
  readonly migration: string
  readonly run: string
  readonly tables: readonly RepairTable[]
  /** Invalid indexes, constraints that are not validated, counters behind. */
  readonly schema: readonly SchemaDifference[]
}

/** Rows to insert, to delete, and to do both with. All 0 where nothing could be named: the ranges are compared again. */
export interface RepairTable {
  readonly table: string
  readonly proof: string
  readonly verdict: Verdict
  readonly missing: number
  readonly extra: number
  readonly changed: number
}

export interface DifferencePage {
  readonly format: 1
  /** Empty: there are no more. */
  readonly differences: readonly ListedDifference[]
}

/** A row that differs, with its table. Where values are hidden a column is its name alone. */
export interface ListedDifference extends Omit<Difference, 'columns'> {
  readonly id: string
  readonly table: string
  readonly columns: readonly (Difference['columns'][number] | { readonly column: string })[]
}
