import { FITNESS_CHECKS, type Fitness } from '../../core/fitness.js'
import type { RunMemory } from '../../core/memory.js'
import type { ProofReport } from '../../core/proof.js'
import type { RunReport, StepSpan, TableReport } from '../../core/report.js'
import type { RunId, RunSummary } from '../../core/run.js'
import type { TrendRun } from '../../core/trend.js'
import type { PageDocument } from '../../worker/pages/page-document.js'

/** Documents of pages, made up: as large, as red and as hostile as no run of a test is. */

const NAMES = [
  ...['order_line', 'stock_movement', 'audit_log', 'order', 'customer', 'address', 'price', 'product', 'invoice'],
  ...['shipment', 'payment', 'review', 'basket', 'product_image', 'discount', 'supplier', 'warehouse', 'category'],
]

export const nameOf = (i: number): string => NAMES[i] ?? `archive_${String(i).padStart(3, '0')}`

const runAt = (day: number): RunId => `${at(day, 0).slice(0, 10).replaceAll('-', '')}-030000`

const at = (day: number, second: number): string =>
  new Date(Date.UTC(2026, 8, 22 + day, 3, 0, 0) + second * 1000).toISOString()

/** Always the same for the same numbers, and never in a row. */
const noise = (i: number, day: number): number => ((Math.imul(i * 31 + day * 17 + 7, 2654435761) >>> 8) % 1000) / 1000

const rowsOf = (i: number, day: number): number =>
  Math.round((4_000_000 / (i + 1) ** 1.4) * (1 + day * 0.004 + noise(i, day) * 0.01)) + 3

export const secondsOf = (i: number, day: number): number => rowsOf(i, day) / 190_000 + noise(i, day + 3) * 0.4

function tableReport(i: number, day: number): TableReport {
  const rows = rowsOf(i, day)
  const all = secondsOf(i, day)
  const seconds = { copy: all * 0.62, indexes: all * 0.25, constraints: all * 0.08, vacuum: all * 0.05 }
  const [from, indexed, tied, vacuumed] = [2 + i * 0.9, 26 + i * 0.8, 41 + i * 0.4, 44 + i * 0.3]
  const spans: StepSpan[] = [
    { step: 'copy', from, to: from + seconds.copy },
    { step: 'indexes', from: indexed, to: indexed + seconds.indexes },
    { step: 'constraints', from: tied, to: tied + seconds.constraints },
    { step: 'vacuum', from: vacuumed, to: vacuumed + seconds.vacuum },
    { step: 'proof', from: 52 + i * 0.2, to: 52 + i * 0.2 + all * 0.3 },
  ]
  return {
    ...{ table: nameOf(i), target: nameOf(i), state: 'done', rowsRead: rows, rowsLoaded: rows, rowsCounted: rows },
    ...{ bytes: rows * 96, chunks: Math.ceil(rows / 100_000), seconds, spans, failures: [] },
  }
}

export function trendOf(runs: number, tables: number): TrendRun[] {
  return Array.from({ length: runs }, (_, day) => {
    const each = Array.from({ length: tables }, (_one, i) => ({
      ...{ table: nameOf(i), rows: rowsOf(i, day), bytes: rowsOf(i, day) * 96 },
      ...{ seconds: secondsOf(i, day), state: 'done' },
    }))
    const sum = (of: (one: (typeof each)[number]) => number): number => each.reduce((all, one) => all + of(one), 0)
    return {
      ...{ run: runAt(day), state: day % 23 === 11 ? 'incomplete' : 'complete', label: 'snapshot' },
      ...{ published: day === runs - 1 ? 'published' : 'was published', started: at(day, 0) },
      ...{ seconds: 40 + sum((one) => one.seconds) / 2.4, rows: sum((one) => one.rows) },
      ...{ bytes: sum((one) => one.bytes), tables: each },
    } satisfies TrendRun
  })
}

function proofOf(run: RunId, day: number, tables: readonly TableReport[]): ProofReport {
  const digest = 'ab'.repeat(32)
  return {
    ...{ format: 1, migration: 'shop', proof: run, run, kind: 'load', withSource: false, witness: 0.01 },
    ...{ started: at(day, 54), ended: at(day, 66), verdict: 'equal', differences: 0 },
    tables: tables.map(({ table, rowsLoaded }) => ({
      ...{ table, verdict: 'equal', form: 'ordered', rowsSource: rowsLoaded, rowsTarget: rowsLoaded, differences: 0 },
      ...{ seconds: 0.4, s0: digest, t: digest, s1: null },
      witness: { ranges: 1, rows: Math.ceil(rowsLoaded / 100), agrees: true, notWitnessed: [] },
    })),
  }
}

const fitnessAt = (day: number): Fitness => ({
  ...{ format: 1, migration: 'shop', at: at(day, 80), server: 'PostgreSQL 15.18' },
  checks: FITNESS_CHECKS.map((check, i) => ({
    check,
    state: check === 'standby' ? 'red' : check === 'restore-test' ? 'unknown' : 'green',
    evidence:
      check === 'standby'
        ? 'No standby is attached to the server.'
        : check === 'restore-test'
          ? 'No command says how a backup is restored.'
          : `As it should be, by ${i + 1} of its settings.`,
    remedy:
      check === 'standby'
        ? 'Attach one by streaming replication, so that a lost machine costs no rows.'
        : check === 'restore-test'
          ? 'Name a command with target.restore_test.'
          : null,
    waiver:
      check === 'restore-test'
        ? { check, by: 'ana', why: 'comes with the new backup server', at: at(day - 9, 0), expires: at(day + 21, 0) }
        : null,
  })),
})

/** A night that went well, of a migration that has some problems as every one has. */
export function goodDocument(runs = 30, tables = 18): PageDocument {
  const day = runs - 1
  const run = runAt(day)
  const reports = Array.from({ length: tables }, (_, i) => tableReport(i, day))
  const trend = trendOf(runs, tables)
  const rows = reports.reduce((sum, one) => sum + one.rowsLoaded, 0)
  const summary: RunSummary = {
    ...{
      run,
      version: 3,
      state: 'complete',
      label: 'snapshot',
      started: at(day, 0),
      ended: at(day, trend.at(-1)!.seconds!),
    },
    ...{ tables, stopped: 0, rows, bytes: rows * 96, reason: null, published: 'published' },
  }
  return {
    run: {
      ...{ format: 1, migration: 'shop', summary, report: reportOf(summary, reports, day) },
      remembered: { published: 'published', notes: [], since: runAt(day - 1), news: NEWS },
    },
    ...{ trend, fitness: fitnessAt(day), written: at(day, 90), served: true },
  }
}

const NEWS: RunMemory['news'] = [
  {
    ...{ kind: 'range-end', subject: 'order_line.id' },
    what: 'its counter has used 91 % of what its type in the target holds',
    remedy:
      'a wider type before it is full: {column: order_line.id, to: bigint} under casts, and in the source as well',
  },
  { kind: 'table-new', subject: 'discount', what: 'is new', remedy: 'nothing, or leave it out: tables.exclude' },
]

const reportOf = (summary: RunSummary, tables: readonly TableReport[], day: number): RunReport => ({
  ...{ format: 1, migration: 'shop', summary, label: summary.label, tables },
  reading: {
    ...{ label: 'snapshot', reason: null, rowsAgain: 0 },
    snapshot: {
      ...{ moment: at(day, 2), position: '0-1-8841207', lock: 'BACKUP STAGE', blockedMs: 3.4, attempts: 1 },
      ...{ locked: [], labelled: [] },
    },
  },
  phases: [
    ...([
      ['schema', 1.2],
      ['clone', 27.5],
      ['indexes', 13.1],
      ['constraints', 4.2],
      ['vacuum', 3.9],
    ] as const),
    ...([
      ['proof', 12.4],
      ['publish', 0.3],
    ] as const),
  ].map(([phase, seconds]) => ({ phase, seconds })),
  decisions: [
    { table: 'customer', column: 'active', question: 'boolean', answer: true, because: 'every value is 0, 1 or NULL' },
    { table: 'price', column: 'id', question: 'fits-bigint', answer: true, because: 'the largest is 8,812,004' },
  ],
  findings: [
    {
      ...{ name: 'text-collation', severity: 'warning', subject: 'customer.mail' },
      message: 'utf8mb4_general_ci compares without accents and case; PostgreSQL will not',
      remedy: 'look for queries that depend on it, or use citext by a rule.',
    },
    {
      ...{ name: 'no-primary-key', severity: 'info', subject: 'audit_log' },
      message: 'it has no key: it is copied in one piece and proved by its whole rows',
      remedy: 'give it a primary key.',
    },
  ],
  notCarried: [
    {
      ...{ kind: 'view', name: 'open_orders', table: null, reason: 'views are not translated' },
      original: 'create view open_orders as\nselect * from `order` where state <> "done"',
    },
    {
      ...{ kind: 'trigger', name: 'order_touch', table: 'order', reason: 'triggers are not translated' },
      original: 'create trigger order_touch before update on `order` for each row set new.touched = now()',
    },
  ],
  declaredLosses: [{ table: 'invoice', column: 'paid_on', what: 'zero date became NULL', rows: 1204 }],
  proofs: [proofOf(summary.run, day, tables)],
})

const unproved = (proof: ProofReport): ProofReport => ({
  ...{ ...proof, verdict: 'not proved' },
  tables: proof.tables.map((one, i) => (i === 3 || i === 6 ? { ...one, verdict: 'not proved' } : one)),
})

/** Two tables stopped, one of them by a row that was refused; its key and value must not be seen. */
export function redDocument(): PageDocument {
  const good = goodDocument()
  const { report, summary } = good.run
  const stopped = (of: TableReport): TableReport => ({
    ...{ ...of, state: 'stopped', rowsCounted: null, rowsLoaded: of.rowsRead - 1 },
    failures: [
      {
        ...{ kind: 'row-refused', message: 'The target refused a row: invalid byte sequence', column: 'note' },
        ...{ remedy: 'Mend the row in the source, or change the cast.', key: 'id=SECRETKEY', reason: 'SECRETVALUE' },
      },
    ],
  })
  const tables = report!.tables.map((one, i) => (i === 3 || i === 6 ? stopped(one) : one))
  const ended: RunSummary = {
    ...{ ...summary, state: 'incomplete', stopped: 2, published: 'not published' },
    reason: '2 tables stopped: order (row refused), price (row refused)',
  }
  return {
    ...good,
    run: {
      ...{
        ...good.run,
        summary: ended,
        report: { ...report!, summary: ended, tables, proofs: report!.proofs.map(unproved) },
      },
      remembered: {
        published: 'not published',
        notes: ['not published: the run is incomplete'],
        since: null,
        news: [],
      },
    },
  }
}

/** What people's names and texts may be. */
export const HOSTILE = [
  '<script>window.bad = 1</script>',
  '"><img src="http://elsewhere.example/x.png" onerror="window.bad = 2">',
  '</script><script>window.bad = 3</script><!--',
  `a' onmouseover='window.bad = 4`,
  '\u202egnp.exe\u0000\u001b[31m',
  '&lt;b&gt; & ${7 * 7} {{7 * 7}}',
  'x'.repeat(300),
] as const

const hostile = (i: number): string => HOSTILE[i % HOSTILE.length]!

/** The same, in which every text is hostile that comes from somebody's database or config. */
export function hostileDocument(): PageDocument {
  const { run, trend, fitness, ...rest } = redDocument()
  const report = run.report!
  const renamed = new Map(report.tables.map(({ table }, i) => [table, hostile(i) + (i < HOSTILE.length ? '' : i)]))
  const named = <T extends { readonly table: string }>(one: T): T => ({ ...one, table: renamed.get(one.table)! })
  const summary: RunSummary = { ...run.summary, reason: hostile(0) }
  return {
    ...rest,
    run: {
      ...{ ...run, migration: hostile(1), summary },
      report: {
        ...{ ...report, summary },
        tables: report.tables.map((one, i) => ({
          ...{ ...named(one), target: hostile(i + 1) },
          failures: one.failures.map((f) => ({ ...f, message: hostile(2), remedy: hostile(3), column: hostile(4) })),
        })),
        proofs: report.proofs.map((proof) => ({ ...proof, tables: proof.tables.map(named) })),
        decisions: HOSTILE.map((text) => ({
          ...{ table: text, column: text, question: 'boolean', answer: false, because: text },
        })),
        findings: HOSTILE.map((text) => ({
          ...{ name: 'text-collation', severity: 'warning', subject: text, message: text, remedy: text },
        })),
        declaredLosses: HOSTILE.map((text) => ({ table: text, column: text, what: text, rows: 1 })),
        notCarried: HOSTILE.map((text) => ({ kind: 'view', name: text, table: text, reason: text, original: text })),
      },
      remembered: {
        ...{ published: 'not published', notes: [...HOSTILE], since: '20261119-030000' },
        news: HOSTILE.map((text) => ({ kind: 'table-new', subject: text, what: text, remedy: text })),
      },
    },
    trend: trend.map((one) => ({ ...one, tables: one.tables.map(named) })),
    fitness: {
      ...{ ...fitness!, server: hostile(5) },
      checks: fitness!.checks.map((one) => ({
        ...{ ...one, evidence: hostile(0), remedy: hostile(1) },
        waiver: one.waiver && { ...one.waiver, by: hostile(2), why: hostile(3) },
      })),
    },
  }
}
