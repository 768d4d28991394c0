import type { PlannedTable } from '../../core/plan/types.js'
import type { SchemaDifference } from '../../core/ports.js'

/** Collects what differs. Subjects have the target's names, `table` the source's. */
export class Differences {
  readonly list: SchemaDifference[] = []

  /** Nothing where both sides say the same. */
  add(
    table: PlannedTable | null,
    subject: string,
    planned: string | null,
    found: string | null,
    mendable = false,
  ): void {
    if (planned === found) return
    this.list.push({ subject, table: table?.source ?? null, planned, found, mendable })
  }

  /** An empty comment is none, on both sides: somebody's comment where none was planned was added. */
  comment(table: PlannedTable, subject: string, planned: string, found: string | null): void {
    const shown = (text: string | null): string | null => (text ? text : null)
    this.add(table, `comment on ${subject}`, shown(planned), shown(found))
  }
}
