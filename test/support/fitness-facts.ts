import type { BackupFacts, DatabaseFacts, ServerFacts, SourceFacts, StandbyFacts } from '../../core/fitness/facts.js'
import { heard, type Gathered, type OnTarget, type RestoreTested } from '../../core/fitness/gathered.js'

/** What servers say of which every check is green. */
export const STANDBY: StandbyFacts = { name: 'b', state: 'streaming', sync: 'async', lagSeconds: 0.2, lagBytes: 0 }

const set = (value: string, untouched = false) => ({ value, untouched })

export const SERVER: ServerFacts = {
  product: 'PostgreSQL 15.18',
  systemIdentifier: '7000000000000000001',
  now: '2026-11-20T03:00:00.000Z',
  settings: {
    ...{ archive_mode: set('on'), archive_command: set('(set)'), archive_library: set(''), wal_level: set('replica') },
    ...{ data_checksums: set('on'), fsync: set('on'), full_page_writes: set('on') },
    ...{ max_connections: set('100', true), superuser_reserved_connections: set('3', true) },
    ...{ autovacuum: set('on', true), track_counts: set('on', true), max_wal_size: set('1GB', true) },
    ...{ shared_buffers: set('128MB', true), effective_cache_size: set('4GB', true) },
    ...{ work_mem: set('16MB'), maintenance_work_mem: set('64MB', true) },
  },
  archiver: {
    ...{ archived: 12, lastArchived: '2026-11-20T02:50:00.000Z' },
    ...{ failed: 0, lastFailed: null, lastFailedWal: null, waiting: 0, waitingSince: null },
  },
  standbys: [STANDBY],
  connections: 7,
}

export const DATABASE: DatabaseFacts = {
  ...{ name: 'shop', encoding: 'UTF8', collate: 'C.UTF-8', ctype: 'C.UTF-8', bytes: 1_000_000_000 },
  ...{ timeZone: 'Europe/Paris', utcOffsetSeconds: 3600, seasonOffsets: [3600, 7200] },
  ...{ extensions: [{ name: 'plpgsql', installed: '1.0', available: '1.0' }], collations: [], withoutAutovacuum: [] },
}

export const SOURCE: SourceFacts = {
  ...{
    product: 'MariaDB 10.11.19',
    maxConnections: 151,
    mostUsed: 40,
    timeZone: null,
    utcOffsetSeconds: 3600,
    seasonOffsets: [3600, 7200],
  },
}

export const ON_TARGET: OnTarget = {
  ...{ role: 'shop_app', database: 'shop', address: '10.0.0.7', superuser: false, sameServer: true },
  ...{ schema: 'public', owner: 'shop_nightly', tables: 20, missing: [], lacking: [] },
}

export const BACKUP: BackupFacts = {
  ...{ tool: 'pgBackRest', where: 'stanza shop' },
  last: { label: '20261119-030000F', ended: '2026-11-19T03:10:00.000Z', failed: false },
}

export const RESTORED: RestoreTested = {
  ...{ at: '2026-11-19T04:00:00.000Z', ok: true, what: 'ended with exit code 0', remedy: null, seconds: 61 },
}

export const FIT: Gathered = {
  at: '2026-11-20T03:00:00.000Z',
  ...{ server: heard(SERVER), database: heard(DATABASE), source: heard(SOURCE), application: heard(ON_TARGET) },
  ...{
    backups: heard([BACKUP]),
    restore: heard(RESTORED),
    space: heard({ free: 9e9, by: 'the server', findings: [] }),
  },
}
