import type pg from 'pg'
import { Failure } from '../../core/failure.js'
import type { Plan, PlannedTable } from '../../core/plan/types.js'
import { onSession } from './cancel.js'
import { addCheck, addForeignKey, comments, validateConstraint } from './ddl.js'
import { codeOf, toFailure, type ErrorContext } from './errors.js'
import { orphansOf } from './orphans.js'
import { tableName } from './quote.js'
import type { Target } from './target.js'
import { timed } from './timing.js'

const DUPLICATE_OBJECT = '42710'

/**
 * Makes foreign keys (NOT VALID), checks (NOT VALID) and comments, or finds them made. One that is refused does not
 * keep the others from being made; the first refusal is thrown at the end.
 */
export async function addForeignKeys(
  target: Target,
  plan: Plan,
  table: PlannedTable,
  signal?: AbortSignal,
): Promise<void> {
  const wanted = [
    ...table.checks.map((check) => ({ name: check.name, text: addCheck(plan, table, check.name, check.expression) })),
    ...table.foreignKeys.map((key) => ({ name: key.target, text: addForeignKey(plan, table, key) })),
  ]
  const remarks = comments(plan, table)
  if (wanted.length + remarks.length === 0) return
  const about = { ...target.about, table }
  const made = await onSession(target, about, signal, (client) => constraintsOf(client, plan, table))
  const todo = wanted.filter(({ name }) => !made.has(name))
  if (todo.length + remarks.length === 0) return
  await timed(target, plan, table, 'constraints', () =>
    onSession(target, about, undefined, async (client) => {
      if (remarks.length > 0) await client.query(remarks.join(';\n'))
      await each(todo, async ({ name, text }) => {
        await client.query(text).catch((error: unknown) => {
          // Made by the last attempt's session just now, whose worker is gone.
          if (codeOf(error) === DUPLICATE_OBJECT) return
          throw toFailure(error, { ...about, doing: `constraint ${name} of ${table.source}` })
        })
      })
    }),
  )
}

/**
 * Validates foreign keys and checks. What rows break stays NOT VALID; the others are validated all the same, then
 * the first `constraint-violated` is thrown, its private part naming up to ten orphans by key.
 */
export async function validateForeignKeys(
  target: Target,
  plan: Plan,
  table: PlannedTable,
  signal: AbortSignal,
): Promise<void> {
  if (table.foreignKeys.length + table.checks.length === 0) return
  const about = { ...target.about, table }
  const names = [...table.checks.map((check) => check.name), ...table.foreignKeys.map((key) => key.target)]
  const made = await onSession(target, about, signal, (client) => constraintsOf(client, plan, table))
  const todo = names.filter((name) => made.get(name) === false)
  // A table that has nothing to validate is not written about either.
  if (todo.length === 0) return
  await timed(target, plan, table, 'constraints', () =>
    onSession(target, about, signal, (client) =>
      each(todo, (name) => validate(client, plan, table, name, about, signal)),
    ),
  )
}

async function validate(
  client: pg.ClientBase,
  plan: Plan,
  table: PlannedTable,
  name: string,
  about: ErrorContext,
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.query(validateConstraint(plan, table, name))
  } catch (error) {
    signal.throwIfAborted()
    const key = table.foreignKeys.find((foreign) => foreign.target === name)
    if (codeOf(error) === '23503' && key) throw await orphansOf(client, plan, table, key)
    throw toFailure(error, { ...about, doing: `constraint ${name} of ${table.source}` })
  }
}

/** By name: whether it is validated. */
async function constraintsOf(client: pg.ClientBase, plan: Plan, table: PlannedTable): Promise<Map<string, boolean>> {
  const { rows } = await client.query<{ name: string; valid: boolean }>(
    'SELECT conname AS name, convalidated AS valid FROM pg_constraint WHERE conrelid = to_regclass($1)',
    [tableName(plan, table)],
  )
  return new Map(rows.map((row) => [row.name, row.valid]))
}

/** Does all; a `Failure` that waits for a person lets the next one go on, every other error ends it at once. */
async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const failures: Failure[] = []
  for (const item of items) {
    try {
      await work(item)
    } catch (error) {
      if (!(error instanceof Failure) || error.policy !== 'hold') throw error
      failures.push(error)
    }
  }
  const [first, ...more] = failures
  if (first) throw more.length === 0 ? first : together(first, more)
}

function together(first: Failure, more: readonly Failure[]): Failure {
  const all = [first, ...more]
  const joined = (part: 'key' | 'reason'): string => all.flatMap((f) => f.details.private?.[part] ?? []).join('; ')
  return new Failure(first.kind, all.map((failure) => failure.message).join(' '), {
    ...first.details,
    private: { key: joined('key'), reason: joined('reason') },
  })
}
