import type { Fitness, FitnessCheck, Waiver } from '../../../core/fitness.js'
import { changedBy, iso, rowsOf, type Queryable } from '../ledger/query.js'

/** The newest counts: one that was asked earlier and comes later changes nothing. Repeatable. */
export async function saveFitness(db: Queryable, migration: string, fitness: Fitness): Promise<void> {
  await changedBy(
    db,
    `insert into nightferry.memory_fitness as kept (migration, at, fitness) values ($1, $2, $3)
     on conflict (migration) do update set at = excluded.at, fitness = excluded.fitness where kept.at <= excluded.at`,
    [migration, fitness.at, JSON.stringify(fitness)],
  )
}

/** With the waivers of then. */
export async function readFitness(db: Queryable, migration: string): Promise<Fitness | null> {
  const [row] = await rowsOf<{ fitness: string }>(
    db,
    'select fitness::text as fitness from nightferry.memory_fitness where migration = $1',
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
