import { condition } from '@temporalio/workflow'
import { clone } from './clone.js'
import type { StepEnd } from './each-of.js'
import { isLongWithChildren } from './limits.js'
import type { Pass } from './pass.js'
import type { ReadingPlace } from './reading-place.js'

export const LIVE: ReadingPlace = { queue: null, onLost: 'best-effort', lose: () => {} }

/**
 * Copies each row as it is now, within the run's hours: outside of them nothing is open, and nothing but the hours' own
 * timer waits. Another hold takes precedence; the clock is looked at meanwhile.
 */
export async function cloneInHours(pass: Pass): Promise<StepEnd> {
  const { hours, halt } = pass
  for (;;) {
    hours.begin()
    const seen = hours.changes()
    const end = await clone(pass, LIVE)
    if (end !== 'held' || halt.holds()) return end
    // Only tables that wait alone are left.
    if (!hours.isClosed() && hours.changes() === seen) return end
    await condition(() => !hours.isClosed() || halt.holds() || isLongWithChildren())
    if (halt.holds()) return 'held'
    if (hours.isClosed()) return 'long'
  }
}
