import type pg from 'pg'
import { Failure } from '../../core/failure.js'
import { aboutConnection, openPool } from './connect.js'
import { codeOf, toFailure } from './errors.js'
import { ident } from './quote.js'
import type { Target } from './target.js'

/** A database on a server, and sessions of it. */
export type Place = Pick<Target, 'address' | 'pool' | 'about'>

/** Databases that every server has, unless somebody dropped them. */
const MAINTENANCE = ['postgres', 'template1']

/**
 * Creates the database where it does not exist: UTF8, from template0, since template1 may hold what others put there.
 * True when this call made it; whoever loses a race finds it made. Throws `target-privilege` without CREATEDB.
 */
export async function ensureDatabase(target: Place): Promise<boolean> {
  if (await exists(target)) return false
  return await onMaintenance(target, async (client) => {
    try {
      await client.query(`CREATE DATABASE ${ident(target.address.database)} ENCODING 'UTF8' TEMPLATE template0`)
      return true
    } catch (error) {
      // duplicate_database, or the same seen by the catalog's unique index.
      if (codeOf(error) === '42P04' || codeOf(error) === '23505') return false
      throw error
    }
  })
}

async function exists(target: Place): Promise<boolean> {
  try {
    const client = await target.pool.connect()
    client.release()
    return true
  } catch (error) {
    if (error instanceof Failure && error.kind === 'target-missing') return false
    throw error
  }
}

/** Runs `work` in a session of a database that is there anyway, and closes it. */
export async function onMaintenance<T>(
  target: Pick<Place, 'address' | 'about'>,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const { connection } = target.about
  let missing: unknown
  for (const database of MAINTENANCE) {
    const address = { ...target.address, database }
    const pool = openPool(address, connection, 1)
    try {
      const client = await pool.connect()
      try {
        return await work(client)
      } catch (error) {
        throw toFailure(error, {
          ...aboutConnection(address, connection),
          doing: `database ${target.address.database}`,
        })
      } finally {
        client.release(true)
      }
    } catch (error) {
      if (!(error instanceof Failure) || error.kind !== 'target-missing') throw error
      missing = error
    } finally {
      await pool.end()
    }
  }
  throw missing
}
