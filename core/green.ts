import type { RunReport } from './report.js'

/** Why what a run built does not become what people read; null: it is green. One sentence. */
export function notGreen({ summary, proofs, tables }: Pick<RunReport, 'summary' | 'proofs' | 'tables'>): string | null {
  const { state, label, reason, stopped, skipped = 0 } = summary
  if (state !== 'complete') {
    const why = reason ?? (stopped > 0 ? `${stopped} of ${summary.tables} tables stopped` : null)
    return `the run is ${state}${why === null ? '' : `: ${why}`}`
  }
  if (skipped > 0) return `${skipped} of ${summary.tables} tables were set aside`
  const proof = proofs.findLast(({ kind }) => kind === 'load')
  if (proof === undefined || proof.ended === null) return 'its load was not proved'
  if (label !== 'snapshot') return `its rows are ${label}, not of one moment`
  const later = tables.find((table) => table.label !== undefined && table.label !== 'snapshot')
  if (later !== undefined) return `table ${later.table} is ${later.label}, not of the run's moment`
  const apart = tables.find((table) => table.state !== 'done')
  return apart === undefined ? null : `table ${apart.table} is ${apart.state}`
}
