import type { PlannedTable } from '../../core/plan/types.js'
import type { SourcePort } from '../../core/ports.js'
import { findBoundaries } from './boundaries.js'
import { readCatalog } from './catalog.js'
import { check } from './check.js'
import { copyRange } from './copy.js'
import { sourceFacts } from './facts.js'
import { identify } from './identity.js'
import { nameRow } from './name-row.js'
import { nextIdentity } from './next-identity.js'
import { profile } from './profile.js'
import { rangeWhere } from './range.js'
import { readOnly } from './read-only.js'
import { Sessions } from './sessions.js'
import { Snapshots } from './snapshots.js'
import { parseUrl } from './url.js'
import { witnessRange } from './witness.js'

/**
 * The source port of a MySQL or MariaDB database. Reads the URL now (`connection-unknown`, `source-missing`) and connects
 * with the first question. `connection` is the name that messages use; the URL is in none.
 */
export function openMysqlSource(url: string, connection: string): SourcePort {
  const sessions = new Sessions(parseUrl(url, connection), connection)
  const snapshots = new Snapshots(sessions)
  const of = (table: PlannedTable): string => table.source
  return {
    check: (tables, read) => check(sessions, tables, read),
    identify: () => identify(sessions),
    catalog: (signal) => readCatalog(sessions, signal),
    profile: (questions, signal) => profile(sessions, questions, signal),
    boundaries: (table, request, signal) =>
      sessions.withSession((session) => findBoundaries(session, table, request), signal, of(table)),
    copy: async (table, range, sink, options) =>
      options.snapshot === undefined
        ? await sessions.withSession(
            ({ raw }) => copyRange(raw, table, range, sink, options),
            options.signal,
            of(table),
          )
        : await snapshots
            .of(options.snapshot)
            .use(of(table), options.signal, ({ raw }, interrupt) =>
              copyRange(raw, table, range, sink, options, interrupt),
            ),
    rangeSql: ({ key }, range) => (key === null ? '1=1' : rangeWhere(key, range)),
    nameRow: (table, range, n) =>
      sessions.withSession((session) => nameRow(session, table, range, n), undefined, of(table)),
    witness: async (table, range, { signal, snapshot }) =>
      snapshot === undefined
        ? await sessions.withSession((session) => witnessRange(session, table, range), signal, of(table))
        : await snapshots.of(snapshot).use(of(table), signal, (session) => witnessRange(session, table, range)),
    openSnapshot: (request, signal) => snapshots.open(request, signal),
    joinSnapshot: (request) => snapshots.join(request),
    keepSnapshot: (run, read, unlock) => snapshots.keep(run, read, unlock),
    closeSnapshot: async (run) => snapshots.close(run),
    facts: (signal) => sourceFacts(sessions, signal),
    readOnly: (signal) => readOnly(sessions, signal),
    nextIdentity: (table) => nextIdentity(sessions, table),
    close: async () => {
      snapshots.closeAll()
      sessions.close()
    },
  }
}
