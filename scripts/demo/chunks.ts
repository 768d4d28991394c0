import type pg from 'pg'

/** What the ledger says of a run's chunks while it copies. Before there is a ledger: nothing. */
export class ChunksOf {
  constructor(private readonly client: pg.Client) {}

  rows = async (): Promise<number> =>
    Number(
      (await this.#ask(`select coalesce(sum(rows_loaded), 0) as n from nightferry.chunk where state = 'done'`))[0]?.[
        'n'
      ] ?? 0,
    )

  count = async (): Promise<number> =>
    Number((await this.#ask('select count(*) as n from nightferry.chunk'))[0]?.['n'] ?? 0)

  /** Attempts that are under way, or were when their process ended. */
  async inFlight(): Promise<Set<string>> {
    const rows = await this.#ask(
      `select table_ordinal || '/' || ordinal || '/' || epoch as attempt from nightferry.chunk where state = 'running'`,
    )
    return new Set(rows.map(({ attempt }) => String(attempt)))
  }

  /** How many of these attempts were made again, and what they had read, as far as they told. */
  async again(attempts: ReadonlySet<string>): Promise<{ chunks: number; rows: number }> {
    const rows = await this.#ask(
      `select table_ordinal || '/' || ordinal as chunk, epoch, rows_again::int as again from nightferry.chunk where epoch > 1`,
    )
    const meant = rows.filter(({ chunk, epoch }) =>
      [...attempts].some((one) => one.startsWith(`${String(chunk)}/`) && Number(one.split('/')[2]) < Number(epoch)),
    )
    return { chunks: meant.length, rows: meant.reduce((sum, { again }) => sum + Number(again), 0) }
  }

  async #ask(sql: string): Promise<Record<string, unknown>[]> {
    try {
      return (await this.client.query<Record<string, unknown>>(sql)).rows
    } catch (error) {
      if ((error as { code?: unknown }).code === UNDEFINED_TABLE) return []
      throw error
    }
  }
}

const UNDEFINED_TABLE = '42P01'
