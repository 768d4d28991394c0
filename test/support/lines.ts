import { createHash } from 'node:crypto'
import type { Encoding } from '../../core/cast.js'
import { BucketDigester } from '../../activities/digest/buckets.js'
import type { ChunkKeyColumn, PlannedTable } from '../../core/plan/types.js'
import { column, table } from './target.js'

/** Numbers that are the same in each run of a test. */
export function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** Lines as blocks that are cut anywhere, also within a line or a character. */
export async function* blocksOf(
  lines: readonly string[],
  random: (below: number) => number,
): AsyncGenerator<Uint8Array> {
  const text = Buffer.from(lines.map((line) => `${line}\n`).join(''))
  for (let at = 0; at < text.length;) {
    const size = 1 + random(Math.max(2, Math.floor(text.length / 7)))
    yield new Uint8Array(text.subarray(at, at + size))
    at += size
  }
}

export const sha256 = (line: Uint8Array): Uint8Array => createHash('sha256').update(line).digest()

export function bucketDigest(lines: readonly string[], buckets: number) {
  const digester = new BucketDigester(buckets)
  const text = Buffer.from(lines.map((line) => `${line}\n`).join(''))
  digester.write(text)
  return { rows: lines.length, bytes: text.length, value: digester.value() }
}

/** Columns `a`, `b`, ... of these encodings; the first `keys` of them are the key, descending where it says so. */
export function keyedTable(encodings: readonly Encoding[], descending: readonly boolean[]): PlannedTable {
  const columns = encodings.map((encoding, i) => {
    const name = String.fromCharCode(97 + i)
    return column(name, 'text', { notNull: true, cast: { rule: 'house', from: 'x', to: 'text', encoding } })
  })
  const key = descending.map((down, i): ChunkKeyColumn => {
    return { column: String.fromCharCode(97 + i), type: 'int', charset: null, collation: null, descending: down }
  })
  const index = { index: 'PRIMARY', columns: key, unique: true }
  return { ordinal: 0, ...table('t', columns, { key: descending.length === 0 ? null : index }) }
}
