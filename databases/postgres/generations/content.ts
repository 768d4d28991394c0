import { foreignTables, readMark } from '../owner-queries.js'
import { ownedObjects } from '../ledger/index.js'
import type { Database } from './databases.js'
import { inDatabase, type Place } from './place.js'

/** What a database without a mark of ours on it holds. */
export type Content = { readonly is: 'empty' | 'built in place' } | { readonly is: 'others'; readonly tables: string[] }

/**
 * May it make room for a generation? Empty, or all that is in it was made by runs of this migration in place. Schemas
 * `nightferry` of others, and tables and views of people, say no.
 */
export const contentOf = (place: Place, database: Database): Promise<Content> =>
  inDatabase(place, database.name, async (session, client) => {
    const mark = await readMark(client)
    if (mark.is === 'foreign') return { is: 'others', tables: ['schema nightferry'] }
    if (mark.is === 'ours' && mark.migration !== place.migration)
      return { is: 'others', tables: [`tables of the migration ${mark.migration}`] }
    const owned = mark.is === 'ours' ? (await ownedObjects(client)).map((one) => one.oid) : []
    const views = await session.rows<{ name: string }>(VIEWS)
    const tables = [...(await foreignTables(client, null, owned)), ...views.map((one) => one.name)]
    if (tables.length > 0) return { is: 'others', tables }
    return { is: mark.is === 'ours' ? 'built in place' : 'empty' }
  })

const VIEWS = `
  SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'v' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  ORDER BY 1`
