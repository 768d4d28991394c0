import { join } from 'node:path'
import { ofPlain, type FitnessCase } from './case.js'

/** Backups, and the way back from them. */
export const BACKUP_CASES: readonly FitnessCase[] = [
  {
    ...{ check: 'backup', state: 'green', title: 'pgBackRest has one of this server' },
    evidence: /^pgBackRest stanza shop: \d{8}-\d{6}F ended at /,
  },
  {
    ...{ check: 'backup', state: 'red', title: 'pgBackRest has one of another server', make: ofPlain },
    evidence: /^the tools for backups that are here know nothing of this server/,
  },
  {
    ...{ check: 'backup', state: 'red', title: 'it is of the day before yesterday' },
    evidence: /ended at .*, more than 26 hours ago$/,
    make: async () => ({ asking: { later: 27 } }),
  },
  {
    ...{ check: 'backup', state: 'unknown', title: 'there is no tool on the machine' },
    evidence: /^neither pgBackRest nor Barman is on this worker's machine$/,
    make: async () => ({ asking: { tools: [] } }),
  },
  {
    ...{ check: 'restore-test', state: 'green', title: 'restores the backup and reads a row' },
    evidence: /^target\.restore_test ended with exit code 0 after .*, at /,
    make: async ({ backrest }) => ({ asking: { restoreTest: [backrest.restoreScript('restore-and-read')] } }),
  },
  {
    ...{ check: 'restore-test', state: 'red', title: 'finds no backup to restore' },
    evidence: /^target\.restore_test ended with exit code [1-9]\d* after /,
    make: async ({ backrest, home }) => ({
      asking: { restoreTest: [backrest.restoreScript('restore-from-nothing', join(home, 'no-repository'))] },
    }),
  },
  {
    ...{ check: 'restore-test', state: 'unknown', title: 'nobody says how' },
    evidence: /^target\.restore_test is not configured$/,
  },
]
