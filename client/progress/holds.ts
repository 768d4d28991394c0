import type { Hold } from '../../core/hold.js'
import { askStatus } from '../entity.js'
import { holdLine, remedyLine, type Reader } from '../../core/hold-words.js'
import type { Temporal } from '../temporal.js'
import { whoAmI } from '../updates.js'
import { pause } from './pause.js'
import type { Trouble } from './trouble.js'

const LOOK_MS = 1000

/** Tells why what is followed waits, until the stop. Whoever asks changes nothing, and no history grows by it. */
export async function watchHolds(
  temporal: Temporal,
  migration: string,
  trouble: Trouble,
  stop: AbortSignal,
): Promise<void> {
  const reader = { migration, me: whoAmI() }
  while (!stop.aborted) {
    try {
      const asked = await askStatus(temporal, migration)
      if (asked.answer === 'status') {
        const { holds } = asked.status
        trouble.held(
          holdLines(holds, reader),
          holds.some(({ table }) => table === null),
        )
      }
    } catch {
      // Temporal is away: the look at the health says so, and what held holds.
    }
    await pause(LOOK_MS, stop)
  }
}

/** `held: h1 by ada since ...: release freeze. It goes on with ...` */
export const holdLines = (holds: readonly Hold[], reader: Reader): string[] =>
  holds.map((hold) => `held: ${holdLine(hold).replace(/[.]$/, '')}. ${remedyLine(hold, reader)}`)
