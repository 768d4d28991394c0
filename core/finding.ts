/** A problem in the user's system. `blocking` stops an apply or a run; the others are reported. */
export type Severity = 'blocking' | 'warning' | 'info'

export interface Finding {
  /** Stable, kebab-case: `foreign-view-on-table`. */
  readonly name: string
  readonly severity: Severity
  /** What it is about, in the source's spelling: `orders.flags`, `orders`, `shop-mysql`. */
  readonly subject: string
  readonly message: string
  /** What a person does about it. Never empty. */
  readonly remedy: string
}

export const isBlocked = (findings: readonly Finding[]): boolean => findings.some((f) => f.severity === 'blocking')

/** Something of the source that the target will not have, with its original text: nothing disappears in silence. */
export interface NotCarried {
  /** `view`, `trigger`, `routine`, `event`, `index`, `check`, `default`, `generated`, `on-update`, `partitioning`, `sequence`, `collation` ... */
  readonly kind: string
  readonly name: string
  /** The table it belongs to, if any. */
  readonly table: string | null
  readonly reason: string
  readonly original: string
}
