import type { RepairDocument } from '../../core/api.js'
import type { RepairResult } from '../../workflows/messages.js'
import type { Paint } from '../output.js'
import { count, plural } from '../../core/numbers.js'
import { paintVerdict } from './proof.js'
import { sinceItsEnd } from './report.js'
import { table } from './table.js'
import { indent, plain } from './text.js'

const COLUMNS = [
  { title: 'table' },
  { title: 'verdict' },
  { title: 'by proof' },
  { title: 'to insert', align: 'right' },
  { title: 'to delete', align: 'right' },
  { title: 'to exchange', align: 'right' },
] as const

/** What a repair would do, table by table and object by object. */
export function renderRepair({ run, tables, schema }: RepairDocument, paint: Paint): string[] {
  if (tables.length + schema.length === 0) return [`Nothing to mend in run ${run}: its newest proofs are clean.`]
  const rows = tables.map((t) => [
    ...[plain(t.table), paintVerdict(t.verdict, paint), t.proof],
    ...[t.missing, t.extra, t.changed].map((n) => (n === 0 ? '' : count(n))),
  ])
  const objects = schema.map(
    (d) => `  ${plain(d.subject)}: ${plain(d.found ?? 'not there')}, is to be ${d.planned ?? ''}`,
  )
  return [
    paint('bold', `A repair of run ${run} would mend`),
    ...(rows.length === 0 ? [] : ['', ...indent(table(COLUMNS, rows, paint), 2)]),
    ...(objects.length === 0 ? [] : ['', ...objects]),
    '',
    ...(rows.length === 0 ? [] : ['Whole differing ranges become what the source holds then.']),
    'Nothing was changed: --execute does it.',
  ]
}

/** One line, and what could not be mended. */
export const renderRepaired = ({ tables, deleted, inserted, schema, failures, run }: RepairResult): string[] => [
  `mended ${plural(tables, 'table')}: ${plural(deleted, 'row')} deleted, ${plural(inserted, 'row')} inserted, ` +
    `${plural(schema, 'object')} of the schema mended`,
  ...failures.flatMap((f) => [`not mended: ${plain(f.table)}: ${plain(f.message)}`, `  ${plain(f.remedy)}`]),
  ...(run === undefined ? [] : sinceItsEnd(run).map((line) => `run ${run.run}: ${line}`)),
]
