import type { Finding } from '../../core/finding.js'
import type { FitnessCheck, FitnessState } from '../../core/fitness.js'
import { heard, unheard, type Gathered } from '../../core/fitness/gathered.js'
import { judgeFitness } from '../../core/fitness/judge.js'
import { BACKUP, DATABASE, FIT, ON_TARGET, RESTORED, SERVER, SOURCE, STANDBY } from './fitness-facts.js'

/** What is found of one check where something is told otherwise than of a target that is fit. */
export const resultOf = (check: FitnessCheck, more: Partial<Gathered> = {}) =>
  judgeFitness({ ...FIT, ...more }).find((one) => one.check === check)!

export const server = (more: Partial<typeof SERVER>): Partial<Gathered> => ({ server: heard({ ...SERVER, ...more }) })
const database = (more: Partial<typeof DATABASE>): Partial<Gathered> => ({ database: heard({ ...DATABASE, ...more }) })
const source = (more: Partial<typeof SOURCE>): Partial<Gathered> => ({ source: heard({ ...SOURCE, ...more }) })
export const application = (more: Partial<typeof ON_TARGET>): Partial<Gathered> => ({
  application: heard({ ...ON_TARGET, ...more }),
})
export const setting = (
  name: keyof typeof SERVER.settings,
  value: string | null,
  untouched = false,
): Partial<Gathered> =>
  server({ settings: { ...SERVER.settings, [name]: value === null ? null : { value, untouched } } })

type Case = readonly [check: FitnessCheck, state: FitnessState, why: string, more: Partial<Gathered>, said: string]

const archiver = SERVER.archiver!
const HELD: Finding = {
  ...{ name: 'log-held-by-slot', severity: 'warning', subject: 'shop-pg' },
  ...{ message: 'Slots that nobody reads keep the log.', remedy: 'Drop them.' },
}
const LONG_AGO = '2026-08-20T02:50:00.000Z'

/** Of each check its states, and a part of what is said. */
export const FITNESS_CASES: readonly Case[] = [
  ['wal-archive', 'red', 'archiving is off', setting('archive_mode', 'off'), 'archive_mode is off'],
  ['wal-archive', 'unknown', 'the mode is hidden', setting('archive_mode', null), 'could not be read'],
  ['wal-archive', 'red', 'nothing does it', setting('archive_command', ''), 'neither a command nor a library'],
  ['wal-archive', 'green', 'a hidden command works', setting('archive_command', null), '12 files archived'],
  ['wal-archive', 'unknown', 'its counters are hidden', server({ archiver: null }), 'could not be read'],
  [
    ...(['wal-archive', 'red', 'the last one failed'] as const),
    server({ archiver: { ...archiver, lastFailed: archiver.lastArchived, failed: 3, lastFailedWal: '00A' } }),
    'failed: 00A at 2026-11-20 02:50:00 UTC (3 failures)',
  ],
  [
    ...(['wal-archive', 'green', 'one failed before the last'] as const),
    server({ archiver: { ...archiver, lastFailed: '2026-11-20T02:49:59.000Z', failed: 3, lastFailedWal: '00A' } }),
    '12 files',
  ],
  [
    'wal-archive',
    'red',
    'nothing was archived',
    server({ archiver: { ...archiver, lastArchived: null } }),
    'nothing was',
  ],
  ['wal-archive', 'red', 'a command that does nothing', setting('archive_command', '(does nothing)'), 'keeps nothing'],
  [
    ...(['wal-archive', 'green', 'nothing was written for months'] as const),
    server({ archiver: { ...archiver, lastArchived: LONG_AGO } }),
    'the last at 2026-08-20',
  ],
  [
    ...(['wal-archive', 'green', 'a file has just come behind months of nothing'] as const),
    server({
      archiver: { ...archiver, lastArchived: LONG_AGO, waiting: 1, waitingSince: '2026-11-20T02:50:00.000Z' },
    }),
    'the last at 2026-08-20',
  ],
  [
    ...(['wal-archive', 'green', 'it works off what waits'] as const),
    server({ archiver: { ...archiver, waiting: 900, waitingSince: LONG_AGO } }),
    '12 files archived',
  ],
  [
    ...(['wal-archive', 'red', 'its command hangs: that neither succeeds nor fails'] as const),
    server({
      archiver: { ...archiver, lastArchived: LONG_AGO, waiting: 2, waitingSince: '2026-11-20T02:49:59.000Z' },
    }),
    '2 files wait for it since 2026-11-20 02:49:59 UTC',
  ],
  [
    ...(['wal-archive', 'unknown', 'what waits is hidden, and the last was long ago'] as const),
    server({ archiver: { ...archiver, lastArchived: LONG_AGO, waiting: null } }),
    'could not be seen',
  ],
  ['backup', 'unknown', 'there is no tool', { backups: heard(null) }, 'neither pgBackRest nor Barman'],
  ['backup', 'red', 'no tool knows the server', { backups: heard([]) }, 'know nothing of this server'],
  ['backup', 'red', 'there is none', { backups: heard([{ ...BACKUP, last: null }]) }, 'stanza shop has no backup'],
  [
    ...(['backup', 'red', 'it failed'] as const),
    { backups: heard([{ ...BACKUP, last: { ...BACKUP.last!, failed: true } }]) },
    'failed at',
  ],
  [
    ...(['backup', 'red', 'it is old'] as const),
    { backups: heard([{ ...BACKUP, last: { ...BACKUP.last!, ended: '2026-11-19T00:59:59.000Z' } }]) },
    'more than 26 hours ago',
  ],
  [
    ...(['backup', 'green', 'one of two tools has it'] as const),
    { backups: heard([{ ...BACKUP, tool: 'Barman', last: null }, BACKUP]) },
    'pgBackRest stanza shop: 20261119-030000F',
  ],
  ['restore-test', 'unknown', 'none is configured', { restore: unheard('none', 'name one') }, 'none'],
  ['restore-test', 'red', 'it failed', { restore: heard({ ...RESTORED, ok: false }) }, 'target.restore_test ended'],
  [
    ...(['restore-test', 'red', 'it was long ago'] as const),
    { restore: heard({ ...RESTORED, at: '2026-11-12T03:00:00.000Z' }) },
    '8 days ago',
  ],
  ['standby', 'red', 'there is none', server({ standbys: [] }), 'no standby'],
  ['standby', 'unknown', 'they are hidden', server({ standbys: null }), 'could not be seen'],
  ['standby', 'red', 'it does not stream', server({ standbys: [{ ...STANDBY, state: 'catchup' }] }), 'b catchup'],
  [
    ...(['standby', 'red', 'it is far behind'] as const),
    server({ standbys: [{ ...STANDBY, lagSeconds: 61, lagBytes: 80_000_000 }] }),
    '1 min 01 s and 80.0 MB behind',
  ],
  [
    ...(['standby', 'red', 'it stands still, though it is little'] as const),
    server({ standbys: [{ ...STANDBY, lagSeconds: 111 * 3_600, lagBytes: 1_000 }] }),
    'and 1.0 kB behind',
  ],
  [
    ...(['standby', 'green', 'it has all of a quiet server, whose clock went on'] as const),
    server({ standbys: [{ ...STANDBY, lagSeconds: 111 * 3_600, lagBytes: 0 }] }),
    'b streaming',
  ],
  [
    ...(['standby', 'green', 'an hour and little of it'] as const),
    server({ standbys: [{ ...STANDBY, lagSeconds: 3_600, lagBytes: 1_000 }] }),
    'b streaming',
  ],
  [
    ...(['standby', 'green', 'the clock says little where nothing was written'] as const),
    server({ standbys: [{ ...STANDBY, lagSeconds: null }] }),
    'b streaming',
  ],
  [
    ...(['standby', 'green', 'one of two is near'] as const),
    server({ standbys: [{ ...STANDBY, name: 'a', state: 'startup' }, STANDBY] }),
    '2 standbys: b streaming',
  ],
  [
    ...(['standby', 'red', 'what is attached replays nothing'] as const),
    server({ standbys: [{ ...STANDBY, lagSeconds: null, lagBytes: null }] }),
    'no standby',
  ],
  ['data-checksums', 'red', 'off', setting('data_checksums', 'off'), 'data_checksums is off'],
  ['data-checksums', 'unknown', 'hidden', setting('data_checksums', null), 'could not be read'],
  ['fsync', 'red', 'off', setting('fsync', 'off'), 'fsync is off'],
  ['fsync', 'unknown', 'hidden', setting('fsync', null), 'could not be read'],
  ['full-page-writes', 'red', 'off', setting('full_page_writes', 'off'), 'full_page_writes is off'],
  ['full-page-writes', 'unknown', 'hidden', setting('full_page_writes', null), 'could not be read'],
  ['max-connections', 'red', 'the source had more', source({ mostUsed: 98 }), '97 of max_connections = 100'],
  ['max-connections', 'green', 'the source had as many', source({ mostUsed: 97 }), 'had 97 sessions at most'],
  ['max-connections', 'red', 'by what the source allows', source({ mostUsed: null }), 'the source allows 151'],
  [
    ...(['max-connections', 'unknown', 'the source does not say'] as const),
    source({ mostUsed: null, maxConnections: null }),
    'did not say',
  ],
  ['max-connections', 'unknown', 'the source is away', { source: unheard('away', 'wait') }, 'away'],
  ['max-connections', 'unknown', 'hidden', setting('max_connections', null), 'could not be read'],
  ['autovacuum', 'red', 'off', setting('autovacuum', 'off'), 'autovacuum is off'],
  ['autovacuum', 'red', 'blind', setting('track_counts', 'off'), 'track_counts is off'],
  ['autovacuum', 'red', 'off for a table', database({ withoutAutovacuum: ['public.item'] }), '1 table: public.item'],
  ['autovacuum', 'unknown', 'no database', { database: unheard('not there', 'run') }, 'not there'],
  ['autovacuum', 'unknown', 'hidden', setting('autovacuum', null), 'could not be read'],
  ['memory-settings', 'green', 'one was set', setting('work_mem', '32MB'), 'set: work_mem = 32MB'],
  ['memory-settings', 'unknown', 'one is hidden', setting('work_mem', null), 'not all'],
  ['memory-settings', 'red', 'nobody touched them', setting('work_mem', '4MB', true), 'never set: shared_buffers'],
  [
    ...(['extensions', 'red', 'one is old'] as const),
    database({ extensions: [{ name: 'hstore', installed: '1.4', available: '1.8' }] }),
    'hstore 1.4, and the server has 1.8',
  ],
  [
    ...(['extensions', 'red', 'its package is gone'] as const),
    database({ extensions: [{ name: 'hstore', installed: '1.4', available: null }] }),
    'has none',
  ],
  [
    ...(['collations', 'red', 'the library changed'] as const),
    database({ collations: [{ name: 'of the database', recorded: '2.31', actual: '2.36' }] }),
    'recorded 2.31, now 2.36',
  ],
  ['time-zone', 'red', 'an hour apart', database({ timeZone: 'Asia/Kolkata', utcOffsetSeconds: 19_800 }), 'UTC+05:30'],
  [
    'time-zone',
    'red',
    'they differ in summer',
    source({ seasonOffsets: [3600, 3600] }),
    'but on 1 July with UTC+02:00,',
  ],
  [
    ...(['time-zone', 'red', 'they differ in winter'] as const),
    source({ seasonOffsets: [7200, 7200] }),
    'but on 1 January with UTC+01:00, there with UTC+02:00',
  ],
  ['time-zone', 'unknown', 'the source does not say', source({ utcOffsetSeconds: null }), 'did not say'],
  ['time-zone', 'unknown', 'the source is away', { source: unheard('away', 'wait') }, 'away'],
  ['encoding', 'red', 'another', database({ encoding: 'SQL_ASCII' }), 'SQL_ASCII'],
  ['application-login', 'red', 'refused', { application: unheard('no login', 'grant it', true) }, 'no login'],
  ['application-login', 'unknown', 'not configured', { application: unheard('none', 'name it') }, 'none'],
  ['application-login', 'red', 'a superuser', application({ superuser: true }), 'as a superuser'],
  ['application-login', 'red', 'a socket', application({ address: null }), 'through a socket'],
  ...['127.0.0.1', '127.0.1.1', '::1'].map((address): Case => [
    ...(['application-login', 'unknown', `only over loopback (${address})`] as const),
    application({ address }),
    `from this worker's own machine (${address})`,
  ]),
  [
    'application-login',
    'red',
    'a superuser over loopback',
    application({ superuser: true, address: '::1' }),
    'as a su',
  ],
  ['application-login', 'red', 'another database', application({ database: 'test' }), 'people read shop'],
  ['application-login', 'red', 'another server', application({ sameServer: false }), 'another server'],
  ['application-login', 'green', 'a server that cannot be told', application({ sameServer: null }), '10.0.0.7'],
  ['application-login', 'unknown', 'no database', { database: unheard('not there', 'run') }, 'not there'],
  ['application-tables', 'red', 'no tables', application({ tables: 0 }), "none of the plan's tables"],
  [
    ...(['application-tables', 'red', 'one may not be written'] as const),
    application({ lacking: [{ object: 'table public.item', privileges: ['INSERT', 'DELETE'] }] }),
    'lacks INSERT, DELETE on table public.item',
  ],
  [
    ...(['application-tables', 'red', 'two of the plan are not there'] as const),
    application({ missing: ['item', 'orders'] }),
    '2 tables of the plan missing: item, orders',
  ],
  ['application-tables', 'unknown', 'of another database', application({ database: 'test' }), 'another database: test'],
  ['application-tables', 'unknown', 'of another server', application({ sameServer: false }), 'of another server'],
  [
    ...(['application-tables', 'unknown', 'nobody knows the plan'] as const),
    application({ tables: 0, unplanned: true }),
    'which tables the plan has is not known',
  ],
  ['application-tables', 'unknown', 'no login', { application: unheard('no login', 'grant it', true) }, 'no login'],
  [
    'free-space',
    'red',
    'too little',
    { space: heard({ free: 1_199_999_999, by: 'the server', findings: [] }) },
    '1.2 GB are free',
  ],
  [
    'free-space',
    'green',
    'enough',
    { space: heard({ free: 1_200_000_000, by: 'target.free_space', findings: [] }) },
    'free_space',
  ],
  ...([null, 9e9] as const).map((free): Case => [
    ...(['free-space', 'red', `a slot keeps the log, and ${free} bytes are free`] as const),
    { space: heard({ free, by: 'the server', findings: [HELD] }) },
    'Slots that nobody reads',
  ]),
  [
    'free-space',
    'unknown',
    'nobody tells',
    { space: heard({ free: null, by: 'the server', findings: [] }) },
    'not known',
  ],
  ['free-space', 'unknown', 'no database', { database: unheard('not there', 'run') }, 'not there'],
]
