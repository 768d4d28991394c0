import mysql from 'mysql2/promise'
import type { World } from '../world.js'
import { changed, ofPlain, withSetting, type FitnessCase, type Made } from './case.js'

/** What the server was set to. */
export const SETTING_CASES: readonly FitnessCase[] = [
  { ...{ check: 'data-checksums', state: 'green', title: 'initdb -k' }, evidence: /^data_checksums is on$/ },
  {
    ...{ check: 'data-checksums', state: 'red', title: 'initdb as version 15 does it', make: ofPlain },
    evidence: /^data_checksums is off/,
  },
  { ...{ check: 'fsync', state: 'green', title: 'as it comes' }, evidence: /^fsync is on$/ },
  {
    ...{ check: 'fsync', state: 'red', title: 'switched off', make: withSetting('fsync', 'off') },
    evidence: /^fsync is off/,
  },
  { ...{ check: 'full-page-writes', state: 'green', title: 'as it comes' }, evidence: /^full_page_writes is on$/ },
  {
    ...{ check: 'full-page-writes', state: 'red', title: 'switched off', make: withSetting('full_page_writes', 'off') },
    evidence: /^full_page_writes is off/,
  },
  {
    ...{ check: 'max-connections', state: 'green', title: 'as many as the source ever had', make: crowded },
    evidence: /^57 of max_connections = 60 .*; the source had \d+ sessions at most/,
  },
  {
    ...{ check: 'max-connections', state: 'red', title: 'fewer than the source had once' },
    evidence: /^9 of max_connections = 12 .*; the source had \d+ sessions at most/,
    make: async (world) => ({ ...(await crowded(world)), ...(await ofPlain(world)) }),
  },
  {
    ...{ check: 'autovacuum', state: 'green', title: 'as it comes' },
    evidence: /^autovacuum and track_counts are on, for every table$/,
  },
  ...(['autovacuum', 'track_counts'] as const).map((name) => ({
    ...{ check: 'autovacuum' as const, state: 'red' as const, title: `${name} is off` },
    evidence: new RegExp(`^${name} is off`),
    make: withSetting(name, 'off'),
  })),
  {
    ...{ check: 'autovacuum', state: 'red', title: 'of one table is off' },
    evidence: /^switched off for 1 table: public\.orders$/,
    make: changed('alter table orders set (autovacuum_enabled = off)', 'alter table orders reset (autovacuum_enabled)'),
  },
  {
    ...{ check: 'memory-settings', state: 'green', title: 'somebody thought about them' },
    evidence: /^set: shared_buffers = 48MB, effective_cache_size = 1GB, work_mem = 6MB, maintenance_work_mem = 32MB$/,
  },
  {
    ...{ check: 'memory-settings', state: 'red', title: "initdb's own", make: ofPlain },
    evidence: /^never set: shared_buffers = 128MB, effective_cache_size = 4GB, work_mem = 4MB, /,
  },
]

/** Fifteen sessions on the source at a time: it remembers that when they are gone. */
async function crowded({ source }: World): Promise<Made> {
  const sessions = await Promise.all(Array.from({ length: 15 }, () => mysql.createConnection(source.url)))
  await Promise.all(sessions.map((session) => session.end()))
  return {}
}
