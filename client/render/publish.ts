import type { Published } from '../../core/generation.js'
import type { PublishAnswer } from '../../workflows/messages.js'
import type { Paint } from '../output.js'
import { plural, seconds } from '../../core/numbers.js'
import { paintState } from './report.js'
import { table } from './table.js'
import { indent, plain } from './text.js'

/** Sessions of our own that were ended are nobody's business. */
export function othersEnded(answer: PublishAnswer): PublishAnswer {
  const { published } = answer
  if (published === null) return answer
  const ended = published.ended.filter(({ application }) => !application.startsWith('nightferry'))
  return { ...answer, published: { ...published, ended } }
}

/** What a run built, and what became of it, or would. */
export function renderPublish(migration: string, answer: PublishAnswer, paint: Paint): string[] {
  const { published, notGreen } = answer
  const red =
    notGreen === null ? [] : [`${paint('yellow', 'Not green')}, no night would publish it: ${plain(notGreen)}.`]
  return published === null
    ? [`Run ${whichRun(answer, paint)}.`, ...red, ...wouldBe(answer)]
    : [...was(migration, answer, published, paint), ...red, ...copies(migration, answer)]
}

const whichRun = ({ run, state, label }: PublishAnswer, paint: Paint): string =>
  `${paint('bold', run)}: ${paintState(state, paint)}, read ${label === 'snapshot' ? 'in one snapshot' : label}`

function wouldBe({ database, isPublished, now, asCopy, drops }: PublishAnswer): string[] {
  const name = plain(database)
  if (isPublished) return [`It is published as ${name} already.`]
  return [
    now === null ? `No run is published as ${name} now.` : `Published as ${name} now: run ${now}.`,
    asCopy
      ? `A copy of it would be made and be called ${name}; the sessions of the one before would be ended.`
      : `Its database would be called ${name}; the sessions of the one before would be ended.`,
    ...(drops.length === 0 ? [] : [`Dropped then, as \`publish.keep\` says: ${drops.join(', ')}.`]),
    'Nothing was changed: --execute does it.',
  ]
}

function was(migration: string, answer: PublishAnswer, published: Published, paint: Paint): string[] {
  const { database, isPublished } = answer
  const { ended, closedMs, dropped, previous } = published
  const name = plain(database)
  const rows = ended.map(({ user, application, client }) => [user, application, client].map((one) => plain(one) || '-'))
  const people = [{ title: 'user' }, { title: 'application' }, { title: 'address' }]
  return [
    isPublished
      ? `${paint('green', 'Published')} as ${name} already: run ${whichRun(answer, paint)}.`
      : `${paint('green', 'Published')} as ${name}: run ${whichRun(answer, paint)}. New sessions waited ${seconds(closedMs / 1000)}.`,
    ...(rows.length === 0
      ? []
      : [`Ended ${plural(rows.length, 'session')}:`, ...indent(table(people, rows, paint), 2)]),
    ...(dropped.length === 0 ? [] : [`Dropped, as \`publish.keep\` says: ${dropped.join(', ')}.`]),
    ...(previous === null ? [] : [before(migration, previous)]),
  ]
}

function before(migration: string, { run, database }: NonNullable<Published['previous']>): string {
  const name = plain(database)
  return run === null
    ? `What was there before is called ${name} now; no run built it.`
    : `Before: run ${run}, in ${name} now. Back to it: \`nightferry publish ${plain(migration)} --run ${run} --execute\`.`
}

const copies = (migration: string, { asCopy }: PublishAnswer): string[] =>
  asCopy ? [`Copies stay those of their runs: \`nightferry copy ${plain(migration)} NAME\` makes one anew.`] : []
