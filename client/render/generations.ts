import type { GenerationsDocument } from '../../core/api.js'
import type { GenerationCopy } from '../../core/generation.js'
import type { RunSummary } from '../../core/run.js'
import type { CopyAnswer } from '../../workflows/messages.js'
import type { Paint } from '../output.js'
import { bytes, moment } from '../../core/numbers.js'
import { paintState } from './report.js'
import { table } from './table.js'
import { plain } from './text.js'

const COLUMNS = [
  { title: 'run' },
  { title: 'state' },
  { title: 'read' },
  { title: 'database' },
  { title: 'size', align: 'right' },
  { title: 'published' },
] as const

/** What runs have built and is there still, newest first; how each ended is known from `runs`. */
export function renderGenerations(
  { migration, database, generations }: GenerationsDocument,
  runs: readonly RunSummary[],
  paint: Paint,
): string[] {
  if (generations.length === 0)
    return [`No run has built a database yet that could be published as ${plain(database)}.`]
  const known = new Map(runs.map((run) => [run.run, run]))
  const rows = generations.map(({ run, database: name, bytes: size, published, since }) => {
    const ended = known.get(run)
    const when = since === null ? 'never' : moment(since)
    return [
      ...[run, ended === undefined ? '-' : paintState(ended.state, paint), ended?.label ?? '-', plain(name)],
      ...[bytes(size), published ? paint('green', `now, since ${when}`) : when],
    ]
  })
  return [
    ...table(COLUMNS, rows, paint),
    '',
    `\`nightferry publish ${plain(migration)} --run ID\` says what it would be to publish one as ${plain(database)}.`,
  ]
}

const COPIES = [
  { title: 'copy' },
  { title: 'database' },
  { title: 'of run' },
  { title: 'made' },
  { title: 'size', align: 'right' },
] as const

/** By their names; the published one itself is none of them. */
export function renderCopies(migration: string, copies: readonly GenerationCopy[], paint: Paint): string[] {
  const named = copies.flatMap(({ name, ...copy }) => (name === null ? [] : [{ name, ...copy }]))
  if (named.length === 0) return [`There is no copy of ${plain(migration)}.`]
  const rows = named
    .toSorted((a, b) => a.name.localeCompare(b.name) || b.made.localeCompare(a.made))
    .map(({ name, database, run, made, bytes: size }) => [
      ...[plain(name), plain(database), run, moment(made), bytes(size)],
    ])
  return table(COPIES, rows, paint)
}

/** What was made or dropped, or would be dropped or replaced. */
export function renderCopy(
  migration: string,
  name: string,
  { database, run, bytes: size, made, older, done }: CopyAnswer,
  paint: Paint,
): string[] {
  const what = `${paint('bold', plain(database))}, a copy of run ${run} (${bytes(size)})`
  const others = older.map(plain).join(', ')
  const command = `nightferry copy ${plain(migration)} ${plain(name)}`
  switch (done) {
    case 'made':
      return [
        `${paint('green', 'Made')} ${what}.`,
        ...(older.length === 0 ? [] : [`Older ones stay, as \`copies:\` says: ${others}.`]),
        `Remove it: \`${command} --drop --execute\`.`,
      ]
    case 'found':
      return [
        `Would drop ${what}, made ${moment(made)}${older.length === 0 ? '' : `, and older ones: ${others}`}.`,
        'Its sessions would be ended.',
        'Nothing was changed: --execute does it.',
      ]
    case 'there':
      return [
        `There is ${what}, made ${moment(made)}: a new one would take its place, without what was written to it.`,
        'Its sessions would be ended.',
        `Nothing was changed: \`${command} --execute\` does it.`,
      ]
    case 'dropped':
      return [`${paint('green', 'Dropped')} ${what}${older.length === 0 ? '' : `, and older ones: ${others}`}.`]
  }
}
