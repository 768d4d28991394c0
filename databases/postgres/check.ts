import { Failure } from '../../core/failure.js'
import type { Finding } from '../../core/finding.js'
import { onSession } from './cancel.js'
import { databaseFindings, readDatabaseFacts } from './check-database.js'
import { ownerFindings } from './check-owner.js'
import { readServerFacts, serverFindings } from './check-server.js'
import { onMaintenance } from './database.js'
import { isBehindPooler, POOLER } from './session.js'
import type { Target } from './target.js'

/**
 * Can this target take the migration? Asks and changes nothing. What keeps us from connecting at all is a `Failure`;
 * a database that is not there yet is none where the account may make it.
 */
export async function checkTarget(
  target: Target,
  migration: string,
  schema: string,
  what?: 'server',
): Promise<Finding[]> {
  try {
    return await onSession(target, target.about, undefined, async (client) => {
      const server = serverFindings(await readServerFacts(client), target.about.connection)
      // Older servers do not know what the next questions are about.
      if (what === 'server' || server.some((finding) => finding.name === 'server-too-old')) return server
      const database = databaseFindings(await readDatabaseFacts(client, schema), target.about, schema)
      return [...server, ...database, ...(await ownerFindings(client, target.about, migration, schema))]
    })
  } catch (error) {
    if (isBehindPooler(error)) return [{ severity: 'blocking', subject: target.about.connection, ...POOLER }]
    if (!(error instanceof Failure) || error.kind !== 'target-missing') throw error
    return await checkMissing(target, what)
  }
}

/** The database does not exist: what can be said from another one of the same server. */
async function checkMissing(target: Target, what?: 'server'): Promise<Finding[]> {
  const facts = await onMaintenance(target, readServerFacts)
  const { connection, database, user } = target.about
  if (what === 'server') return serverFindings(facts, connection)
  const may = facts.createsDatabases
  const made: Finding = {
    name: may ? 'database-will-be-made' : 'database-missing',
    severity: may ? 'info' : 'blocking',
    subject: connection,
    message: `The database ${database} does not exist${may ? '' : `, and the account ${user} may not make it`}.`,
    remedy: may
      ? 'Nothing: the run makes it (UTF8).'
      : `CREATE DATABASE "${database}" OWNER "${user}" ENCODING 'UTF8', or ALTER ROLE "${user}" CREATEDB.`,
  }
  return [...serverFindings(facts, connection), made]
}
