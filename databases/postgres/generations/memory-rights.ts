import type { Finding } from '../../../core/finding.js'
import { Failure } from '../../../core/failure.js'
import { ident } from '../quote.js'
import { inDatabase, type Place, type Session } from './place.js'

/**
 * Whether this account, which may create databases, may keep what it remembers in the memory's database: null, or what it
 * lacks there, where somebody else made it. Asks and changes nothing.
 */
export async function memoryOfOther(session: Session, place: Place): Promise<Finding | null> {
  const [found] = await session.rows<{ connects: boolean }>(
    `SELECT datallowconn AND has_database_privilege(oid, 'CONNECT') AS connects FROM pg_database WHERE datname = $1`,
    [place.memory],
  )
  // Whoever needs it makes it.
  if (found === undefined) return null
  const lacks = found.connects ? await lacksInside(place) : wayIn(place)
  return lacks.length === 0 ? null : memoryFinding(place, lacks)
}

const RIGHTS = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const

/** A right that is missing, and what gives it. */
interface Lack {
  readonly right: string
  readonly grant: string
}

/** What is inside cannot be seen without it. */
const wayIn = ({ memory, address }: Place): Lack[] => [
  {
    right: 'a way in',
    grant: [
      `GRANT CONNECT ON DATABASE ${ident(memory)} TO ${ident(address.user)} (and a line in pg_hba.conf)`,
      `GRANT USAGE, CREATE ON SCHEMA nightferry TO ${ident(address.user)}`,
      `GRANT ${RIGHTS.join(', ')} ON ALL TABLES IN SCHEMA nightferry TO ${ident(address.user)}`,
    ].join('; '),
  },
]

async function lacksInside(place: Place): Promise<Lack[]> {
  try {
    return await inDatabase(place, place.memory, (session) => ask(session, place))
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    // Dropped since.
    if (error.kind === 'target-missing') return []
    if (error.kind === 'target-login' || error.kind === 'target-privilege') return wayIn(place)
    throw error
  }
}

interface May {
  /** Null: there is no schema. */
  readonly enters: boolean | null
  readonly makes: boolean | null
  readonly creates: boolean
}

async function ask(session: Session, { memory, address }: Place): Promise<Lack[]> {
  const user = ident(address.user)
  const [may] = await session.rows<May & { [column: string]: unknown }>(
    `SELECT has_schema_privilege(n.oid, 'USAGE') AS enters, has_schema_privilege(n.oid, 'CREATE') AS makes,
       has_database_privilege(current_database(), 'CREATE') AS creates
     FROM (VALUES (true)) one LEFT JOIN pg_namespace n ON n.nspname = 'nightferry'`,
  )
  const tables = await session.rows<{ name: string; rights: string[] }>(
    String.raw`SELECT c.relname AS name, ARRAY(SELECT r FROM unnest($1::text[]) r WHERE NOT has_table_privilege(c.oid, r)) AS rights
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'nightferry' AND c.relkind IN ('r', 'p') AND c.relname LIKE 'memory\_%' ORDER BY c.relname`,
    [RIGHTS],
  )
  const inside = [
    ...(may!.enters === false ? ['USAGE'] : []),
    // What a later release remembers lies in tables that it makes.
    ...(may!.makes === false ? ['CREATE'] : []),
  ].join(', ')
  const closed = tables.filter(({ rights }) => rights.length > 0).map(({ name }) => `nightferry.${ident(name)}`)
  return [
    // The schema is made `if not exists`: the right is asked for all the same.
    ...(tables.length === 0 && !may!.creates
      ? [{ right: 'CREATE', grant: `GRANT CREATE ON DATABASE ${ident(memory)} TO ${user}` }]
      : []),
    ...(inside === ''
      ? []
      : [{ right: `${inside} on schema nightferry`, grant: `GRANT ${inside} ON SCHEMA nightferry TO ${user}` }]),
    ...(closed.length === 0
      ? []
      : [
          {
            right: `${RIGHTS.join(', ')} on ${closed.length} tables`,
            grant: `GRANT ${RIGHTS.join(', ')} ON ${closed.join(', ')} TO ${user}`,
          },
        ]),
  ]
}

const memoryFinding = ({ connection, memory, address }: Place, lacks: readonly Lack[]): Finding => ({
  ...{ name: 'memory-of-other-account', severity: 'warning', subject: connection },
  message: `The database ${memory}, which remembers all runs of the server, belongs to another account, and ${address.user} lacks ${lacks.map(({ right }) => right).join('; ')} there: runs make tables in place.`,
  remedy: `As its owner, in database ${memory}: ${lacks.map(({ grant }) => grant).join('; ')}. Or set \`publish: {mode: in-place}\`.`,
})
