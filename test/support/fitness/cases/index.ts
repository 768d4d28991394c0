import { APPLICATION_CASES } from './application.js'
import { BACKUP_CASES } from './backups.js'
import type { FitnessCase } from './case.js'
import { DATABASE_CASES } from './database.js'
import { LOG_CASES } from './log.js'
import { SETTING_CASES } from './settings.js'

export const FITNESS_CASES: readonly FitnessCase[] = [
  ...BACKUP_CASES,
  ...SETTING_CASES,
  ...DATABASE_CASES,
  ...APPLICATION_CASES,
  ...LOG_CASES,
]
