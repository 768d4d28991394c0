import type { ConsistencyConfig } from '../../core/config/types.js'
import type { Finding } from '../../core/finding.js'
import type { Session } from './connect.js'
import type { Grants } from './grants.js'
import { type Lock, lockFor, lockRemedy } from './snapshot-lock.js'
import { isBlind, type Sight, sightOf } from './snapshot-sight.js'

/** Whether the account may hold the source still for a moment: blocking for a config that insists on a snapshot. */
export async function checkSnapshot(
  session: Session,
  grants: Grants,
  read: ConsistencyConfig['read'],
  where: { readonly database: string; readonly account: string },
): Promise<Finding[]> {
  if (read === 'best-effort') return []
  const { account, database } = where
  const sight = await sightOf(session)
  const lock = lockFor(grants, session.server, sight === 'own')
  if (lock === null)
    return [
      {
        name: 'account-may-not-lock',
        severity: read === 'snapshot' ? 'blocking' : 'warning',
        subject: account,
        message:
          read === 'snapshot'
            ? 'The config asks for a snapshot, and the account may take no lock: no moment can be held for all tables'
            : 'The account may take no lock, so tables are read best-effort: each chunk is of its own moment, and rows may refer to rows that are not there',
        remedy: `${lockRemedy(database, account)}; or set consistency.read to best-effort`,
      },
    ]
  const unseen = whatIsUnseen(lock, sight)
  if (unseen.length === 0) return []
  return [
    {
      name: 'account-sees-no-processes',
      severity: isBlind(lock, sight) ? 'warning' : 'info',
      subject: account,
      message: `The account does not see what others do: ${unseen.join('; ')}`,
      remedy: `GRANT PROCESS ON *.* TO ${account}`,
    },
  ]
}

function whatIsUnseen(lock: Lock, sight: Sight): string[] {
  const ddl = 'a snapshot cannot make way for an ALTER TABLE that waits for it'
  const behind = lock.waitsFor === 'writers' ? 'an open transaction' : 'a long query'
  const wait = `its lock (${lock.name}) may be asked for behind ${behind}, and writers wait meanwhile: three times in a run at most, then there is no snapshot`
  return [...(sight === 'own' ? [ddl] : []), ...(isBlind(lock, sight) ? [wait] : [])]
}
