import type { ShownCopy } from '../activities/change-copy.js'
import type { ShownGeneration } from '../activities/show-generation.js'
import type { Published } from '../core/generation.js'
import type { RunId } from '../core/run.js'
import type { Request } from './messages.js'

/** What people read is to be another generation, whatever it is: the way back, and what a retry mended. */
export interface PublishRequest extends Request {
  readonly run: RunId
  /** False: only says what it would be. */
  readonly execute: boolean
}

export interface PublishAnswer extends ShownGeneration {
  readonly run: RunId
  /** Null: not executed. */
  readonly published: Published | null
  /** Why the memory of its runs does not say so; null: it does, or nothing was executed. */
  readonly unkept: string | null
}

export interface CopyRequest extends Request {
  /** `ci-1234`: `shop_ci_1234` is made, or dropped. */
  readonly name: string
  /** False: says only what it would drop, or replace. A copy whose name is free is made at once. */
  readonly execute: boolean
  readonly drop: boolean
}

export interface CopyAnswer extends ShownCopy {
  /** What was done. Nothing: `found`, what would be dropped; `there`, what would be replaced. */
  readonly done: 'made' | 'dropped' | 'found' | 'there'
}
