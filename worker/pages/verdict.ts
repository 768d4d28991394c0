import { notGreen } from '../../core/green.js'
import { plural } from '../../core/numbers.js'
import { isClean, type ProofReport, type Verdict } from '../../core/proof.js'
import type { RunSummary } from '../../core/run.js'
import { sentence, VERDICT_MEANING } from '../../core/words.js'
import type { PageDocument } from './page-document.js'

export type Tone = 'good' | 'warn' | 'bad' | 'busy'

/** What a person reads first, and perhaps alone. */
export interface Said {
  readonly tone: Tone
  /** A few words. */
  readonly title: string
  /** One sentence each. */
  readonly why: readonly string[]
  /** What to do about it: a command with a word on it. */
  readonly next: readonly { readonly command: string; readonly what: string }[]
}

/** How a run ended, what became of it since, and what a person may do. */
export function verdictOf({ run: { summary, ...rest } }: Pick<PageDocument, 'run'>): Said {
  switch (summary.state) {
    case 'running':
      return { tone: 'busy', title: 'Under way', why: [], next: [] }
    case 'refused':
      return {
        ...{ tone: 'warn', title: 'This night was not taken', why: because(summary.reason) },
        next: [{ command: `nightferry status ${rest.migration}`, what: 'says what it waits for' }],
      }
    case 'incomplete':
      return incomplete(summary, rest.migration)
    case 'complete with rejects':
      return {
        tone: 'warn',
        title: 'Complete, but rows were refused',
        why: because(summary.reason),
        next: retry(rest.migration),
      }
    case 'complete':
      return complete({ run: { summary, ...rest } })
  }
}

function incomplete(summary: RunSummary, migration: string): Said {
  const { mended, stopped, tables, reason } = summary
  if (mended !== undefined && stopped === 0)
    return {
      tone: 'warn',
      title: 'Incomplete when it ended, mended since',
      why: [
        ...because(reason),
        `${sentence(plural(mended.tables, 'table'))} mended and proved by repair ${mended.by}; no table is stopped any more.`,
      ],
      next: [],
    }
  const what = stopped > 0 ? `: ${stopped} of ${plural(tables, 'table')} stopped` : ''
  return { tone: 'bad', title: `Incomplete${what}`, why: because(reason), next: stopped > 0 ? retry(migration) : [] }
}

const retry = (migration: string): Said['next'] => [
  { command: `nightferry retry ${migration}`, what: 'once the cause is mended' },
  { command: `nightferry skip ${migration} --table NAME --reason WHY`, what: 'to go on without a table' },
]

function complete({ run: { report, summary, remembered, migration } }: Pick<PageDocument, 'run'>): Said {
  const published = remembered?.published ?? summary.published ?? 'in place'
  const unclean = uncleanSince(report?.proofs ?? [])
  if (unclean !== null) return notEqual(unclean, migration)
  const why = report === null ? 'its report is not kept' : notGreen(report)
  if (why !== null)
    return {
      ...{
        tone: 'warn',
        title: published === 'published' ? 'Complete and published, not green' : 'Complete, not green',
      },
      ...{ why: [`${sentence(why)}.`], next: [] },
    }
  switch (published) {
    case 'published':
      return { tone: 'good', title: 'Complete, proved equal, published', why: [], next: [] }
    case 'was published':
      return {
        ...{ tone: 'good', title: 'Complete and proved equal', next: [] },
        why: ['It was published, until a later run took its place.'],
      }
    case 'not published':
      return {
        ...{ tone: 'warn', title: 'Complete and proved equal, not published', why: [] },
        next: [{ command: `nightferry publish ${migration} --run ${summary.run}`, what: 'to publish it after all' }],
      }
    case 'in place':
      return { tone: 'good', title: 'Complete and proved equal', why: [], next: [] }
  }
}

const notEqual = ({ verdict, differences, run, proof }: Unclean, migration: string): Said => ({
  tone: 'bad',
  title: `Complete, but the last proof says: ${verdict}`,
  why: [
    ...because(VERDICT_MEANING[verdict]),
    ...(differences > 0 ? [`Proof ${proof} named ${plural(differences, 'row')} that differ.`] : []),
  ],
  next: [{ command: `nightferry repair ${migration} --run ${run}`, what: 'shows what would be mended' }],
})

type Unclean = ProofReport & { readonly verdict: Verdict }

/** The newest proof that came to an end, where it is not clean. */
function uncleanSince(proofs: readonly ProofReport[]): Unclean | null {
  const newest = proofs.find((proof): proof is Unclean => proof.verdict !== null && proof.ended !== null)
  return newest === undefined || isClean(newest.verdict) ? null : newest
}

const because = (reason: string | null): string[] =>
  reason === null ? [] : [`${sentence(reason).replace(/\.*$/, '')}.`]
