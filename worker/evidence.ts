import { createHash } from 'node:crypto'
import { canonicalJson } from '../core/canonical-json.js'
import type { Evidence, EvidenceFile, PartEvidence, TableEvidence } from '../core/evidence.js'
import { evidenceOf, tableEvidence, type EvidenceHead } from '../core/evidence-of.js'
import type { KeyRange } from '../core/key-range.js'
import type { StoredVersion } from '../core/ledger.js'
import { digestForm } from '../core/plan/digest-form.js'
import type { PlannedTable } from '../core/plan/types.js'
import type { SourcePort, TargetPort } from '../core/ports.js'
import { PRODUCT } from '../core/product.js'
import type { RunReport } from '../core/report.js'
import type { Asked } from './routes.js'

/** A run's evidence with the SHA-256 over its canonical JSON. Reads the ledger, one table at a time. */
export async function evidenceFile({ ports, target, ledger }: Asked, run: string): Promise<EvidenceFile> {
  const report = await ledger.report(run)
  const stored = await ledger.version(report.summary.version)
  const source = await ports.source(stored.plan.source.connection)
  const { proofs, reading, label } = report
  const alone = new Set(reading?.snapshot?.labelled)
  const tables: TableEvidence[] = []
  for (const table of stored.plan.tables) {
    const rows = await ledger.evidenceRows(run, table.ordinal)
    const told = report.tables.find((one) => one.table === table.source)
    tables.push(
      tableEvidence(
        table,
        rows,
        proofs,
        alone.has(table.source) ? 'best-effort' : (told?.label ?? label),
        whereOf(source, target, table),
        told?.skipped,
      ),
    )
  }
  const evidence: Evidence = evidenceOf(await headOf(target, report, stored), proofs, tables)
  return { format: 1, sha256: createHash('sha256').update(canonicalJson(evidence)).digest('hex'), evidence }
}

const whereOf =
  (source: SourcePort, target: TargetPort, table: PlannedTable) =>
  (range: KeyRange): PartEvidence['where'] => ({
    source: source.rangeSql(table, range),
    target: digestForm(table).form === 'ordered' ? target.rangeSql(table, range) : null,
  })

async function headOf(
  target: TargetPort,
  report: RunReport,
  { number, plan, planHash }: StoredVersion,
): Promise<EvidenceHead> {
  const { summary, notCarried, declaredLosses } = report
  const to = await target.identify()
  return {
    product: PRODUCT,
    written: new Date().toISOString(),
    migration: plan.migration,
    run: summary.run,
    version: number,
    planHash,
    source: { product: plan.source.product, version: plan.source.version, database: plan.source.database },
    target: { product: to.product, version: to.version, database: to.database, schema: plan.target.schema },
    state: summary.state,
    reading: { ...(report.reading ?? UNKNOWN), label: summary.label, started: summary.started, ended: summary.ended },
    notCarried,
    declaredLosses,
  }
}

const UNKNOWN = { reason: null, snapshot: null, rowsAgain: 0 }
