import { Failure } from '../core/failure.js'
import type { Ports, SourcePort, TargetPort } from '../core/ports.js'
import { urlOf } from './connections.js'
import { openMysqlSource } from '../databases/mysql/adapter.js'
import type { MemoryPort } from '../core/memory.js'
import { openPostgresTarget } from '../databases/postgres/adapter.js'
import { openGenerations } from '../databases/postgres/generations/index.js'
import { openMemory } from '../databases/postgres/memory/index.js'

type AnyPort = SourcePort | TargetPort | MemoryPort

export interface OpenPorts extends Ports {
  close(): Promise<void>
}

/** One adapter per connection and database, made when it is first asked for; a URL that changed makes a new one. */
export function openPorts(variables: Readonly<Record<string, string | undefined>>, home: string): OpenPorts {
  const open = new Map<string, { url: string; port: AnyPort }>()
  const cached = <P extends AnyPort>(id: string, connection: string, make: (url: string) => P): P => {
    const url = urlOf(connection, variables, home)
    const known = open.get(id)
    if (known?.url === url) return known.port as P
    const port = make(url)
    open.set(id, { url, port })
    // Steps under way keep the old one until they end; it is closed at once, and they are tried again.
    void known?.port.close().catch(() => {})
    return port
  }
  return {
    source: async (connection) =>
      cached(`source ${connection}`, connection, (url) => {
        requireScheme(connection, url, ['mysql', 'mariadb'], 'source')
        return openMysqlSource(url, connection)
      }),
    target: async (connection, database) =>
      cached(`target ${connection} ${database ?? ''}`, connection, (url) => {
        requireScheme(connection, url, ['postgres', 'postgresql'], 'target')
        return openPostgresTarget(url, connection, database)
      }),
    memory: async (connection, database, migration) =>
      cached(`memory ${connection} ${database ?? ''} ${migration}`, connection, (url) => {
        requireScheme(connection, url, ['postgres', 'postgresql'], 'target')
        return openMemory(url, connection, database, migration)
      }),
    generations: async (connection, database, migration) => {
      const url = urlOf(connection, variables, home)
      requireScheme(connection, url, ['postgres', 'postgresql'], 'target')
      return openGenerations(url, connection, database, migration)
    },
    close: async () => void (await Promise.allSettled([...open.values()].map(({ port }) => port.close()))),
  }
}

function requireScheme(connection: string, url: string, schemes: readonly string[], what: string): void {
  const scheme = /^([a-z]+):\/\//i.exec(url)?.[1]?.toLowerCase()
  if (scheme !== undefined && schemes.includes(scheme)) return
  throw new Failure('connection-unknown', `Connection ${connection} cannot be a ${what}: its URL begins otherwise`, {
    remedy: `The URL of a ${what} begins with ${schemes.map((s) => `${s}://`).join(' or ')}.`,
  })
}
