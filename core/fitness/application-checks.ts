import { plural } from '../numbers.js'
import type { DatabaseFacts } from './facts.js'
import type { Asked, OnTarget } from './gathered.js'
import { green, judging, red, someOf, unknown, type Found } from './result.js'

/** The application's own role comes over the network into the database that people read, and is an ordinary role. */
export function applicationLogin(application: Asked<OnTarget>, target: Asked<DatabaseFacts>): Found {
  if (!application.told && application.refused === true) return red(application.why, application.remedy)
  return judging(application, ({ role, database, address, superuser, sameServer }) => {
    const who = `${role} logs in to ${database}`
    const published = target.told ? target.facts.name : database
    if (sameServer === false)
      return red(`${who} of another server`, 'Correct the URL of target.application: it is to lead to the target.')
    if (database !== published)
      return red(
        `${who}, and people read ${published}`,
        'Correct the database in the URL of target.application: it is the published one.',
      )
    if (superuser)
      return red(`${who} as a superuser`, `\`ALTER ROLE "${role}" NOSUPERUSER\`, and grant it what it needs.`)
    if (address === null)
      return red(
        `${who} through a socket of its machine`,
        'Give target.application a URL with the host that the application will use: it says nothing of the network otherwise.',
      )
    if (isLoopback(address))
      return unknown(
        `${who} from this worker's own machine (${address}): that says nothing of the network, pg_hba.conf or TLS`,
        'Give target.application a URL with the host that the application will use; or waive it where the application runs on that machine too.',
      )
    if (!target.told) return unknown(`${who}; ${target.why}`, target.remedy)
    return green(`${who} over the network (${address})`)
  })
}

/** As `inet_server_addr()` says it: of other machines nothing comes there. */
const isLoopback = (address: string): boolean => address === '::1' || /^(::ffff:)?127\./.test(address)

/** It may read and write every table, and use what hands out its keys. */
export const applicationTables = (application: Asked<OnTarget>): Found =>
  judging(application, ({ role, tables, lacking }) => {
    if (tables === 0 && lacking.length === 0)
      return red(`${role} sees none of the plan's tables`, 'Run the migration first; then ask again.')
    if (lacking.length === 0)
      return green(`${role} may use all of ${plural(tables, 'table and sequence', 'tables and sequences')}`)
    const first = lacking[0]!
    return red(
      `${role} lacks ${someOf(lacking.map(({ object, privileges }) => `${privileges.join(', ')} on ${object}`))}`,
      `\`GRANT ${first.privileges.join(', ')} ON ${first.object} TO "${role}"\`; for each new generation: publish.create.grants.`,
    )
  })
