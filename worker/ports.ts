import { Failure } from '../core/failure.js'
import type { MemoryPort } from '../core/memory.js'
import type { Ports, SourcePort, TargetPort } from '../core/ports.js'
import { openMysqlSource } from '../databases/mysql/adapter.js'
import { openPostgresTarget } from '../databases/postgres/adapter.js'
import { openGenerations } from '../databases/postgres/generations/index.js'
import { openMemory } from '../databases/postgres/memory/index.js'
import { urlOf } from './connections.js'
import { keepRecent, type Recent } from './recent.js'

type AnyPort = SourcePort | TargetPort | MemoryPort

interface Kept {
  readonly url: string
  readonly port: AnyPort
}

export interface OpenPorts extends Ports {
  close(): Promise<void>
}

/**
 * Targets and memories that are kept: each night has a database of its own, so that without a bound they would be as many
 * as there were nights. One more than are at work at a time only connects again.
 */
const MOST = 16

/**
 * One adapter per connection and database, made when it is first asked for; a URL that changed makes a new one. Sources are
 * kept for good, since they hold snapshots; of the others those that were asked for lately. An adapter belongs to a name:
 * where that comes to another database, its old sessions were ended, and the next ones reach the new one.
 */
export function openPorts(
  variables: Readonly<Record<string, string | undefined>>,
  home: string,
  most = MOST,
): OpenPorts {
  const sources = keepRecent<Kept>(Infinity)
  // One that is forgotten is not closed: a step may be between two sessions of it. It closes those that idle by itself,
  // and is nothing then; the last of them are closed at the end.
  const lately = keepRecent<Kept>(most)
  const targets = keepRecent<Kept>(most, (id, kept) => lately.set(id, kept))
  const cached = <P extends AnyPort>(
    known: Pick<Recent<Kept>, 'get' | 'set'>,
    id: string,
    [connection, schemes, what]: readonly [string, readonly string[], string],
    make: (url: string) => P,
  ): P => {
    const url = urlOf(connection, variables, home)
    const before = known.get(id)
    if (before?.url === url) return before.port as P
    requireScheme(connection, url, schemes, what)
    const port = make(url)
    known.set(id, { url, port })
    // Steps under way keep the old one until they end; it is closed at once, and they are tried again.
    void before?.port.close().catch(() => {})
    return port
  }
  return {
    source: async (connection) =>
      cached(sources, connection, [connection, ['mysql', 'mariadb'], 'source'], (url) =>
        openMysqlSource(url, connection),
      ),
    target: async (connection, database) =>
      cached(targets, JSON.stringify([connection, database]), [connection, POSTGRES, 'target'], (url) =>
        openPostgresTarget(url, connection, database),
      ),
    memory: async (connection, database, migration) =>
      cached(targets, JSON.stringify([connection, database, migration]), [connection, POSTGRES, 'target'], (url) =>
        openMemory(url, connection, database, migration),
      ),
    generations: async (connection, database, migration) => {
      const url = urlOf(connection, variables, home)
      requireScheme(connection, url, POSTGRES, 'target')
      return openGenerations(url, connection, database, migration)
    },
    close: async () => {
      const all = [...sources.values(), ...targets.values(), ...lately.values()]
      await Promise.allSettled(all.map(({ port }) => port.close()))
    },
  }
}

const POSTGRES = ['postgres', 'postgresql']

function requireScheme(connection: string, url: string, schemes: readonly string[], what: string): void {
  const scheme = /^([a-z]+):\/\//i.exec(url)?.[1]?.toLowerCase()
  if (scheme !== undefined && schemes.includes(scheme)) return
  throw new Failure('connection-unknown', `Connection ${connection} cannot be a ${what}: its URL begins otherwise`, {
    remedy: `The URL of a ${what} begins with ${schemes.map((s) => `${s}://`).join(' or ')}.`,
  })
}
