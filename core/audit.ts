/** One line of the audit trail: what a person, or a signal, asked for and got. */
export interface AuditEntry {
  /** `pause`, `resume`, `skip`, ... */
  readonly what: string
  readonly by: string
  /** ISO 8601, UTC. */
  readonly at: string
  readonly why: string
  /** What it was about: ids and names, never values of cells. */
  readonly about: Readonly<Record<string, string | number | boolean | null>>
}
