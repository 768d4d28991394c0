import type pg from 'pg'
import { Failure } from '../../core/failure.js'
import type { Plan, PlannedTable } from '../../core/plan/types.js'
import type { RunId } from '../../core/run.js'
import { batches } from './batches.js'
import { alone, inTransaction, onSession } from './cancel.js'
import { createTable, createType, sequenceNames } from './ddl.js'
import { dropOwned } from './drop.js'
import { useExtensions } from './features.js'
import { ownedObjects, recordObject, type OwnedObject } from './ledger/index.js'
import { ident } from './quote.js'
import { refuseTaken } from './taken.js'
import type { Target } from './target.js'

/**
 * A transaction's share: each table takes a handful of locks (itself, its toast, sequence and types), and the server
 * has room for 64 a session as it comes.
 */
const TABLES_AT_ONCE = 100

/**
 * Drops what earlier runs made, by its mark, and makes the plan's types and bare tables, marked in the same
 * transactions; `only` makes tables of these ordinals alone. A repeat for the same run keeps what it finds made. Throws
 * `object-refused` that names the table, or
 * what stands in the way, before anything is dropped.
 */
export async function buildSchema(
  target: Target,
  plan: Plan,
  run: RunId,
  signal?: AbortSignal,
  only?: ReadonlySet<number>,
): Promise<void> {
  const about = { ...target.about, doing: `schema ${plan.target.schema}` }
  const build = async (): Promise<void> => {
    const owned = await onSession(target, about, signal, ownedObjects)
    await refuseTaken(target, plan, owned)
    await dropOwned(
      target,
      owned.filter((object) => object.run !== run),
      owned.filter((object) => object.run === run),
      signal,
    )
    await inTransaction(target, about, signal, async (client) => {
      await createSchema(client, plan.target.schema)
      await useExtensions(client, plan)
    })
    const kept = owned.filter((object) => object.run === run)
    await makeMissing(target, plan, run, { kept, only }, signal)
  }
  await alone(target, about, 'nightferry schema', build, signal)
}

async function makeMissing(
  target: Target,
  plan: Plan,
  run: RunId,
  { kept, only }: { readonly kept: readonly OwnedObject[]; readonly only: ReadonlySet<number> | undefined },
  signal: AbortSignal | undefined,
): Promise<void> {
  const made = new Set(kept.map((object) => `${object.kind} ${object.name}`))
  const sequences = sequenceNames(plan)
  const makings = plan.tables
    .filter((table) => !made.has(`table ${table.target}`) && (only === undefined || only.has(table.ordinal)))
    .map((table) => makingOf(plan, table, made, sequences))
  for (const batch of batches(makings, TABLES_AT_ONCE)) await makeTables(target, plan, run, batch, signal)
}

/** Without the CREATE privilege on the database an existing schema must do: so it is asked for first. */
async function createSchema(client: pg.ClientBase, schema: string): Promise<void> {
  const { rows } = await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema])
  if (rows.length === 0) await client.query(`CREATE SCHEMA IF NOT EXISTS ${ident(schema)}`)
}

interface Making {
  readonly table: PlannedTable
  readonly types: readonly string[]
  readonly statements: readonly string[]
}

function makingOf(plan: Plan, table: PlannedTable, made: ReadonlySet<string>, sequences: Map<number, string>): Making {
  const types = table.enums.filter((type) => !made.has(`type ${type.name}`))
  const statements = [
    ...types.map((type) => createType(plan, type)),
    createTable(plan, table, sequences.get(table.ordinal) ?? null),
  ]
  return { table, types: types.map((type) => type.name), statements }
}

/** All of them in one statement; where that is refused, one by one to name the table. */
async function makeTables(
  target: Target,
  plan: Plan,
  run: RunId,
  makings: readonly Making[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const only = makings.length === 1 ? makings[0]?.table : undefined
  const about = only ? { ...target.about, table: only, doing: `table ${only.source}` } : target.about
  try {
    await inTransaction(target, about, signal, (client) => makeAll(client, plan, run, makings))
  } catch (error) {
    if (only || !(error instanceof Failure) || error.policy !== 'hold') throw error
    for (const making of makings) await makeTables(target, plan, run, [making], signal)
  }
}

async function makeAll(client: pg.ClientBase, plan: Plan, run: RunId, makings: readonly Making[]): Promise<void> {
  await useExtensions(client, plan)
  await client.query(makings.flatMap((making) => making.statements).join(';\n'))
  for (const { kind, name, oid } of await oidsOf(client, plan, makings))
    await recordObject(client, run, kind, plan.target.schema, name, oid)
}

async function oidsOf(
  client: pg.ClientBase,
  plan: Plan,
  makings: readonly Making[],
): Promise<Pick<OwnedObject, 'kind' | 'name' | 'oid'>[]> {
  const { rows } = await client.query<Pick<OwnedObject, 'kind' | 'name' | 'oid'>>(
    `SELECT 'table' AS kind, relname AS name, oid::bigint::float8 AS oid FROM pg_class
     WHERE relnamespace = $1::regnamespace AND relname = ANY($2)
     UNION ALL SELECT 'type', typname, oid::bigint::float8 FROM pg_type
     WHERE typnamespace = $1::regnamespace AND typname = ANY($3)`,
    [
      ident(plan.target.schema),
      makings.map((making) => making.table.target),
      makings.flatMap((making) => making.types),
    ],
  )
  return rows
}
