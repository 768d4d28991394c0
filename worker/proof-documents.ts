import type { DifferencePage, ListedDifference, SchemaDocument } from '../core/api.js'
import type { ProofReport } from '../core/proof.js'
import { NotThere, noSuchPath } from './not-there.js'
import type { Asked } from './routes.js'

/** Differences of a page: an answer of some hundred kilobytes where values are short. */
const PAGE = 500

/** A proof's report, or a page of its differences. */
export async function askProof(asked: Asked, proof: string, more: readonly string[]): Promise<unknown> {
  const [what, after, values, ...rest] = more
  if (what === undefined) return await reportOf(asked, proof)
  const isPage = what === 'differences' && after !== undefined && /^(-|\d{1,18})$/.test(after)
  if (!isPage || rest.length > 0 || (values !== undefined && values !== 'values')) throw noSuchPath()
  // Not its report: that is made of all its digests, and there may be thousands of pages.
  if ((await asked.ledger.proof(proof)) === null) throw unknownProof(proof)
  return await differences(asked, proof, after === '-' ? null : after, values === 'values')
}

async function reportOf({ ledger }: Asked, proof: string): Promise<ProofReport> {
  const report = await ledger.proofReport(proof)
  if (report !== null) return report
  throw unknownProof(proof)
}

const unknownProof = (proof: string): NotThere =>
  new NotThere(`This target knows no proof ${proof}`, "A run's report lists its proofs: `nightferry report NAME`.")

async function differences(
  { ledger }: Asked,
  proof: string,
  after: string | null,
  values: boolean,
): Promise<DifferencePage> {
  const found = await ledger.differences(proof, after, PAGE)
  const listed = found.map(({ id, table, difference }): ListedDifference => {
    const { columns, ...rest } = difference
    return { id, table, ...rest, columns: values ? columns : columns.map(({ column }) => ({ column })) }
  })
  return { format: 1, differences: listed }
}

/** Only of the run whose tables the target has: a later one replaced those of all others. */
export async function schemaDocument({ ledger, target }: Asked, run: string): Promise<SchemaDocument> {
  const summaries = await ledger.runs(1)
  const { version } = await ledger.summary(run)
  const last = summaries[0]?.run
  if (last !== undefined && last !== run)
    throw new NotThere(`The target has the tables of run ${last}, not of ${run} any more`, 'Leave --run out.')
  const { plan } = await ledger.version(version)
  return { format: 1, migration: plan.migration, run, differences: await target.compareSchema(plan) }
}
