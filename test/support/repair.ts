import type { Config } from '../../core/config/types.js'
import type { MendedSchema } from '../../activities/repair-messages.js'
import type { Difference, ProofRequest } from '../../core/proof.js'
import { prove, verifyOf } from './prove.js'
import type { SiteUnderTest } from './site.js'

/** `s (n)` from 1 to at most 10,000, as MySQL and MariaDB both make it. */
export const numbers = (count: number): string =>
  `with recursive d (n) as (select cast(0 as signed) union all select n + 1 from d where n < 99),
    s (n) as (select 100 * a.n + b.n + 1 from d a cross join d b where 100 * a.n + b.n < ${count})`

/** A whole run, proved. */
export async function runAll(site: SiteUnderTest, more: Partial<Config> = {}): Promise<void> {
  await loadAll(site, more)
  const { unclean } = await prove(site)
  if (unclean !== 0) throw new Error(`${unclean} tables of the run are not clean`)
}

/** A run up to its proof: big tables chunk by chunk, then bundles, keys and constraints. */
export async function loadAll(site: SiteUnderTest, more: Partial<Config> = {}): Promise<void> {
  const { data, ref, attempt } = site
  const { big, bundles } = await site.prepare(more)
  for (const { table, size, indexes } of big) {
    let chunks = 0
    for (let complete = false; !complete;)
      ({ chunks, complete } = await attempt(() => data.divideTable({ ref, table, size, atMost: 256 })))
    await attempt(() => data.copyChunks({ ref, table, first: 0, count: chunks }))
    await attempt(() => data.buildPrimaryKey({ ref, table }))
    for (let index = 0; index < indexes; index++) await attempt(() => data.buildIndex({ ref, table, index }))
    await attempt(() => data.markIndexed({ ref, table }))
  }
  const parts = [...big.map(({ table }) => ({ table })), ...bundles.map(({ bundle }) => ({ bundle }))]
  for (const { bundle } of bundles) await attempt(() => data.copyBundle({ ref, part: { bundle } }))
  for (const { bundle } of bundles) await attempt(() => data.indexBundle({ ref, part: { bundle } }))
  await attempt(() => data.addForeignKeys({ ref }))
  for (const part of parts) await attempt(() => data.validateForeignKeys({ ref, part }))
  for (const part of parts) await attempt(() => data.sealTables({ ref, part }))
}

/** All differences of a proof, as `kind table key: column source -> target`. */
export async function differencesOf(site: SiteUnderTest, proof: string): Promise<string[]> {
  const { ledger } = await site.ports.target('to', null)
  return (await ledger.differences(proof, null, 10_000)).map(({ table, difference }) => told(table, difference))
}

function told(table: string, { kind, key, columns, times }: Difference): string {
  const often = times === 1 ? '' : ` ${times} times`
  if (kind !== 'changed') return `${kind} ${table} ${key}${often}`
  const values = columns.map(({ column, source, target }) => `${column} ${source ?? 'NULL'} -> ${target ?? 'NULL'}`)
  return `${kind} ${table} ${key}${often}: ${values.join(', ')}`
}

export const repairOf = ({ ref }: SiteUnderTest, n: number, more: Partial<ProofRequest> = {}): ProofRequest => ({
  ...{ proof: `${ref.run}.${n}`, run: ref.run, kind: 'repair', withSource: false, witness: 0, tables: null },
  ...more,
})

/** What the repair workflow does, one after another. */
export async function repairAll(site: SiteUnderTest, request: ProofRequest) {
  const { data, ref, attempt } = site
  const { tables } = await attempt(() => data.planRepair({ ref, request }))
  const mended = []
  for (const mend of tables)
    mended.push({
      table: mend.name,
      ...(await attempt(() => data.repairTable({ ref, proof: request.proof, mend }))),
    })
  const { proof } = request
  const schema: MendedSchema = await attempt(() => data.mendSchema({ ref, proof, tables: request.tables }))
  const again = { ...request, tables: tables.map(({ table }) => table).sort((a, b) => a - b) }
  const proved = await prove(site, again)
  return { mended, schema, proved }
}

/** Verifies and tells what differs. */
export async function verifyAll(site: SiteUnderTest, n = 2, more: Partial<ProofRequest> = {}): Promise<string[]> {
  const proof = `${site.ref.run}.${n}`
  await prove(site, verifyOf(site, { proof, ...more }))
  return await differencesOf(site, proof)
}
