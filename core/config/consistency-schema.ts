import { z } from 'zod'
import { DEFAULT_CONSISTENCY, DEFAULT_VERIFY } from './consistency.js'
import { formatDuration } from './durations.js'
import { duration, oneOf } from './fields.js'
import { group } from './group.js'
import { formatShare, parseShare, SHARE_PATTERN } from './shares.js'

const SHARE = 'must be a share of the rows from 0% to 100%, such as 1%, or all, or none'
const share = z
  .union([z.literal(0), z.string().meta({ pattern: SHARE_PATTERN.source })], { error: () => SHARE })
  .refine((value) => value === 0 || parseShare(value) !== null, { error: SHARE })

/** `consistency`: of which moment the rows are. */
export const consistencySchema = group('read, lock_timeout, hold, on_lost, uncovered', {
  read: oneOf(['snapshot', 'best-effort'], 'must be snapshot or best-effort')
    .meta({
      description:
        'snapshot: every table is of one moment; refused where the account has no right to lock. best-effort: each chunk is of its own moment. Without it: snapshot where that is possible, and it says so first where it is not.',
    })
    .optional(),
  lock_timeout: duration(100, 60_000)
    .meta({ description: 'How long the lock may be waited for before it is given up and tried again.' })
    .default(formatDuration(DEFAULT_CONSISTENCY.lockTimeoutMs)),
  hold: duration(0, 86_400_000)
    .meta({ description: 'How long a pause may keep the snapshot, which the source pays for.' })
    .default(formatDuration(DEFAULT_CONSISTENCY.holdMs)),
  on_lost: oneOf(['best-effort', 'restart'], 'must be best-effort or restart')
    .meta({ description: 'What a run does whose snapshot is lost: go on as best-effort, or start again.' })
    .default(DEFAULT_CONSISTENCY.onLost),
  uncovered: oneOf(['lock', 'label'], 'must be lock or label')
    .meta({
      description: 'Tables that no snapshot covers (MyISAM, MEMORY): read under the lock, or said to be best-effort.',
    })
    .default(DEFAULT_CONSISTENCY.uncovered),
})

/** `verify`: what each run proves beyond its load. */
export const verifySchema = group('witness', {
  witness: share
    .meta({ description: 'The share of the rows that SQL in both servers compares in each run.' })
    .default(formatShare(DEFAULT_VERIFY.witness)),
})
