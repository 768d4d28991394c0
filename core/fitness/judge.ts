import { FITNESS_CHECKS, type FitnessCheck, type FitnessResult } from '../fitness.js'
import { applicationLogin, applicationTables } from './application-checks.js'
import { backup, restoreTest } from './backup-checks.js'
import { autovacuum, collations, encoding, extensions, freeSpace } from './database-checks.js'
import type { Gathered } from './gathered.js'
import { standby, walArchive } from './log-checks.js'
import { judging, type Found } from './result.js'
import { dataChecksums, fsync, fullPageWrites, maxConnections, memorySettings } from './setting-checks.js'
import { timeZone } from './zone-check.js'

const CHECKS: Record<FitnessCheck, (gathered: Gathered) => Found> = {
  'wal-archive': ({ server }) => judging(server, walArchive),
  backup: ({ backups, at }) => judging(backups, (facts) => backup(facts, at)),
  'restore-test': ({ restore, at }) => judging(restore, (tested) => restoreTest(tested, at)),
  standby: ({ server }) => judging(server, standby),
  'data-checksums': ({ server }) => judging(server, dataChecksums),
  fsync: ({ server }) => judging(server, fsync),
  'full-page-writes': ({ server }) => judging(server, fullPageWrites),
  'max-connections': ({ server, source }) => judging(server, (facts) => maxConnections(facts, source)),
  autovacuum: ({ server, database }) => autovacuum(server, database),
  'memory-settings': ({ server }) => judging(server, memorySettings),
  extensions: ({ database }) => judging(database, extensions),
  collations: ({ database }) => judging(database, collations),
  'time-zone': ({ database, source }) => judging(database, (facts) => timeZone(facts, source)),
  encoding: ({ database }) => judging(database, encoding),
  'application-login': ({ application, database }) => applicationLogin(application, database),
  'application-tables': ({ application, database }) => applicationTables(application, database),
  'free-space': ({ space, database }) => freeSpace(space, database),
}

/** A result for each check, in their order: what the servers said, and nothing that was not asked, decides. */
export const judgeFitness = (gathered: Gathered): FitnessResult[] =>
  FITNESS_CHECKS.map((check) => ({ check, ...CHECKS[check](gathered) }))
