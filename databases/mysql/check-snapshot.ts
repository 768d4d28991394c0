import type { ConsistencyConfig } from '../../core/config/types.js'
import type { Finding } from '../../core/finding.js'
import type { Session } from './connect.js'
import type { Grants } from './grants.js'
import { lockRemedy, mayLock } from './snapshot-lock.js'

/** Whether the account may hold the source still for a moment: blocking for a config that insists on a snapshot. */
export function checkSnapshot(
  session: Session,
  grants: Grants,
  read: ConsistencyConfig['read'],
  where: { readonly database: string; readonly account: string },
): Finding[] {
  if (read === 'best-effort') return []
  const { account, database } = where
  if (!mayLock(grants, session.server))
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
  const seesAll = [...grants.onServer].some((right) => ['PROCESS', 'ALL PRIVILEGES', 'SUPER'].includes(right))
  if (seesAll) return []
  return [
    {
      name: 'account-sees-no-processes',
      severity: 'info',
      subject: account,
      message:
        'The account sees no statements of others: a snapshot cannot make way for an ALTER TABLE that waits for it, nor keep its lock from waiting behind a long query',
      remedy: `GRANT PROCESS ON *.* TO ${account}`,
    },
  ]
}
