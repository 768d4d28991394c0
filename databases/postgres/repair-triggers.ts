import type pg from 'pg'
import { ident } from './quote.js'

/** As pg_trigger has it: fires always, in a normal session, or in one that plays the replica. */
const STATES: Readonly<Record<string, string>> = { A: 'ENABLE ALWAYS', O: 'ENABLE', R: 'ENABLE REPLICA' }

const NO_PRIVILEGE = '42501'

/** Makes this transaction a replica's: triggers and foreign keys rest. False where the account may not. */
export async function playReplica(client: pg.ClientBase): Promise<boolean> {
  await client.query('SAVEPOINT before_role')
  try {
    await client.query('SET LOCAL session_replication_role TO replica')
    return true
  } catch (error) {
    if ((error as { code?: string }).code !== NO_PRIVILEGE) throw error
    await client.query('ROLLBACK TO SAVEPOINT before_role')
    return false
  }
}

/**
 * Switches off the triggers of a table that would fire in this session, and returns the statements that make them what
 * they were. Within one transaction, so that a death in between changes nothing. Needs the table's owner.
 */
export async function restTriggers(client: pg.ClientBase, table: string, replica: boolean): Promise<string[]> {
  const { rows } = await client.query<{ name: string; state: string }>(
    `SELECT tgname AS name, tgenabled AS state FROM pg_trigger
     WHERE tgrelid = to_regclass($1) AND NOT tgisinternal AND tgenabled = ANY ($2) ORDER BY 1`,
    [table, replica ? ['A', 'R'] : ['A', 'O']],
  )
  for (const { name } of rows) await client.query(`ALTER TABLE ${table} DISABLE TRIGGER ${ident(name)}`)
  return rows.map(({ name, state }) => `ALTER TABLE ${table} ${STATES[state]} TRIGGER ${ident(name)}`)
}
