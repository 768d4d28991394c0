import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import type { Encoding } from '../../core/cast.js'
import { type KeyRange, WHOLE } from '../../core/key-range.js'
import type { ChunkKey, PlannedColumn, PlannedTable } from '../../core/plan/types.js'
import type { CopyCounts, CopyOptions, RowSink } from '../../core/ports.js'
import { openSession, type Session } from '../../databases/mysql/connect.js'
import { copyRange } from '../../databases/mysql/copy.js'
import { parseUrl } from '../../databases/mysql/url.js'

/** A pinned session, as the adapter hands it to copyRange. */
export const openCopySession = (url: string): Promise<Session> => openSession(parseUrl(url, 'test'), 'test')

export async function withCopySession<T>(url: string, use: (session: Session) => Promise<T>): Promise<T> {
  const session = await openCopySession(url)
  try {
    return await use(session)
  } finally {
    session.raw.destroy()
  }
}

/** Keeps all it is given and never asks for a pause. */
export class Collector implements RowSink {
  readonly blocks: Buffer[] = []
  readonly failed = new Promise<never>(() => {})
  write(block: Uint8Array): boolean {
    this.blocks.push(Buffer.from(block.buffer, block.byteOffset, block.length))
    return true
  }
  async drained(): Promise<void> {}
  get text(): Buffer {
    return Buffer.concat(this.blocks)
  }
}

export const BY_ID: ChunkKey = {
  index: 'PRIMARY',
  unique: true,
  columns: [{ column: 'id', type: 'int', charset: null, collation: null, descending: false }],
}

export function plannedTable(
  source: string,
  columns: Readonly<Record<string, Encoding>>,
  key: ChunkKey | null = BY_ID,
): PlannedTable {
  return {
    ordinal: 0,
    source,
    target: source,
    comment: '',
    columns: Object.entries(columns).map(([name, encoding]) => plannedColumn(name, encoding)),
    key,
    primaryKey: null,
    indexes: [],
    foreignKeys: [],
    enums: [],
    checks: [],
    identity: null,
    estimatedRows: 0,
    estimatedBytes: 0,
  }
}

const plannedColumn = (name: string, encoding: Encoding): PlannedColumn => ({
  source: name,
  target: name,
  cast: { rule: 'house', from: '', to: '', encoding },
  notNull: false,
  default: null,
  comment: '',
})

export interface Copied {
  readonly text: Buffer
  readonly counts: CopyCounts
}

/** Copies a range in a session of its own. */
export async function copied(
  url: string,
  table: PlannedTable,
  range: KeyRange = WHOLE,
  options: Partial<CopyOptions> = {},
): Promise<Copied> {
  return await withCopySession(url, async ({ raw }) => {
    const sink = new Collector()
    const counts = await copyRange(raw, table, range, sink, { signal: new AbortController().signal, ...options })
    return { text: sink.text, counts }
  })
}

/** The first column of each line: the key, where tests put it. */
export const firstColumns = (text: Buffer): string[] =>
  text
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t')[0] as string)

/** What PostgreSQL prints for this text once it has read it: the definition of canonical. In the text's order. */
export async function throughPostgres(url: string, types: readonly string[], text: Buffer): Promise<Buffer> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(`set time zone 'UTC'`)
    const columns = types.map((type, i) => `c${i} ${type}`).join(', ')
    const names = types.map((_, i) => `c${i}`).join(', ')
    await client.query(`create temp table loaded (position serial, ${columns})`)
    await pipeline(Readable.from(pieces(text)), client.query(copyFrom(`copy loaded (${names}) from stdin`)))
    const out = client.query(copyTo(`copy (select ${names} from loaded order by position) to stdout`))
    const blocks: Buffer[] = []
    out.on('data', (block: Buffer) => blocks.push(block))
    await once(out, 'end')
    return Buffer.concat(blocks)
  } finally {
    await client.end()
  }
}

function* pieces(text: Buffer): Generator<Buffer> {
  for (let at = 0; at < text.length; at += 65536) yield text.subarray(at, at + 65536)
}
