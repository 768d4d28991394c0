import type pg from 'pg'
import type { Fitness, FitnessCheck, Waiver } from '../../../core/fitness.js'
import { bothFitness } from '../../../core/fitness/both.js'
import { changedBy, iso, rowsOf, type Queryable } from '../ledger/query.js'

/**
 * The newest counts, of what was asked and of the test of restoring, whichever comes last: what knows of none, or of an
 * earlier one, takes away none. In a transaction of `client`. Repeatable.
 */
export async function saveFitness(client: pg.ClientBase, migration: string, fitness: Fitness): Promise<void> {
  const { at } = fitness
  const first = await changedBy(
    client,
    'insert into nightferry.memory_fitness (migration, at, fitness) values ($1, $2, $3) on conflict (migration) do nothing',
    [migration, at, JSON.stringify(fitness)],
  )
  if (first > 0) return
  // Others that save now wait here for the end of this transaction.
  const kept = await readFitness(client, migration, 'for update')
  // Somebody has cleaned meanwhile.
  if (kept === null) return
  const both = bothFitness(kept, fitness)
  await changedBy(client, 'update nightferry.memory_fitness set at = $2, fitness = $3 where migration = $1', [
    ...[migration, both.at, JSON.stringify(both)],
  ])
}

/** With the waivers of then. */
export async function readFitness(
  db: Queryable,
  migration: string,
  locking: '' | 'for update' = '',
): Promise<Fitness | null> {
  const [row] = await rowsOf<{ fitness: string }>(
    db,
    `select fitness::text as fitness from nightferry.memory_fitness where migration = $1 ${locking}`,
    [migration],
  )
  return row === undefined ? null : (JSON.parse(row.fitness) as Fitness)
}

/** A check has one: that of the later moment. Repeatable. */
export async function saveWaiver(db: Queryable, migration: string, waiver: Waiver): Promise<void> {
  const { check, by, why, at, expires } = waiver
  await changedBy(
    db,
    `insert into nightferry.memory_waiver as kept (migration, name, by_whom, why, at, expires)
     values ($1, $2, $3, $4, $5, $6) on conflict (migration, name) do update
     set by_whom = excluded.by_whom, why = excluded.why, at = excluded.at, expires = excluded.expires
     where kept.at <= excluded.at`,
    [migration, check, by, why, at, expires],
  )
}

/** Repeatable; what was given later than `at` stays. */
export async function removeWaiver(db: Queryable, migration: string, check: FitnessCheck, at: string): Promise<void> {
  await changedBy(db, 'delete from nightferry.memory_waiver where migration = $1 and name = $2 and at <= $3', [
    ...[migration, check, at],
  ])
}

/** Also those that have expired, by name. */
export async function listWaivers(db: Queryable, migration: string): Promise<Waiver[]> {
  return await rowsOf<Waiver & { [column: string]: unknown }>(
    db,
    `select name as "check", by_whom as by, why, ${iso('at')} as at, ${iso('expires')} as expires
     from nightferry.memory_waiver where migration = $1 order by name`,
    [migration],
  )
}
