import type pg from 'pg'
import type { LedgerPort } from '../../core/ledger.js'
import type { ErrorContext } from './errors.js'
import type { Address } from './url.js'

/** What every step on the target needs. One per connection and database. */
export interface Target {
  readonly address: Address
  /** Pinned sessions of the target database. */
  readonly pool: pg.Pool
  readonly about: ErrorContext
  readonly ledger: LedgerPort
}
