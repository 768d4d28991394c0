import type pg from 'pg'
import type { WitnessRange } from '../../../core/ledger.js'
import type { Difference, ProofId } from '../../../core/proof.js'
import { countOf, inTransaction, rowsOf, type Queryable } from './query.js'

/** PostgreSQL's text takes no NUL, and JSON text no lone surrogate: what is shown of a value stands for it. */
const shown = (text: string): string => text.replaceAll('\0', '\u2400')

/** Differences of this part that were there go. One transaction over all batches, so that memory holds one; repeatable. */
export async function setDifferences(
  pool: pg.Pool,
  proof: ProofId,
  table: number,
  part: number,
  batches: AsyncIterable<readonly Difference[]> | Iterable<readonly Difference[]>,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    await rowsOf(client, 'delete from nightferry.difference where proof = $1 and table_ordinal = $2 and part = $3', [
      proof,
      table,
      part,
    ])
    for await (const batch of batches) if (batch.length > 0) await insert(client, proof, table, part, batch)
  })
}

async function insert(
  client: Queryable,
  proof: ProofId,
  table: number,
  part: number,
  differences: readonly Difference[],
): Promise<void> {
  await rowsOf(
    client,
    `insert into nightferry.difference (proof, table_ordinal, part, kind, key, columns, times)
     select $1, $2, $3, d.kind, d.key, d.columns::json, d.times
     from unnest($4::text[], $5::text[], $6::text[], $7::bigint[]) with ordinality as d(kind, key, columns, times, place)
     order by d.place`,
    [
      proof,
      table,
      part,
      differences.map(({ kind }) => kind),
      differences.map(({ key }) => shown(key)),
      differences.map(({ columns }) => JSON.stringify(columns)),
      differences.map(({ times }) => times),
    ],
  )
}

interface DifferenceRow {
  readonly id: string
  readonly name: string
  readonly kind: Difference['kind']
  readonly key: string
  readonly columns: string
  readonly times: string
}

/** A page of differences in the order they were found; `after` is the id of the last one had. */
export async function readDifferences(
  db: Queryable,
  proof: ProofId,
  after: string | null,
  atMost: number,
): Promise<{ id: string; table: string; difference: Difference }[]> {
  const rows = await rowsOf<DifferenceRow & pg.QueryResultRow>(
    db,
    `select d.id::text, v.source_name as name, d.kind, d.key, d.columns::text, d.times
     from nightferry.difference d
     join nightferry.proof p using (proof)
     join nightferry.run r using (run)
     join nightferry.version_table v on v.version = r.version and v.ordinal = d.table_ordinal
     where d.proof = $1 and d.id > $2::bigint order by d.id limit $3`,
    [proof, after ?? '0', atMost],
  )
  return rows.map(({ id, name, kind, key, columns, times }) => ({
    id,
    table: name,
    difference: {
      kind,
      key,
      columns: JSON.parse(columns) as Difference['columns'],
      times: countOf(times),
    },
  }))
}

/** How many rows of each kind a proof named, by table. */
export async function differenceKinds(
  db: Queryable,
  proof: ProofId,
): Promise<{ table: string; kind: Difference['kind']; rows: number }[]> {
  const rows = await rowsOf<{ name: string; kind: Difference['kind']; rows: string }>(
    db,
    `select v.source_name as name, d.kind, sum(d.times) as rows from nightferry.difference d
     join nightferry.proof p using (proof) join nightferry.run r using (run)
     join nightferry.version_table v on v.version = r.version and v.ordinal = d.table_ordinal
     where d.proof = $1 group by d.table_ordinal, v.source_name, d.kind order by d.table_ordinal, d.kind`,
    [proof],
  )
  return rows.map(({ name, kind, rows: count }) => ({ table: name, kind, rows: countOf(count) }))
}

/** Repeatable: the last word about a range counts. */
export async function addWitness(db: Queryable, proof: ProofId, table: number, range: WitnessRange): Promise<void> {
  const { from, to } = range.range
  await rowsOf(
    db,
    `insert into nightferry.witness (proof, table_ordinal, ordinal, from_key, to_key, rows_source, rows_target,
       sum_source, sum_target, agrees)
     values ($1, $2, $3, $4::jsonb, $5::jsonb, $6, $7, $8, $9, $10)
     on conflict (proof, table_ordinal, ordinal) do update set from_key = excluded.from_key, to_key = excluded.to_key,
       rows_source = excluded.rows_source, rows_target = excluded.rows_target, sum_source = excluded.sum_source,
       sum_target = excluded.sum_target, agrees = excluded.agrees`,
    [
      proof,
      table,
      range.ordinal,
      from === null ? null : JSON.stringify(from),
      to === null ? null : JSON.stringify(to),
      range.source.rows,
      range.target.rows,
      range.source.sum,
      range.target.sum,
      range.agrees,
    ],
  )
}
