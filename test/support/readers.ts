import pg from 'pg'

/** What a reader of `account` and `entry` saw at once: whose night it was, and whether both sums agree. */
export interface Read {
  readonly at: number
  readonly nights: number[]
  readonly agree: boolean
}

export interface Reader {
  readonly reads: Read[]
  /** By their code. */
  readonly errors: string[]
  stop(): Promise<void>
}

/** Reads in a loop over a pool of its own, which knows nothing of publishes. */
export function reading(url: string): Reader {
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  pool.on('error', () => {})
  const [reads, errors]: [Read[], string[]] = [[], []]
  let over = false
  const loop = (async () => {
    while (!over) {
      try {
        const { rows } = await pool.query<{ agree: boolean; nights: number[] }>(
          `SELECT (SELECT sum(amount) FROM account) = (SELECT sum(amount) FROM entry) AS agree,
             ARRAY(SELECT night FROM account UNION SELECT night FROM entry) AS nights`,
        )
        reads.push({ at: performance.now(), ...rows[0]! })
      } catch (error) {
        errors.push((error as { code?: string }).code ?? (error as Error).message)
      }
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  })()
  return {
    reads,
    errors,
    stop: async () => {
      over = true
      await loop
      await pool.end()
    },
  }
}

/** Milliseconds between two reads. */
export const longestGap = (reads: readonly Read[]): number =>
  Math.max(...reads.slice(1).map(({ at }, index) => at - reads[index]!.at))
