import type { Connection } from 'mysql2'
import { Failure } from '../../core/failure.js'
import type { KeyRange } from '../../core/key-range.js'
import type { PlannedTable } from '../../core/plan/types.js'
import type { CopyCounts, CopyOptions, RowSink } from '../../core/ports.js'
import { type Decoders, decodersFor, storedCharsets } from './charset-tables.js'
import { encodeLargeRow } from './copy-large.js'
import { type DriverInternals, type LargePayload, PacketTap, type RowReader } from './copy-packets.js'
import { columnEncoder } from './encode/column.js'
import { Output } from './encode/output.js'
import { Refused } from './encode/refused.js'
import { RowEncoder } from './encode/row.js'
import { RowName } from './copy-row-name.js'
import { selectRange } from './select.js'

const PROGRESS_EVERY_MS = 200

/**
 * Streams a range's rows into `sink` as canonical COPY text, in the key's order where there is a key. Blocks may end
 * within a line. The connection is a raw one of mysql2, idle, its session pinned; rows never become objects. A repeat
 * reads the range again.
 *
 * Throws `row-refused`, the signal's reason, what the sink failed with, or the driver's error as it came. After a throw
 * the connection is destroyed, perhaps in the middle of its rows; with `interrupt`, which ends the statement on the
 * server, the rest of the rows is thrown away and the connection stays, where that is possible within a while.
 */
export async function copyRange(
  connection: Connection,
  table: PlannedTable,
  range: KeyRange,
  sink: RowSink,
  options: CopyOptions,
  interrupt?: () => Promise<void>,
): Promise<CopyCounts> {
  let copy: RangeCopy | undefined
  const clear =
    interrupt === undefined
      ? undefined
      : async (): Promise<void> => {
          copy?.discard()
          await interrupt()
        }
  return await guarded(connection, sink, options.signal, clear, async (fail) => {
    const charsets = storedCharsets(table)
    const decoders = await decodersFor(connection, charsets)
    copy = new RangeCopy(connection, table, sink, options, decoders, fail)
    if (charsets.length === 0) return await copy.run(selectRange(table, range))
    await command(connection, KEEP_RESULTS_CHARSET)
    try {
      return await copy.run(selectRange(table, range))
    } finally {
      // For a session that stays; what ended the copy is what counts.
      await command(connection, RESTORE_RESULTS_CHARSET).catch(() => {})
    }
  })
}

/** Text comes as it is stored while no charset is set for results. */
const KEEP_RESULTS_CHARSET =
  'SET @nightferry_results = @@SESSION.character_set_results, SESSION character_set_results = NULL'
const RESTORE_RESULTS_CHARSET = 'SET SESSION character_set_results = @nightferry_results'

const command = (connection: Connection, sql: string): Promise<void> =>
  new Promise((resolve, reject) => connection.query(sql, (error) => (error === null ? resolve() : reject(error))))

/** Ends with the work, or as soon as the signal aborts, the sink fails or `fail` is called: whatever the server does. */
async function guarded<T>(
  connection: Connection,
  sink: RowSink,
  signal: AbortSignal,
  clear: (() => Promise<void>) | undefined,
  work: (fail: (error: unknown) => void) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  let fail: (error: unknown) => void = () => {}
  const failure = new Promise<never>((_, reject) => (fail = reject))
  const abort = (): void => fail(signal.reason)
  signal.addEventListener('abort', abort)
  let working: Promise<T> | undefined
  try {
    working = work(fail)
    return await Promise.race([working, failure, sink.failed])
  } catch (error) {
    if (clear !== undefined && working !== undefined && (await isCleared(clear, working))) throw error
    // The rest of the rows may still be on their way, or never come: only a dead socket stops both for sure.
    connection.destroy()
    ;(connection as unknown as DriverInternals).stream.destroy()
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** How long the rest of an answer may take to end, once its statement was interrupted. */
const CLEARED_WITHIN_MS = 5000

async function isCleared(clear: () => Promise<void>, working: Promise<unknown>): Promise<boolean> {
  const ended = working.then(
    () => true,
    (error: unknown) => (error as { readonly fatal?: boolean }).fatal !== true,
  )
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, CLEARED_WITHIN_MS, false)))
  try {
    await clear()
    return await Promise.race([ended, late])
  } finally {
    clearTimeout(timer)
  }
}

class RangeCopy implements RowReader {
  readonly #out: Output
  readonly #encoder: RowEncoder
  readonly #tap: PacketTap
  readonly #name: RowName
  #rows = 0
  #lastProgress = 0
  #discarded = false

  constructor(
    connection: Connection,
    private readonly table: PlannedTable,
    private readonly sink: RowSink,
    private readonly options: CopyOptions,
    decoders: Decoders,
    private readonly fail: (error: unknown) => void,
  ) {
    this.#out = new Output(sink)
    const columns = table.columns.map((c) => columnEncoder(c.cast.encoding, decoders))
    this.#encoder = new RowEncoder(columns, this.#out)
    this.#name = new RowName(table)
    this.#tap = new PacketTap(connection, this)
  }

  async run(sql: string): Promise<CopyCounts> {
    await this.#tap.run(sql, this.table.columns.length)
    this.#out.flush()
    this.#report()
    return { rows: this.#rows, bytes: this.#out.bytes, zeroDates: this.#zeroDates() }
  }

  /** Takes no further row: what still comes is passed over. */
  discard(): void {
    this.#discarded = true
    this.#tap.proceed()
  }

  row(bytes: Buffer, view: DataView, from: number): boolean {
    if (this.#discarded) return true
    try {
      this.#encoder.encodeRow(bytes, view, from)
    } catch (error) {
      this.#name.take(bytes, from)
      throw this.#named(error)
    }
    this.#rows++
    if (!this.#out.full) return true
    this.#drain().then(
      () => this.#tap.proceed(),
      (error: unknown) => this.fail(error),
    )
    return false
  }

  async largeRow(payload: LargePayload): Promise<void> {
    // Never comes to its end, and the connection is destroyed: nobody knows how long the row is.
    if (this.#discarded) return await new Promise(() => {})
    const { columns } = this.#encoder
    this.#name.clear()
    try {
      await encodeLargeRow(payload, columns, this.#out, () => this.#drain(), {
        column: (index) => (this.#encoder.column = index),
        small: (index, value) => this.#name.keep(index, value),
      })
    } catch (error) {
      throw this.#named(error)
    }
    this.#rows++
  }

  chunk(): void {
    const now = performance.now()
    if (now - this.#lastProgress < PROGRESS_EVERY_MS) return
    this.#lastProgress = now
    this.#report()
  }

  failed(error: unknown): void {
    this.fail(error)
  }

  async #drain(): Promise<void> {
    await this.sink.drained()
    this.#out.full = false
    this.chunk()
  }

  #report(): void {
    this.options.onProgress?.(this.#rows, this.#out.bytes)
  }

  #zeroDates(): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const [i, column] of this.#encoder.columns.entries()) {
      if (column.zero && column.zero.count > 0) counts[this.table.columns[i]?.source as string] = column.zero.count
    }
    return counts
  }

  #named(error: unknown): unknown {
    if (!(error instanceof Refused)) return error
    const column = this.table.columns[this.#encoder.column]?.source as string
    const details = {
      table: this.table.source,
      column,
      remedy: error.remedy,
      private: { key: this.#name.text ?? `row ${this.#rows + 1}`, reason: error.reason },
    }
    return new Failure('row-refused', `a value of ${this.table.source}.${column} has no form under its cast`, details)
  }
}
