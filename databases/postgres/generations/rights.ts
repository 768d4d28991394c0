import { ident, literal } from '../quote.js'
import { entriesSql, grantings, type Entry, type Granting } from './acl.js'
import type { Database, Databases } from './databases.js'
import type { Session } from './place.js'

/** What belongs to a database and not to what is in it: a TEMPLATE does not bring it along. */
export interface Rights {
  readonly owner: string
  readonly entries: readonly Entry[]
  /** -1: none. */
  readonly limit: number
  readonly settings: readonly Setting[]
}

export interface Setting {
  /** Null: for everybody. */
  readonly role: string | null
  readonly name: string
  readonly value: string
}

/** What CREATE DATABASE would give: everybody may connect. */
export const USUAL_ENTRIES: readonly Entry[] = [
  ...['CREATE', 'CONNECT', 'TEMPORARY'].map((may) => ({ by: null, to: 'owner', may, grantable: false })),
  ...['CONNECT', 'TEMPORARY'].map((may) => ({ by: null, to: 'public', may, grantable: false })),
]

export async function readRights(session: Session, oid: string): Promise<Rights> {
  const [found] = await session.rows<{ owner: string; limit: number; entries: Entry[] }>(
    `SELECT pg_get_userbyid(d.datdba) AS owner, d.datconnlimit AS limit,
       ${entriesSql(`coalesce(d.datacl, acldefault('d', d.datdba))`, 'd.datdba')} AS entries
     FROM pg_database d WHERE d.oid = $1::text::oid`,
    [oid],
  )
  const settings = await session.rows<Setting & object>(
    `SELECT CASE s.setrole WHEN 0 THEN NULL ELSE pg_get_userbyid(s.setrole) END AS role,
       split_part(c, '=', 1) AS name, substr(c, strpos(c, '=') + 1) AS value
     FROM pg_db_role_setting s, unnest(s.setconfig) AS c WHERE s.setdatabase = $1::text::oid ORDER BY 1, 2`,
    [oid],
  )
  return { ...found!, settings }
}

/** In a transaction of the caller's. Statements come as what they are about, since a setting's value may be a secret. */
export async function giveRights(session: Session, database: string, now: Rights, wanted: Rights): Promise<void> {
  const object = `DATABASE ${ident(database)}`
  if (now.owner !== wanted.owner) await session.give(`ALTER ${object} OWNER TO ${ident(wanted.owner)}`)
  await perform(session, grantings({ object, owner: wanted.owner }, now.entries, wanted.entries).statements)
  if (now.limit !== wanted.limit) await session.give(`ALTER ${object} CONNECTION LIMIT ${wanted.limit}`)
  await giveSettings(session, database, now.settings, wanted.settings)
}

/**
 * Each as the role that gave it; where this account cannot act as that role it is the owner who gives it: the privilege is
 * the same, and goes no longer with the one who passed it on.
 */
export async function perform(session: Session, statements: readonly Granting[]): Promise<void> {
  for (const { as, sql } of statements) {
    const acts = as !== null && (await mayActAs(session, as))
    if (acts) await session.give(`SET LOCAL ROLE ${ident(as)}`)
    await session.give(sql)
    if (acts) await session.give('RESET ROLE')
  }
}

const mayActAs = async (session: Session, role: string): Promise<boolean> =>
  (await session.rows(`SELECT FROM pg_roles WHERE rolname = $1 AND pg_has_role(oid, 'MEMBER')`, [role])).length > 0

async function giveSettings(
  session: Session,
  database: string,
  now: readonly Setting[],
  wanted: readonly Setting[],
): Promise<void> {
  const alter = (role: string | null): string =>
    role === null ? `ALTER DATABASE ${ident(database)}` : `ALTER ROLE ${ident(role)} IN DATABASE ${ident(database)}`
  const of = (list: readonly Setting[], one: Setting): Setting | undefined =>
    list.find((other) => other.role === one.role && other.name === one.name)
  for (const one of now) if (!of(wanted, one)) await session.give(`${alter(one.role)} RESET ${spelled(one.name)}`)
  for (const one of wanted)
    if (of(now, one)?.value !== one.value)
      await session.give(`${alter(one.role)} SET ${spelled(one.name)} TO ${valueOf(one)}`)
}

/** `app.name` is two names. */
const spelled = (name: string): string => name.split('.').map(ident).join('.')

/** As pg_dump has it: these are stored as lists of quoted names, and one literal would become one name. */
const LISTS = new Set([
  'local_preload_libraries',
  'search_path',
  'session_preload_libraries',
  'shared_preload_libraries',
  'temp_tablespaces',
  'unix_socket_directories',
])

function valueOf({ name, value }: Setting): string {
  if (!LISTS.has(name.toLowerCase())) return literal(value)
  const parts = value.match(/"(?:[^"]|"")*"|[^,\s]+/g) ?? []
  const plain = parts.map((part) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part))
  return plain.length === 0 ? `''` : plain.map(literal).join(', ')
}

/** Those of the database whose place it takes, else of the published one, else the configured ones. */
export async function rightsFor(
  session: Session,
  databases: Databases,
  incoming: Database,
  over: Database | null,
): Promise<Rights> {
  const model = over ?? databases.published
  if (model) return await readRights(session, model.oid)
  const generation = incoming.mark && databases.generation(incoming.mark.run)
  const built = await readRights(session, (generation ?? incoming).oid)
  const first = generation?.mark.first
  return { ...built, owner: first?.owner ?? built.owner, entries: first?.entries ?? USUAL_ENTRIES }
}
