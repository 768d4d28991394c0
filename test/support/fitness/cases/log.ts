import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { waitUntil } from '../../wait.js'
import type { Cluster } from '../cluster.js'
import { streaming, type World } from '../world.js'
import { ofPlain, set, withSetting, type FitnessCase, type Made } from './case.js'

/** WAL that leaves the server: the archive and the standby. */
export const LOG_CASES: readonly FitnessCase[] = [
  {
    ...{ check: 'wal-archive', state: 'green', title: 'where pgBackRest takes it' },
    evidence: /^archive_mode is on; \d+ files archived, the last at /,
  },
  {
    ...{ check: 'wal-archive', state: 'red', title: 'where nobody switched it on', make: ofPlain },
    evidence: /^archive_mode is off/,
  },
  {
    ...{ check: 'wal-archive', state: 'red', title: 'without a command' },
    evidence: /^archive_mode is on, and neither a command nor a library is set$/,
    make: withSetting('archive_command', ''),
  },
  {
    ...{ check: 'wal-archive', state: 'red', title: 'whose command fails', make: failingArchive },
    evidence: /^the last archive failed: [0-9A-F]{24} at .* \(\d+ failures?\)$/,
  },
  {
    ...{ check: 'wal-archive', state: 'red', title: 'whose command does nothing' },
    evidence: /^archive_mode is on, and archive_command keeps nothing/,
    make: withSetting('archive_command', '/bin/true'),
  },
  {
    ...{ check: 'wal-archive', state: 'red', title: 'whose command hangs', make: hangingArchive },
    evidence: /^archive_mode is on; \d+ files? archived, .* \d+ files? waits? for it since /,
  },
  {
    ...{ check: 'standby', state: 'green', title: 'one streams' },
    evidence: /^1 standby: second streaming \(async\), .* behind$/,
  },
  {
    ...{ check: 'standby', state: 'red', title: 'there is none', make: ofPlain },
    evidence: /^no standby is attached$/,
  },
  {
    ...{ check: 'standby', state: 'red', title: 'one only keeps the log, as pg_receivewal does', make: keptLog },
    evidence: /^no standby is attached$/,
  },
  {
    ...{ check: 'standby', state: 'red', title: 'it was stopped', make: stoppedStandby },
    evidence: /^no standby is attached$/,
  },
  {
    ...{ check: 'standby', state: 'red', title: 'it replays nothing for a minute and 64 MB', make: lateStandby },
    evidence: /^second streaming \(async\), .* and .* behind$/,
  },
  {
    ...{ check: 'standby', state: 'unknown', title: 'the account may not see it' },
    evidence: /^standbys could not be seen$/,
    make: async ({ fit }) => ({ asking: { target: fit.url('shop', 'migrator') } }),
  },
]

async function failingArchive({ fit }: World): Promise<Made> {
  await set(fit, 'archive_command', '/bin/false')
  await switched(fit)
  await archiver(fit, 'last_failed_time > last_archived_time')
  return { undo: () => archivingAgain(fit) }
}

/** It waits for a file to go, in the server's own folder: neither a success nor a failure. An hour later it is looked at. */
async function hangingArchive({ fit }: World): Promise<Made> {
  const hang = join(fit.data, 'hang')
  writeFileSync(hang, '')
  await set(fit, 'archive_command', 'while test -e hang; do sleep 0.1; done; false')
  await switched(fit)
  await waitUntil('a file waits', async () => {
    const ready = `select 1 from pg_ls_archive_statusdir() where name like '%.ready'`
    return (await fit.sql(ready)).length > 0
  })
  return {
    asking: { later: 1 },
    undo: async () => {
      rmSync(hang)
      await archivingAgain(fit)
    },
  }
}

async function archivingAgain(fit: Cluster): Promise<void> {
  await set(fit, 'archive_command', null)
  await switched(fit)
  await archiver(fit, `last_failed_time is null or last_archived_time > last_failed_time`)
  await archiver(fit, `not exists (select from pg_ls_archive_statusdir() where name like '%.ready')`)
}

/** A switch does nothing where nothing was written. */
const switched = async (cluster: Cluster): Promise<unknown> =>
  await cluster.sql(`select pg_logical_emit_message(true, 'test', 'a change'), pg_switch_wal()`)

const archiver = async (cluster: Cluster, condition: string): Promise<unknown> =>
  await waitUntil(
    condition,
    async () => (await cluster.sql(`select 1 from pg_stat_archiver where ${condition}`)).length === 1,
    60_000,
  )

/** Streams as a standby does, and never says that it replayed anything. */
async function keptLog(world: World): Promise<Made> {
  const { plain } = world
  const replicating: pg.ClientConfig & { readonly replication: string } = {
    connectionString: plain.url(),
    replication: 'true',
  }
  const client = new pg.Client(replicating)
  client.on('error', () => {})
  await client.connect()
  const [row] = await plain.sql('select pg_current_wal_lsn()::text as lsn')
  const streams = client.query(`START_REPLICATION PHYSICAL ${String(row!['lsn'])}`).catch(() => {})
  await waitUntil(
    'it streams',
    async () => (await plain.sql(`select 1 from pg_stat_replication where state = 'streaming'`)).length === 1,
  )
  return {
    ...(await ofPlain(world)),
    undo: async () => {
      await plain.sql('select pg_terminate_backend(pid) from pg_stat_replication')
      await client.end()
      await streams
    },
  }
}

async function stoppedStandby({ fit, standby }: World): Promise<Made> {
  await standby.pause()
  await waitUntil('it is gone', async () => (await fit.sql('select 1 from pg_stat_replication')).length === 0)
  return {
    undo: async () => {
      await standby.restart()
      await streaming(fit)
    },
  }
}

/** 80 MB of log that changes nothing: the server measures how long a standby has known of it without replaying it. */
async function lateStandby({ fit, standby }: World): Promise<Made> {
  await standby.sql('select pg_wal_replay_pause()')
  await fit.sql(
    `select count(pg_logical_emit_message(false, 'test', repeat('x', 1000000))) from generate_series(1, 80)`,
  )
  const isLate = `replay_lag > '61 s' and pg_current_wal_lsn() - replay_lsn > 70000000`
  await waitUntil(
    'it is late',
    async () => (await fit.sql(`select 1 from pg_stat_replication where ${isLate}`)).length === 1,
    100_000,
    1_000,
  )
  return {
    undo: async () => {
      await standby.sql('select pg_wal_replay_resume()')
      await waitUntil('it has caught up', async () => {
        const [row] = await fit.sql('select replay_lsn >= pg_current_wal_lsn() as near from pg_stat_replication')
        return row?.['near'] === true
      })
    },
  }
}
