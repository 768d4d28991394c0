import { expect } from 'vitest'
import { onPostgres } from '../support/servers.js'

/** What a run read again, against what was in flight when it was held. */
export class Copied {
  /** Attempts that a hold ended: `table/chunk/epoch`. */
  readonly #inFlight = new Set<string>()

  constructor(
    private readonly target: string,
    private readonly run: string,
  ) {}

  /** While all is held: an attempt that is neither done nor at work was ended by this hold, or by an earlier one. */
  async noteInFlight(): Promise<void> {
    const rows = await onPostgres(
      this.target,
      `select table_ordinal || '/' || ordinal || '/' || epoch as attempt from nightferry.chunk
       where run = '${this.run}' and state = 'running'`,
    )
    for (const { attempt } of rows) this.#inFlight.add(String(attempt))
  }

  /** Every row was loaded once; only attempts that a hold ended were made again, and cost no more rows than their chunks have. */
  async expectNoMoreThanInFlight(): Promise<void> {
    const chunks = await onPostgres(
      this.target,
      `select table_ordinal || '/' || ordinal as chunk, state, epoch, rows_read::int as rows, rows_again::int as again
       from nightferry.chunk where run = '${this.run}'`,
    )
    expect(chunks.length).toBeGreaterThan(50)
    expect(chunks.filter(({ state }) => state !== 'done')).toEqual([])
    let [again, allowed, attempts] = [0, 0, 0]
    for (const { chunk, epoch, rows, again: more } of chunks) {
      const ended = [...this.#inFlight].filter((attempt) => attempt.startsWith(`${String(chunk)}/`)).length
      attempts += Number(epoch) - 1
      again += Number(more)
      allowed += ended * Number(rows)
    }
    console.log(
      `${this.run}: ${attempts} attempts made again, ${again} rows read again; in flight at its pauses: ${this.#inFlight.size} attempts, ${allowed} rows`,
    )
    expect(attempts).toBeLessThanOrEqual(this.#inFlight.size)
    expect(again).toBeLessThanOrEqual(allowed)
  }
}
