import type pg from 'pg'
import type { PlannedTable } from '../../../core/plan/types.js'
import { notWitnessed } from '../../../core/plan/witnessed.js'
import type { ProofId, ProofReport, TableProof, Verdict } from '../../../core/proof.js'
import type { RunId } from '../../../core/run.js'
import { keysLeftBy } from './mended.js'
import { countOf, iso, rowsOf, type Queryable } from './query.js'

interface ProofRow {
  readonly proof: ProofId
  readonly migration: string
  readonly run: RunId
  readonly kind: ProofReport['kind']
  readonly with_source: boolean
  readonly witness: number
  readonly started: string
  readonly ended: string | null
  readonly verdict: Verdict | null
}

const PROOF = `select p.proof, m.migration, p.run, p.kind, p.with_source, p.witness, p.verdict,
    ${iso('p.started_at')} as started, ${iso('p.ended_at')} as ended
  from nightferry.proof p cross join nightferry.mark m`

/** Newest first; the run's load proof is the last. */
export async function proofsOf(db: Queryable, run: RunId): Promise<ProofReport[]> {
  const rows = await rowsOf<ProofRow & pg.QueryResultRow>(
    db,
    `${PROOF} where p.run = $1 order by p.started_at desc, p.proof desc`,
    [run],
  )
  const reports = []
  for (const row of rows) reports.push(await reportOf(db, row))
  return reports
}

export async function proofReport(db: Queryable, proof: ProofId): Promise<ProofReport | null> {
  const [row] = await rowsOf<ProofRow & pg.QueryResultRow>(db, `${PROOF} where p.proof = $1`, [proof])
  return row === undefined ? null : await reportOf(db, row)
}

async function reportOf(db: Queryable, row: ProofRow): Promise<ProofReport> {
  const tables = await tableProofs(db, row)
  const keysLeft = row.kind === 'repair' ? await keysLeftBy(db, row.proof) : []
  return { ...headOf(row), tables, differences: differencesOf(tables), ...(keysLeft.length > 0 && { keysLeft }) }
}

const differencesOf = (tables: readonly TableProof[]): number =>
  tables.reduce((sum, { differences }) => sum + differences, 0)

const headOf = (row: ProofRow): Omit<ProofReport, 'tables' | 'differences'> => ({
  format: 1,
  migration: row.migration,
  proof: row.proof,
  run: row.run,
  kind: row.kind,
  withSource: row.with_source,
  witness: row.witness,
  started: row.started,
  ended: row.ended,
  verdict: row.verdict,
})

interface TableRow {
  readonly ordinal: number
  readonly name: string
  readonly verdict: Verdict | null
  readonly by_pages: boolean
  readonly rows_source: string | null
  readonly rows_target: string | null
  readonly differences: string
  readonly seconds: number
  readonly s0: string | null
  readonly t: string | null
  readonly s1: string | null
  readonly ranges: string
  readonly witnessed: string | null
  readonly agrees: boolean | null
}

/**
 * SHA-256 over the digests of all parts, in their order: what stands in evidence for a table of many parts. None for a
 * table in buckets, whose parts are not the same on both sides, and take 50 KB each.
 */
const OVER_PARTS = (from: string, unless = ''): string =>
  `case when t.parts is null ${unless} then
     (select encode(sha256(string_agg(digest, ''::bytea order by ordinal)), 'hex') from ${from}) end`

/** What the chunks held then: a repair has written their digests anew since. */
const UNLESS_MENDED = `and not exists (
  select from nightferry.mended m join nightferry.proof q using (proof)
  where q.run = $2 and m.table_ordinal = t.table_ordinal and m.at > p.ended_at)`

async function tableProofs(db: Queryable, { proof, run }: ProofRow): Promise<TableProof[]> {
  const part = (side: string): string =>
    `nightferry.proof_part where proof = $1 and table_ordinal = t.table_ordinal and side = '${side}'`
  const rows = await rowsOf<TableRow & pg.QueryResultRow>(
    db,
    `select t.table_ordinal as ordinal, v.source_name as name, t.verdict, t.parts is not null as by_pages,
       t.rows_source, t.rows_target, t.differences, t.seconds,
       ${OVER_PARTS('nightferry.chunk where run = $2 and table_ordinal = t.table_ordinal', UNLESS_MENDED)} as s0,
       ${OVER_PARTS(part('T'))} as t, ${OVER_PARTS(part('S1'))} as s1,
       w.ranges, w.witnessed, w.agrees
     from nightferry.proof_table t
     join nightferry.proof p on p.proof = t.proof
     join nightferry.run r on r.run = $2
     join nightferry.version_table v on v.version = r.version and v.ordinal = t.table_ordinal
     cross join lateral (
       select count(*) as ranges, sum(rows_source) as witnessed, bool_and(agrees) as agrees
       from nightferry.witness where proof = $1 and table_ordinal = t.table_ordinal and agrees is not null) w
     where t.proof = $1 order by t.table_ordinal`,
    [proof, run],
  )
  const tables = rows.some((row) => countOf(row.ranges) > 0) ? await plannedTables(db, run) : []
  return rows.map((row) => tableOf(row, tables[row.ordinal]))
}

/** Only for proofs with a witness: a plan of 500 tables is about a megabyte. */
async function plannedTables(db: Queryable, run: RunId): Promise<readonly PlannedTable[]> {
  const [row] = await rowsOf<{ tables: string }>(
    db,
    `select (v.plan -> 'tables')::text as tables from nightferry.run r join nightferry.version v on v.number = r.version
     where r.run = $1`,
    [run],
  )
  return row === undefined ? [] : (JSON.parse(row.tables) as PlannedTable[])
}

const tableOf = (row: TableRow, planned: PlannedTable | undefined): TableProof => ({
  table: row.name,
  verdict: row.verdict ?? 'not proved',
  form: row.by_pages ? 'buckets' : 'ordered',
  rowsSource: row.rows_source === null ? null : countOf(row.rows_source),
  rowsTarget: row.rows_target === null ? null : countOf(row.rows_target),
  differences: countOf(row.differences),
  seconds: row.seconds,
  s0: row.s0,
  t: row.t,
  s1: row.s1,
  witness:
    countOf(row.ranges) === 0
      ? null
      : {
          ranges: countOf(row.ranges),
          rows: countOf(row.witnessed),
          agrees: row.agrees ?? false,
          notWitnessed: planned === undefined ? [] : notWitnessed(planned),
        },
})
