import { MOST_PUBLISHED_BYTES } from '../../../core/generation.js'
import { MEMORY_DATABASE } from '../../../core/memory.js'
import { Failure, type FailureKind } from '../../../core/failure.js'
import { isBlocked, type Finding } from '../../../core/finding.js'
import { ident } from '../quote.js'
import { Databases } from './databases.js'
import { memoryOfOther } from './memory-rights.js'
import { onServer, type Place, type Session } from './place.js'
import { whyNoRoom } from './publish.js'

/** See GenerationsPort.ability. Asks and changes nothing. */
export async function abilityOf(place: Place): Promise<{ rebuild: boolean; findings: Finding[] }> {
  try {
    return await ask(place)
  } catch (error) {
    // An account that gets into its own database alone migrates there as ever.
    if (error instanceof Failure && NO_WAY_IN.has(error.kind)) return { rebuild: false, findings: [noWayIn(place)] }
    throw error
  }
}

const NO_WAY_IN: ReadonlySet<FailureKind> = new Set(['target-privilege', 'target-login', 'target-missing'])

const ask = (place: Place): Promise<{ rebuild: boolean; findings: Finding[] }> =>
  onServer(place, async (session) => {
    const may = await readMay(session)
    const { published } = await Databases.read(session, place)
    const lacks = [
      ...(RESERVED.includes(place.published) ? [reservedName(place)] : []),
      ...(may.creates ? [] : [lacksCreatedb(place)]),
      ...(Buffer.byteLength(place.published) > MOST_PUBLISHED_BYTES ? [longName(place)] : []),
    ]
    if (lacks.length > 0) return { rebuild: false, findings: lacks }
    const forgets = await memoryOfOther(session, place)
    if (forgets !== null) return { rebuild: false, findings: [forgets] }
    // A publish that was killed has closed it: `settle` opens it.
    const closed = published?.open === false && (await isIntended(session, place, published.oid))
    const problem = published && !closed ? await whyNoRoom(place, published) : null
    if (published && problem && !published.mine)
      return { rebuild: false, findings: [{ ...about(place, 'database-of-other-owner', 'warning'), ...problem }] }
    const findings = [
      ...(problem ? [{ ...about(place, 'published-name-taken', 'blocking'), ...problem }] : []),
      ...(may.ends ? [] : [lacksSignal(place)]),
    ]
    return { rebuild: !isBlocked(findings), findings }
  })

const isIntended = async (session: Session, place: Place, oid: string): Promise<boolean> =>
  (await Databases.read(session, place)).all.some(({ mark }) => mark?.into?.over === oid)

async function readMay(session: Session): Promise<{ creates: boolean; ends: boolean }> {
  const [may] = await session.rows<{ creates: boolean; ends: boolean }>(
    `SELECT rolcreatedb OR rolsuper AS creates, rolsuper OR pg_has_role('pg_signal_backend', 'USAGE') AS ends
     FROM pg_roles WHERE rolname = current_user`,
  )
  return may!
}

const about = (
  place: Place,
  name: string,
  severity: Finding['severity'],
): Pick<Finding, 'name' | 'severity' | 'subject'> => ({
  ...{ name, severity, subject: place.connection },
})

const noWayIn = (place: Place): Finding => ({
  ...about(place, 'no-maintenance-database', 'warning'),
  message: `The account ${place.address.user} gets into no database of the server but its own: databases are made and renamed from another one.`,
  remedy: `GRANT CONNECT ON DATABASE postgres TO ${ident(place.address.user)} (and a line in pg_hba.conf), or set publish.mode to in-place.`,
})

const lacksCreatedb = (place: Place): Finding => ({
  ...about(place, 'no-createdb', 'warning'),
  message: `The account ${place.address.user} may not create databases: runs make the tables of ${place.published} anew, and people see them do so.`,
  remedy: `ALTER ROLE ${ident(place.address.user)} CREATEDB, or set publish.mode to in-place.`,
})

const longName = (place: Place): Finding => ({
  ...about(place, 'database-name-too-long', 'warning'),
  message: `The name ${place.published} leaves no room for a run's id behind it (at most ${MOST_PUBLISHED_BYTES} bytes).`,
  remedy: 'Choose a shorter name for target.database, or set publish.mode to in-place.',
})

/** Where the memory lies, and where databases are made and renamed from. */
const RESERVED = [MEMORY_DATABASE, 'postgres', 'template1', 'template0']

const reservedName = (place: Place): Finding => ({
  ...about(place, 'published-name-reserved', 'warning'),
  message: `The database ${place.published} cannot change its name: ${place.published === MEMORY_DATABASE ? 'what is remembered of all runs lies there' : 'others are made and renamed from there'}.`,
  remedy: 'Name a database of its own in target.database, or set publish.mode to in-place.',
})

const lacksSignal = (place: Place): Finding => ({
  ...about(place, 'no-signal-backend', 'warning'),
  message: `The account ${place.address.user} may end only sessions of its own roles: a publish fails while others are connected to ${place.published}.`,
  remedy: `GRANT pg_signal_backend TO ${ident(place.address.user)}, or see that nobody is connected when a run ends.`,
})
