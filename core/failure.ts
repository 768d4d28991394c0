/** What the engine does with a failure: try again with backoff; wait for a person; give up. */
export type FailurePolicy = 'retry' | 'hold' | 'fail'

/**
 * One total table: each kind of failure and what it means. Kinds are attached where the driver's code is known,
 * never guessed from message text.
 */
export const FAILURE_POLICIES = {
  'source-unreachable': 'retry',
  'target-unreachable': 'retry',
  'source-login': 'hold',
  'target-login': 'hold',
  'source-privilege': 'hold',
  'target-privilege': 'hold',
  'source-missing': 'hold',
  'target-missing': 'hold',
  'connection-unknown': 'hold',
  'row-refused': 'hold',
  'constraint-violated': 'hold',
  'object-refused': 'hold',
  'schema-changed': 'hold',
  'decision-broken': 'hold',
  'target-full': 'hold',
  'target-conflict': 'retry',
  'source-conflict': 'retry',
  'fenced-out': 'fail',
  'rows-lost': 'fail',
  'snapshot-lost': 'fail',
  'not-equal': 'fail',
  'hook-failed': 'fail',
  refused: 'fail',
  internal: 'fail',
} as const satisfies Record<string, FailurePolicy>

export type FailureKind = keyof typeof FAILURE_POLICIES

/**
 * Failures that say nothing of the table at hand: whatever is done next would fail alike. Once rows are there, they hold
 * the whole run instead of stopping its tables one after another; `itself`: until the server is back.
 */
export const HOLDS_ALL: Readonly<Partial<Record<FailureKind, 'person' | 'itself'>>> = {
  'source-unreachable': 'itself',
  'target-unreachable': 'itself',
  'source-login': 'person',
  'target-login': 'person',
  'connection-unknown': 'person',
}

/** What may be written down about a failure. `private` holds keys and values: ledger and read API only, never Temporal. */
export interface FailureDetails {
  readonly table?: string
  readonly column?: string
  /** Of a row that the target refused in a COPY: its line there, from 1. The source names it by `nameRow`. */
  readonly copyLine?: number
  /** What a person does about it. */
  readonly remedy: string
  readonly private?: { readonly key?: string; readonly reason?: string }
}

/** The one error type that crosses a port. `message` is safe for Temporal's history: no keys, no values, no secrets. */
export class Failure extends Error {
  override readonly name = 'Failure'
  constructor(
    readonly kind: FailureKind,
    message: string,
    readonly details: FailureDetails,
    options?: { cause?: unknown },
  ) {
    super(message, options)
  }
  get policy(): FailurePolicy {
    return FAILURE_POLICIES[this.kind]
  }
}

/** A failure as the ledger and the report keep it. */
export interface FailureRecord {
  readonly kind: FailureKind
  readonly message: string
  readonly remedy: string
  readonly column: string | null
  readonly key: string | null
  readonly reason: string | null
}
