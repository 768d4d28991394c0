import type { MigrationStatus } from '../../core/status.js'
import { askStatus, explainSilence } from '../entity.js'
import { EXIT } from '../exit-codes.js'
import { Problem } from '../problem.js'
import type { TargetName } from '../read-api.js'
import type { Session } from '../session.js'

/** The status of a migration that must be there: exit 2 where it is not, exit 3 where it does not answer. */
export async function knownMigration({ temporal }: Session, migration: string): Promise<MigrationStatus> {
  const asked = await askStatus(temporal, migration)
  if (asked.answer === 'status') return asked.status
  if (asked.answer === 'silent') throw await explainSilence(temporal, migration)
  throw unknownMigration(migration, temporal.where.address)
}

export const unknownMigration = (migration: string, address: string): Problem =>
  new Problem(
    EXIT.usage,
    `Temporal at ${address} knows no migration ${migration}`,
    'Give the name that stands after `migration:` in the YAML file, or apply the file first: nightferry apply FILE.',
  )

/** Where the migration's reports lie; a Problem before the first apply. */
export function targetOf(status: MigrationStatus): TargetName {
  if (status.target !== null) return status.target
  throw new Problem(
    EXIT.usage,
    `nothing is applied to ${status.migration} yet`,
    'Apply its YAML file: nightferry apply FILE.',
  )
}
