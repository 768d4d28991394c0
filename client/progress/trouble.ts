import { describeRetry, type Health } from '../../core/health.js'
import { noControlWorker, noDataWorker } from '../patience.js'
import type { Problem } from '../problem.js'
import type { Screen } from './screen.js'

const API_SILENT_MS = 5000

/** What is wrong now, in sentences; it is told at once and the run goes on waiting. */
export class Trouble {
  #temporal: string | null = null
  #health: Health | null = null
  #missing = { control: false, data: false }
  #silentSince: number | null = null
  #held: readonly string[] = []
  #isHeld = false
  #said = ''

  temporalAway(address: string): void {
    this.#temporal = `Temporal does not answer at ${address}; the run goes on when it is back`
  }

  health(health: Health, missing: { control: boolean; data: boolean }): void {
    this.#temporal = null
    this.#health = health
    this.#missing = missing
  }

  /** Why it waits; `all`: nothing of it goes on meanwhile. */
  held(lines: readonly string[], all: boolean): void {
    this.#held = lines
    this.#isHeld = all
  }

  get isHeld(): boolean {
    return this.#isHeld
  }

  apiAnswers(): void {
    this.#silentSince = null
  }

  /** There is no picture to draw: what is wrong is said once, until it changes. */
  apiSilent(error: unknown, screen: Screen, now: number): void {
    this.#silentSince ??= now
    const lines = this.lines(now)
    if (now - this.#silentSince >= API_SILENT_MS) lines.push(error instanceof Error ? error.message : String(error))
    const text = lines.join('; ')
    if (text !== '' && text.replace(/\d+/g, '#') !== this.#said) screen.say(text)
    this.#said = text.replace(/\d+/g, '#')
  }

  lines(now: number): string[] {
    const { stuck = null, retrying = [] } = this.#health ?? {}
    return [
      ...(this.#temporal === null ? [] : [this.#temporal]),
      ...(stuck === null
        ? []
        : [`workflow ${stuck.workflowId} fails again and again (attempt ${stuck.attempts}): ${stuck.message}`]),
      ...(this.#missing.control ? [spoken(noControlWorker())] : []),
      ...(this.#missing.data ? [spoken(noDataWorker())] : []),
      ...this.#held,
      ...retrying.map((retry) => describeRetry(retry, now)),
    ]
  }
}

const spoken = (problem: Problem): string => `${problem.message}. ${problem.remedy}`
