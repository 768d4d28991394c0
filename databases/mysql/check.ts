import type { ConsistencyConfig } from '../../core/config/types.js'
import type { Finding } from '../../core/finding.js'
import { isTaken } from '../../core/plan/select-tables.js'
import { checkSnapshot } from './check-snapshot.js'
import { checkVersion } from './check-version.js'
import type { Session } from './connect.js'
import { type Grants, mayOnDatabase, mayOnTable, readGrants } from './grants.js'
import { queryText } from './query.js'
import { isMariaDb } from './server.js'
import type { Sessions } from './sessions.js'

type Tables = { readonly include: readonly string[]; readonly exclude: readonly string[] }

/**
 * Can the source be read whole, and what would stay unseen? Three questions at most, whatever the number of tables.
 * That there are no tables, or that one cannot be opened, follows from the catalog: the planner says so.
 * Throws only what connecting throws.
 */
export async function check(
  sessions: Sessions,
  tables: Tables,
  read: ConsistencyConfig['read'] = 'best-effort',
): Promise<Finding[]> {
  return await sessions.withSession(async (session) => {
    const database = (await queryText(session.raw, 'SELECT DATABASE() AS name'))[0]?.name ?? sessions.address.database
    const findings = checkVersion(session.server, sessions.connection)
    const grants = await grantsOf(session, database)
    if (grants === null) return findings
    const where = { database: `\`${database.replaceAll('`', '``')}\``, account: sessions.address.user }
    if (!mayOnDatabase(grants, 'SELECT')) findings.push(...(await checkTables(session, grants, tables, where)))
    const snapshot = await checkSnapshot(session, grants, read, { ...where, database })
    return [...findings, ...snapshot, ...checkObjects(session, grants, where)]
  })
}

/** Null where the server keeps no privileges (`skip-grant-tables`) or a proxy answers in its place. */
async function grantsOf(session: Session, database: string): Promise<Grants | null> {
  try {
    return readGrants(await queryText(session.raw, 'SHOW GRANTS'), database)
  } catch (error) {
    if ((error as { readonly sqlState?: string }).sqlState === undefined) throw error
    return null
  }
}

type Where = { readonly database: string; readonly account: string }

/** Rights on single tables: others are invisible, and some that are seen cannot be read. */
async function checkTables(session: Session, grants: Grants, tables: Tables, where: Where): Promise<Finding[]> {
  const rows = await queryText(
    session.raw,
    `SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = DATABASE() AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED') ORDER BY 1`,
  )
  const names = rows.map((row) => row.name ?? '')
  const unreadable = names.filter((name) => isTaken(name, tables) && !mayOnTable(grants, name, 'SELECT'))
  const grant = `GRANT SELECT ON ${where.database}.* TO ${where.account}`
  return [
    {
      name: 'account-sees-some-tables',
      severity: 'warning',
      subject: where.account,
      message: `The account has rights on single tables only and sees ${names.length} of them; what else the database holds is invisible to it and will be missing`,
      remedy: `${grant}, or make sure that these are the tables that you want`,
    },
    ...unreadable.map((name): Finding => ({
      name: 'table-not-readable',
      severity: 'blocking',
      subject: name,
      message: 'The account sees this table and may not read all of its columns',
      remedy: `GRANT SELECT ON ${where.database}.\`${name.replaceAll('`', '``')}\` TO ${where.account}, or exclude the table`,
    })),
  ]
}

/** What would be left out of the plan's list of objects that are not carried, because the account does not see it. */
function checkObjects(session: Session, grants: Grants, where: Where): Finding[] {
  const seesRoutines = ['EXECUTE', 'ALTER ROUTINE', 'CREATE ROUTINE', 'SHOW_ROUTINE', 'SHOW CREATE ROUTINE']
  const missing = [
    ...['SHOW VIEW', 'TRIGGER', 'EVENT'].filter((privilege) => !mayOnDatabase(grants, privilege)),
    ...(seesRoutines.some((privilege) => mayOnDatabase(grants, privilege)) ? [] : ['EXECUTE']),
  ]
  if (missing.length === 0) return []
  const unseen = missing.map((privilege) => UNSEEN[privilege]).join(', ')
  const also = isMariaDb(session.server)
    ? 'the text of routines needs SHOW CREATE ROUTINE'
    : 'the text of routines needs SHOW_ROUTINE'
  return [
    {
      name: 'account-sees-some-objects',
      severity: 'info',
      subject: where.account,
      message: `The account does not see ${unseen}: what is not carried may be more than the list says. Every row is there all the same`,
      remedy: `GRANT ${missing.join(', ')} ON ${where.database}.* TO ${where.account}${missing.includes('EXECUTE') ? `; ${also}` : ''}`,
    },
  ]
}

const UNSEEN: Readonly<Record<string, string>> = {
  'SHOW VIEW': 'the text of views',
  TRIGGER: 'triggers',
  EVENT: 'events',
  EXECUTE: 'procedures and functions',
}
