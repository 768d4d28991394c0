import type { FailurePolicy } from './failure.js'

/** The pause before the second attempt, its growth and its ceiling; the engine waits, not we. Milliseconds. */
export const BACKOFF = { first: 500, factor: 2, most: 10_000 } as const

/**
 * How often a step is tried before it is given up for good. With the backoff above 90 attempts last 15 minutes, and 15 of
 * a server that is `away` two: a restart fits into these, and what lasts longer is told as a hold, which lifts itself. Attempts are counted and not the clock: a chunk may rightly take hours.
 * An error nobody foresaw gets a few tries, since it is rarely the weather.
 */
export const ATTEMPTS = { retry: 90, away: 15, unforeseen: 4 } as const

/** Whether a failed attempt (from 1) was the last one. `unforeseen`: the error was no `Failure`. */
export function isLastAttempt(policy: FailurePolicy | 'unforeseen' | 'away', attempt: number): boolean {
  switch (policy) {
    case 'retry':
      return attempt >= ATTEMPTS.retry
    case 'away':
      return attempt >= ATTEMPTS.away
    case 'unforeseen':
      return attempt >= ATTEMPTS.unforeseen
    case 'hold':
    case 'fail':
      return true
  }
}
