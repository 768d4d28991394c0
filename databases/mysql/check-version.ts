import type { Finding } from '../../core/finding.js'
import { isAtLeast, isMariaDb, type Server } from './server.js'

/** What our own tests run against; everything between is supported by reading the documentation. */
const TESTED = { MariaDB: ['10.11', '11.8'], MySQL: ['9.7'] } as const

/** The first version whose catalog and protocol are what we expect, and the first after the last that we know of. */
const KNOWN = { MariaDB: { from: [10, 0], to: [12] }, MySQL: { from: [5, 7], to: [10] } } as const

/** Too old is blocking, since constraints and defaults would be read wrongly; untested is worth knowing. */
export function checkVersion(server: Server, connection: string): Finding[] {
  const { from, to } = KNOWN[server.product]
  const name = `${server.product} ${server.numbers.join('.')}`
  const tested = TESTED[server.product]
  if (!isAtLeast(server, ...from)) {
    return [
      {
        name: 'source-version-too-old',
        severity: 'blocking',
        subject: connection,
        message: `The source is ${name}; the oldest supported is ${server.product} ${from.join('.')}`,
        remedy: 'Upgrade the source, or load a dump of it into a newer server and migrate from there.',
      },
    ]
  }
  if (tested.some((version) => version === server.numbers.slice(0, 2).join('.'))) return []
  return [
    {
      name: 'source-version-not-tested',
      severity: 'info',
      subject: connection,
      message: `The source is ${name}, ${isAtLeast(server, ...to) ? 'newer than what we know' : 'supported by its documentation'}; tests run against ${server.product} ${tested.join(' and ')}`,
      remedy: `Compare a first run with the source yourself${isMariaDb(server) ? '' : ', new types and defaults above all'}.`,
    },
  ]
}
