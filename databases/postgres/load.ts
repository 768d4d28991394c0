import type pg from 'pg'
import { Failure } from '../../core/failure.js'
import type { Plan, PlannedTable } from '../../core/plan/types.js'
import type { ChunkClaim } from '../../core/ledger.js'
import type { ChunkLoad, CopyCounts, RowSink } from '../../core/ports.js'
import type { Digest } from '../../core/proof.js'
import { CopyIn } from './copy-in.js'
import { toFailure, type ErrorContext } from './errors.js'
import { completeChunk } from './ledger/claims.js'
import { idents, tableName } from './quote.js'
import type { Target } from './target.js'

/** Somebody who locks our table is a conflict that is tried again, not a wait without an end. */
const LOCK_SECONDS = 10

/**
 * Opens a transaction and a COPY for one chunk, in one round trip. Resolves when the server waits for rows; an abort
 * before that drops the session and throws the signal's reason.
 */
export async function loadChunk(
  target: Target,
  plan: Plan,
  table: PlannedTable,
  claim: ChunkClaim,
  signal?: AbortSignal,
): Promise<ChunkLoad> {
  signal?.throwIfAborted()
  const about: ErrorContext = { ...target.about, table, copying: true }
  const client = await target.pool.connect()
  const copy = new CopyIn(copyText(plan, table))
  const load = new Load(client, copy, claim, about)
  const stop = (): void => load.drop(signal?.reason as Error)
  signal?.addEventListener('abort', stop, { once: true })
  try {
    signal?.throwIfAborted()
    client.query(copy)
    await copy.started
    return load
  } catch (error) {
    load.drop(error as Error)
    signal?.throwIfAborted()
    throw toFailure(error, about)
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

const copyText = (plan: Plan, table: PlannedTable): string =>
  `BEGIN; SET LOCAL lock_timeout TO '${LOCK_SECONDS}s'; ` +
  `COPY ${tableName(plan, table)} (${idents(table.columns.map((column) => column.target))}) FROM STDIN`

class Load implements ChunkLoad {
  readonly sink: RowSink
  readonly #client: pg.PoolClient
  readonly #copy: CopyIn
  readonly #claim: ChunkClaim
  readonly #about: ErrorContext
  readonly #started = performance.now()
  #over = false

  constructor(client: pg.PoolClient, copy: CopyIn, claim: ChunkClaim, about: ErrorContext) {
    this.#client = client
    this.#copy = copy
    this.#claim = claim
    this.#about = about
    const failed = copy.failed.catch((error: unknown) => Promise.reject(toFailure(error, about)))
    failed.catch(() => {})
    this.sink = {
      write: (block) => copy.write(block),
      drained: () => copy.drained().catch((error: unknown) => Promise.reject(toFailure(error, about))),
      failed,
    }
  }

  async commit(read: CopyCounts, digest: Digest | null = null): Promise<{ kept: boolean }> {
    const loaded = await this.#rowsLoaded()
    try {
      if (loaded !== read.rows) throw rowsLost(this.#about, read.rows, loaded)
      const seconds = (performance.now() - this.#started) / 1000
      const kept = await completeChunk(this.#client, this.#claim, read, loaded, seconds, digest)
      const ended = await this.#client.query(kept ? 'COMMIT' : 'ROLLBACK')
      // A COMMIT of a transaction that had failed answers, without an error, that it rolled back.
      if (kept && ended.command !== 'COMMIT') throw new Error(`COMMIT answered ${ended.command}`)
      this.#release(false)
      return { kept }
    } catch (error) {
      this.drop(error as Error)
      throw toFailure(error, { ...this.#about, copying: false })
    }
  }

  async abandon(reason: string): Promise<void> {
    this.drop(new Failure('internal', `the chunk was given up: ${reason}`, { remedy: 'none: it is loaded again' }))
  }

  /** Ends the session with its socket: the server rolls back when it sees that, without reading what is still queued. */
  drop(error: Error): void {
    this.#copy.fail(error)
    this.#release(true)
  }

  async #rowsLoaded(): Promise<number> {
    try {
      return await this.#copy.end()
    } catch (error) {
      this.drop(error as Error)
      throw toFailure(error, this.#about)
    }
  }

  #release(broken: boolean): void {
    if (this.#over) return
    this.#over = true
    this.#client.release(broken)
  }
}

const rowsLost = (about: ErrorContext, read: number, loaded: number): Failure =>
  new Failure('rows-lost', `A chunk of ${about.table?.source} had ${read} rows read and ${loaded} loaded.`, {
    ...(about.table === undefined ? {} : { table: about.table.source }),
    remedy: 'Nothing of it was kept. Report this: it must not happen.',
  })
