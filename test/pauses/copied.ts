import { onPostgres } from '../support/servers.js'

/** What a run read again, against what was in flight when it was held. */
export class Copied {
  /** Attempts that a hold ended: `table/chunk/epoch`. */
  readonly #inFlight = new Set<string>()

  /** `sent`: rows that the source has sent to our account so far, by its own count. */
  constructor(
    private readonly target: string,
    private readonly run: string,
    private readonly sent: () => Promise<number>,
    private readonly before: number,
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

  /** Chunks that are not done, attempts beyond the first, and rows that these read; and what there may be of both. */
  async account(): Promise<Account> {
    const chunks = await onPostgres(
      this.target,
      `select table_ordinal || '/' || ordinal as chunk, state, epoch, rows_read::int as rows
       from nightferry.chunk where run = '${this.run}'`,
    )
    let [open, loaded, allowed, attempts] = [0, 0, 0, 0]
    const sent = (await this.sent()) - this.before
    for (const { chunk, state, epoch, rows } of chunks) {
      const ended = [...this.#inFlight].filter((attempt) => attempt.startsWith(`${String(chunk)}/`)).length
      if (state !== 'done') open++
      attempts += Number(epoch) - 1
      loaded += Number(rows)
      allowed += ended * Number(rows)
    }
    const inFlight = this.#inFlight.size
    console.log(
      `${this.run}: ${loaded} rows, ${sent} sent by the source; ${attempts} attempts made again; in flight at its pauses: ${inFlight} attempts, ${allowed} rows`,
    )
    return { chunks: chunks.length, open, attempts, inFlight, again: sent - loaded, allowed }
  }
}

export interface Account {
  readonly chunks: number
  readonly open: number
  readonly attempts: number
  /** Attempts that a hold ended. */
  readonly inFlight: number
  /** Rows that the source has sent beyond those that the tables have; what its catalog says among them. */
  readonly again: number
  /** Rows of their chunks. */
  readonly allowed: number
}
