import { bytes, plural } from '../numbers.js'
import type { DatabaseFacts, ServerFacts } from './facts.js'
import type { Asked, FreeSpace } from './gathered.js'
import { changing, green, judging, MONITOR, red, someOf, unknown, type Found } from './result.js'

/** It is on, it counts, and no table is left out. */
export function autovacuum(server: Asked<ServerFacts>, database: Asked<DatabaseFacts>): Found {
  return judging(server, ({ settings }) => {
    for (const name of ['autovacuum', 'track_counts'] as const) {
      const setting = settings[name]
      if (setting === null) return unknown(`${name} could not be read`, MONITOR)
      if (setting.value !== 'on')
        return red(
          `${name} is ${setting.value}: tables bloat, and one day transaction ids run out`,
          changing(name, setting, 'on', `\`ALTER SYSTEM SET ${name} = on; SELECT pg_reload_conf();\``),
        )
    }
    return judging(database, ({ withoutAutovacuum: without }) =>
      without.length === 0
        ? green('autovacuum and track_counts are on, for every table')
        : red(
            `switched off for ${plural(without.length, 'table')}: ${someOf(without)}`,
            `\`ALTER TABLE ${without[0]} RESET (autovacuum_enabled);\``,
          ),
    )
  })
}

/** Installed as the server has them: an update of packages leaves databases behind. */
export function extensions({ extensions: all }: DatabaseFacts): Found {
  const old = all.filter(({ installed, available }) => installed !== available)
  if (old.length === 0)
    return green(
      all.length === 0 ? 'none is installed' : all.map(({ name, installed }) => `${name} ${installed}`).join(', '),
    )
  const gone = old.find(({ available }) => available === null)
  return red(
    someOf(
      old.map(({ name, installed, available }) => `${name} ${installed}, and the server has ${available ?? 'none'}`),
    ),
    gone === undefined
      ? `\`ALTER EXTENSION "${old[0]!.name}" UPDATE;\``
      : `Install the package of ${gone.name} on the server again.`,
  )
}

/** Indexes over text were made under the library's version that is there now. */
export function collations({ collations: changed, collate }: DatabaseFacts): Found {
  if (changed.length === 0) return green(`as they were recorded (${collate})`)
  return red(
    someOf(changed.map(({ name, recorded, actual }) => `${name}: recorded ${recorded}, now ${actual ?? 'no version'}`)),
    'The library that sorts text has changed: `REINDEX DATABASE`, then `ALTER DATABASE ... REFRESH COLLATION VERSION` (of a collation: `ALTER COLLATION ... REFRESH VERSION`).',
  )
}

export const encoding = ({ encoding: found, collate, ctype }: DatabaseFacts): Found =>
  found === 'UTF8'
    ? green(`UTF8 (${collate === ctype ? collate : `${collate}, ${ctype}`})`)
    : red(
        `${found}: not every character of the source fits, or nobody checks them`,
        'Make the database anew with `ENCODING UTF8`: `CREATE DATABASE ... ENCODING UTF8 TEMPLATE template0`.',
      )

/** Room for one more generation: of the database as it is, and a fifth. */
export const ROOM = 1.2

/** There is room for one more, and nothing that fills the disk meanwhile. */
export function freeSpace(space: Asked<FreeSpace>, database: Asked<DatabaseFacts>): Found {
  return judging(space, ({ free, by, findings }) => {
    if (findings.length > 0)
      return red(findings.map(({ message }) => message).join(' '), findings.map(({ remedy }) => remedy).join(' '))
    if (free === null)
      return unknown(
        'how much is free on the server is not known from here',
        'Name a command in target.free_space that prints the free bytes, or GRANT pg_execute_server_program to the account.',
      )
    return judging(database, ({ bytes: size }) => {
      const evidence = `${bytes(free)} are free, as ${by} says; the database has ${bytes(size)}`
      return free >= size * ROOM
        ? green(evidence)
        : red(evidence, `Make room for ${bytes(size * ROOM)}: one more of it, and a fifth.`)
    })
  })
}
