import type pg from 'pg'
import { Failure } from '../../core/failure.js'
import type { Plan, PlannedTable } from '../../core/plan/types.js'
import type { Mended, ReadOptions, RowCounts, RowSink, TableRepair, TargetPart } from '../../core/ports.js'
import type { Digest, KeyLeft, ProofRequest } from '../../core/proof.js'
import { CopyIn } from './copy-in.js'
import { codeOf, toFailure, type ErrorContext } from './errors.js'
import { readMended, recordKeysLeft, recordMended } from './ledger/mended.js'
import { idents, tableName } from './quote.js'
import { readRows } from './read.js'
import { dropKeys, foreignKeysAround, putKeysBack, settleKeys } from './repair-foreign-keys.js'
import { playReplica, restTriggers } from './repair-triggers.js'
import type { Target } from './target.js'

/** Somebody who writes to the table for longer is a conflict that is tried again, not a wait without an end. */
const LOCK_SECONDS = 10

const UNIQUE_VIOLATION = '23505'

/**
 * Opens the transaction in which a table is mended. An abort drops its session, at any moment until `commit` has
 * answered: the server rolls back then. Throws `target-conflict` where a writer does not let go of the table.
 */
export async function openRepair(
  target: Target,
  plan: Plan,
  table: PlannedTable,
  request: ProofRequest,
  signal: AbortSignal,
): Promise<TableRepair> {
  signal.throwIfAborted()
  const client = await target.pool.connect()
  const repair = new Repair(target, plan, table, request, client, signal)
  try {
    await repair.begin()
    return repair
  } catch (error) {
    await repair.abandon()
    signal.throwIfAborted()
    throw toFailure(error, { ...target.about, table })
  }
}

class Repair implements TableRepair {
  done: Mended | null = null
  readonly #target: Target
  readonly #plan: Plan
  readonly #table: PlannedTable
  readonly #request: ProofRequest
  readonly #client: pg.PoolClient
  readonly #signal: AbortSignal
  readonly #about: ErrorContext
  /** Where rows wait, in this transaction alone: unlike a temporary table it needs no privilege that we might not have. */
  readonly #aside: { readonly rows: string; readonly ids: string }
  #over = false

  constructor(
    target: Target,
    plan: Plan,
    table: PlannedTable,
    request: ProofRequest,
    client: pg.PoolClient,
    signal: AbortSignal,
  ) {
    this.#target = target
    this.#plan = plan
    this.#table = table
    this.#request = request
    this.#client = client
    this.#signal = signal
    this.#about = { ...target.about, table, doing: `repair of ${table.source}` }
    const { processID } = client as unknown as { readonly processID: number }
    this.#aside = { rows: `nightferry.mend_rows_${processID}`, ids: `nightferry.mend_ids_${processID}` }
    signal.addEventListener('abort', this.#drop, { once: true })
  }

  get #name(): string {
    return tableName(this.#plan, this.#table)
  }

  get #columns(): string {
    return idents(this.#table.columns.map((column) => column.target))
  }

  async begin(): Promise<void> {
    const client = this.#client
    await client.query(
      `BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout TO '${LOCK_SECONDS}s';
       LOCK TABLE ONLY ${this.#name} IN SHARE ROW EXCLUSIVE MODE`,
    )
    // Behind the lock: the attempt before may have been just about to commit.
    this.done = await readMended(client, this.#request.proof, this.#table.ordinal)
    if (this.done !== null) return
    await client.query(
      `CREATE UNLOGGED TABLE ${this.#aside.rows} AS SELECT ${this.#columns} FROM ONLY ${this.#name} WITH NO DATA;
       CREATE UNLOGGED TABLE ${this.#aside.ids} (id tid NOT NULL)`,
    )
  }

  /** From another session: this one keeps rows aside meanwhile, and nobody else can write. */
  async read(part: TargetPart, sink: RowSink, options: ReadOptions): Promise<RowCounts> {
    return await readRows(this.#target, this.#plan, this.#table, part, sink, options)
  }

  async deleteRows(ids: readonly string[]): Promise<void> {
    const text = `INSERT INTO ${this.#aside.ids} SELECT unnest($1::tid[])`
    await this.#doing(() => this.#client.query(text, [ids]))
  }

  async insertRows(lines: Uint8Array): Promise<void> {
    await this.#doing(async () => {
      const copy = new CopyIn(`COPY ${this.#aside.rows} (${this.#columns}) FROM STDIN`)
      this.#client.query(copy)
      await copy.started
      copy.write(lines)
      await copy.end()
    })
  }

  async commit(
    digests: readonly { readonly ordinal: number; readonly digest: Digest }[],
    worker?: string,
  ): Promise<Mended> {
    return await this.#doing(async () => {
      const { deleted, inserted, keysLeft } = await this.#exchange()
      const mended = { deleted, inserted, chunks: digests.length }
      const rows = await this.#count()
      await recordMended(this.#client, this.#request, this.#table.ordinal, { ...mended, rows }, digests, worker)
      await recordKeysLeft(this.#client, this.#request.proof, keysLeft)
      await this.#client.query(`DROP TABLE ${this.#aside.rows}, ${this.#aside.ids}`)
      const ended = await this.#client.query('COMMIT')
      // A COMMIT of a transaction that had failed answers, without an error, that it rolled back.
      if (ended.command !== 'COMMIT') throw new Error(`COMMIT answered ${ended.command}`)
      this.#release(false)
      return mended
    })
  }

  async abandon(): Promise<void> {
    this.#release(true)
  }

  /** The rows that go, then the rows that come, with whatever would act on them at rest. */
  async #exchange(): Promise<{ deleted: number; inserted: number; keysLeft: KeyLeft[] }> {
    const client = this.#client
    // What is put off to the commit would keep the table from being altered.
    await client.query('SET CONSTRAINTS ALL IMMEDIATE')
    const replica = await playReplica(client)
    const keys = await foreignKeysAround(client, this.#name)
    const keysBack = replica ? [] : await dropKeys(client, keys)
    const triggersBack = await restTriggers(client, this.#name, replica)
    const gone = await client.query(
      `DELETE FROM ONLY ${this.#name} WHERE ctid = ANY (ARRAY(SELECT id FROM ${this.#aside.ids}))`,
    )
    const come = await client.query(
      `INSERT INTO ${this.#name} (${this.#columns}) SELECT ${this.#columns} FROM ${this.#aside.rows}`,
    )
    await putKeysBack(client, keys, keysBack)
    for (const statement of triggersBack) await client.query(statement)
    if (replica) await client.query('SET LOCAL session_replication_role TO origin')
    const keysLeft = await settleKeys(client, keys, this.#plan, { dropped: !replica })
    return { deleted: gone.rowCount ?? 0, inserted: come.rowCount ?? 0, keysLeft }
  }

  async #count(): Promise<number> {
    const { rows } = await this.#client.query<{ count: string }>(`SELECT count(*) FROM ONLY ${this.#name}`)
    return Number(rows[0]?.count)
  }

  async #doing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      this.#release(true)
      this.#signal.throwIfAborted()
      throw codeOf(error) === UNIQUE_VIOLATION ? this.#notUnique(error) : toFailure(error, this.#about)
    }
  }

  #notUnique(error: unknown): Failure {
    const { constraint, detail, message } = error as { constraint?: string; detail?: string; message?: string }
    const what = `Rows of ${this.#table.source} that were to be put in are equal to others where ${constraint} forbids it`
    return new Failure('constraint-violated', `${what}: nothing of the table was changed.`, {
      table: this.#table.source,
      remedy: 'The source changed meanwhile, or the target did: verify again, then repair what that finds.',
      private: {
        ...(detail === undefined ? {} : { key: detail }),
        ...(message === undefined ? {} : { reason: message }),
      },
    })
  }

  #drop = (): void => this.#release(true)

  #release(broken: boolean): void {
    if (this.#over) return
    this.#over = true
    this.#signal.removeEventListener('abort', this.#drop)
    this.#client.release(broken)
  }
}
