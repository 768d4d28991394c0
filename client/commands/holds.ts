import type { AuditEntry } from '../../core/audit.js'
import type { MigrationStatus } from '../../core/status.js'
import type { Context } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { renderAudit, renderHolds } from '../render/holds.js'
import { withTemporal, type Session } from '../session.js'
import { whoAmI } from '../updates.js'
import { knownMigration } from './known.js'

/** As text; the document has what the read API gives. */
const SHOWN = 10

/** `holds`: why the migration waits, and the last lines of who asked for what. */
export async function holds(context: Context, migration: string): Promise<ExitCode> {
  const { output } = context
  return await withTemporal(context, async (session) => {
    const status = await knownMigration(session, migration)
    const audit = await auditOf(session, status)
    const shown = (audit ?? []).slice(0, SHOWN)
    output.text(
      [
        ...renderHolds(status.holds, { migration, me: whoAmI() }, output.paint),
        ...(shown.length === 0 ? [] : ['', output.paint('bold', 'Audit trail'), ...renderAudit(shown, output.paint)]),
      ].join('\n'),
    )
    if (audit === null) output.warn('the audit trail cannot be read now: the target or the read API does not answer')
    output.document({ format: 1, migration, holds: status.holds, audit })
    return EXIT.done
  })
}

/** Null where it cannot be read now: the holds stand without it. */
async function auditOf({ api }: Session, { migration, target }: MigrationStatus): Promise<AuditEntry[] | null> {
  if (target === null) return []
  try {
    return await api.audit(target, migration)
  } catch {
    // The target is away, or the worker is of before there was one.
    return null
  }
}
