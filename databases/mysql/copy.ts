import type { Connection } from 'mysql2'
import { Failure } from '../../core/failure.js'
import type { KeyRange } from '../../core/key-range.js'
import type { PlannedTable } from '../../core/plan/types.js'
import type { CopyCounts, CopyOptions, RowSink } from '../../core/ports.js'
import { type Decoders, decodersFor, storedCharsets } from './charset-tables.js'
import { encodeLargeRow } from './copy-large.js'
import { type LargePayload, PacketTap, type RowReader } from './copy-packets.js'
import { columnEncoder } from './encode/column.js'
import { Output } from './encode/output.js'
import { Refused } from './encode/refused.js'
import { RowEncoder } from './encode/row.js'
import { RowName } from './copy-row-name.js'
import { selectRange } from './select.js'

const PROGRESS_EVERY_MS = 200

/**
 * Streams a range's rows into `sink` as canonical COPY text, in the key's order where there is a key. The connection
 * is a raw one of mysql2, idle, its session pinned; rows never become objects. A repeat reads the range again.
 *
 * Throws `row-refused`, the signal's reason, what the sink failed with, or the driver's error as it came. After a throw
 * the connection may be destroyed in the middle of its rows and is not to be used again.
 */
export async function copyRange(
  connection: Connection,
  table: PlannedTable,
  range: KeyRange,
  sink: RowSink,
  options: CopyOptions,
): Promise<CopyCounts> {
  options.signal.throwIfAborted()
  const charsets = storedCharsets(table)
  const copy = new RangeCopy(connection, table, sink, options, await decodersFor(connection, charsets))
  if (charsets.length === 0) return await copy.run(selectRange(table, range))
  await command(connection, KEEP_RESULTS_CHARSET)
  const counts = await copy.run(selectRange(table, range))
  await command(connection, RESTORE_RESULTS_CHARSET)
  return counts
}

/** Text comes as it is stored while no charset is set for results. */
const KEEP_RESULTS_CHARSET =
  'SET @nightferry_results = @@SESSION.character_set_results, SESSION character_set_results = NULL'
const RESTORE_RESULTS_CHARSET = 'SET SESSION character_set_results = @nightferry_results'

const command = (connection: Connection, sql: string): Promise<void> =>
  new Promise((resolve, reject) => connection.query(sql, (error) => (error === null ? resolve() : reject(error))))

class RangeCopy implements RowReader {
  readonly #out: Output
  readonly #encoder: RowEncoder
  readonly #tap: PacketTap
  readonly #name: RowName
  #rows = 0
  #lastProgress = 0
  #fail: (error: unknown) => void = () => {}
  readonly #failure: Promise<never>

  constructor(
    private readonly connection: Connection,
    private readonly table: PlannedTable,
    private readonly sink: RowSink,
    private readonly options: CopyOptions,
    decoders: Decoders,
  ) {
    this.#out = new Output(sink)
    this.#encoder = new RowEncoder(
      table.columns.map((c) => columnEncoder(c.cast.encoding, decoders)),
      this.#out,
    )
    this.#name = new RowName(table)
    this.#tap = new PacketTap(connection, this)
    this.#failure = new Promise((_, reject) => (this.#fail = reject))
    this.#failure.catch(() => {})
  }

  async run(sql: string): Promise<CopyCounts> {
    const { signal } = this.options
    const abort = (): void => this.#fail(signal.reason)
    signal.addEventListener('abort', abort)
    try {
      await Promise.race([this.#tap.run(sql, this.table.columns.length), this.#failure, this.sink.failed])
      this.#out.flush()
    } catch (error) {
      // The rest of the rows may still be on their way, or never come: only a dead socket stops both for sure.
      this.connection.destroy()
      ;(this.connection as unknown as { stream: { destroy(): void } }).stream.destroy()
      throw error
    } finally {
      signal.removeEventListener('abort', abort)
      this.#tap.release()
    }
    this.#report()
    return { rows: this.#rows, bytes: this.#out.bytes, zeroDates: this.#zeroDates() }
  }

  row(bytes: Buffer, view: DataView, from: number): boolean {
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
      (error: unknown) => this.#fail(error),
    )
    return false
  }

  async largeRow(payload: LargePayload): Promise<void> {
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
    this.#fail(error)
  }

  async #drain(): Promise<void> {
    await this.sink.drained()
    this.#out.full = false
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
