import { plural } from '../numbers.js'
import type { DatabaseFacts } from './facts.js'
import type { Asked, OnTarget } from './gathered.js'
import { grantsRemedy, lackingWords } from './grants.js'
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

/** Every table of the plan is there; it may read and write each, and use what hands out its keys. */
export function applicationTables(application: Asked<OnTarget>, target: Asked<DatabaseFacts>): Found {
  return judging(application, (facts) => {
    const { role, database, tables, missing, lacking, sameServer, unplanned } = facts
    const published = target.told ? target.facts.name : database
    if (sameServer === false || database !== published)
      return unknown(
        `asked of another database: ${sameServer === false ? `${database} of another server` : database}`,
        'Correct the URL of target.application first: see application-login.',
      )
    if (unplanned === true)
      return unknown(
        `${role} was asked of no table: which tables the plan has is not known`,
        'Apply the config first (`nightferry apply FILE`), and see that the target answers; then ask again.',
      )
    if (tables === 0 && lacking.length === 0)
      return red(`${role} sees none of the plan's tables`, 'Run the migration first; then ask again.')
    if (missing.length === 0 && lacking.length === 0)
      return green(`${role} may use all of ${plural(tables, 'table and sequence', 'tables and sequences')}`)
    const gone =
      missing.length === 0 ? [] : [`${plural(missing.length, 'table')} of the plan missing: ${someOf(missing)}`]
    return red([...gone, ...lackingWords(role, lacking)].join('; '), tablesRemedy(facts))
  })
}

const tablesRemedy = (facts: OnTarget): string =>
  facts.lacking.length === 0
    ? 'Run the migration, so that every table of the applied version is there; then ask again.'
    : grantsRemedy(facts)
