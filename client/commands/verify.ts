import type { ListedDifference } from '../../core/api.js'
import { isClean, type ProofReport } from '../../core/proof.js'
import type { Context } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { interruptible } from '../interrupt.js'
import { Problem } from '../problem.js'
import { followProof } from '../progress/follow-proof.js'
import { screenFor } from '../progress/screen.js'
import { patiently, type TargetName } from '../read-api.js'
import { renderDifferences, renderProof } from '../render/proof.js'
import { withTemporal, type Session } from '../session.js'
import { refusal, sendVerify } from '../updates.js'
import { knownMigration, targetOf } from './known.js'
import { scopeOf } from './proof-scope.js'
import { verifySchema } from './verify-schema.js'

export interface VerifyOptions {
  readonly table?: readonly string[]
  readonly run?: string
  readonly source?: boolean
  readonly witness?: string
  readonly schema?: boolean
  readonly showValues?: boolean
  readonly detach?: boolean
}

/** `verify`: proves a run's rows once more and says table by table what came of it; exits with 6 where rows differ. */
export async function verify(context: Context, migration: string, options: VerifyOptions): Promise<ExitCode> {
  const witness = shareOf(options.witness ?? '0')
  return await withTemporal(
    context,
    async (session) =>
      await interruptible(async (signal) => {
        if (options.schema) return await verifySchema(context, session, migration, options)
        return await verifyRows(context, session, migration, { ...options, share: witness }, signal)
      }),
  )
}

/** `all`, `1%`, `0.5%`. */
function shareOf(text: string): number {
  if (text === 'all') return 1
  const number = /^(\d{1,3}(?:\.\d{1,6})?)%?$/.exec(text)?.[1]
  const share = Number(number) / 100
  if (number !== undefined && share <= 1 && (text.endsWith('%') || text === '0')) return share
  throw new Problem(EXIT.usage, `--witness ${text} is no share of the rows`, 'Say `all`, or a percentage such as `1%`.')
}

async function verifyRows(
  context: Context,
  session: Session,
  migration: string,
  options: VerifyOptions & { readonly share: number },
  signal: AbortSignal,
): Promise<ExitCode> {
  const status = await knownMigration(session, migration)
  const target = targetOf(status)
  const scope = await scopeOf(session, status, options)
  const asked = { ...scope, withSource: options.source ?? false, witness: options.share }
  const started = await sendVerify(session.temporal, migration, asked, session.wait)
  if (options.detach) {
    context.output.text(`verify ${started.proof} of ${migration} goes on; its verdicts: nightferry report ${migration}`)
    context.output.document({ format: 1, migration, ...started })
    return EXIT.done
  }
  const screen = screenFor(process.stderr, context.output.paintError, context.env)
  const followed = { migration, run: started.run, workflowId: started.workflowId, target }
  const ended = await followProof(session.temporal, session.api, followed, screen, signal)
  if (ended.end === 'left') {
    context.output.note(
      `verify ${started.proof} goes on without this command; its verdicts: nightferry report ${migration}`,
    )
    return EXIT.incomplete
  }
  if (ended.error !== null) {
    const { message, remedy } = refusal(ended.error)
    throw new Problem(EXIT.incomplete, `verify ${started.proof} came to no end: ${message}`, remedy)
  }
  return await showProof(context, session, target, started.proof, options.showValues ?? false)
}

const FIRST = 10

/** Shows a proof that ended, and its differences: the first ones as text, all of them as JSON, beside what there is `more`. */
export async function showProof(
  { output }: Context,
  { api }: Session,
  target: TargetName,
  proof: string,
  values: boolean,
  more: object = {},
): Promise<ExitCode> {
  const report = await patiently(async () => await api.proof(target, proof))
  const pages = pagesOf(
    async (after) => await patiently(async () => await api.differences(target, proof, { after, values })),
  )
  if (output.json) {
    const { differences, ...head } = report
    await output.stream({ ...head, ...more, differencesTotal: differences }, 'differences', pages)
  } else {
    const first = report.differences === 0 ? [] : await firstOf(pages)
    output.text(
      [...renderProof(report, output.paint), ...renderDifferences(first, report.differences, output.paint)].join('\n'),
    )
  }
  return exitForProof(report)
}

export const exitForProof = ({ tables, verdict }: ProofReport): ExitCode =>
  verdict !== null && isClean(verdict) && tables.every((t) => isClean(t.verdict)) ? EXIT.done : EXIT.differences

async function* pagesOf(
  fetch: (after: string | null) => Promise<readonly ListedDifference[]>,
): AsyncGenerator<readonly ListedDifference[]> {
  let after: string | null = null
  for (;;) {
    const page: readonly ListedDifference[] = await fetch(after)
    if (page.length === 0) return
    yield page
    after = page.at(-1)?.id ?? null
  }
}

async function firstOf(pages: AsyncIterable<readonly ListedDifference[]>): Promise<readonly ListedDifference[]> {
  for await (const page of pages) return page.slice(0, FIRST)
  return []
}
