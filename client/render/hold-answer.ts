import type { HeldSnapshot, HoldAnswer } from '../../workflows/messages.js'
import type { Paint } from '../output.js'
import { holdLine, remedyLine, resumeCommand, type Reader } from '../../core/hold-words.js'
import { moment, plural, seconds } from '../../core/numbers.js'
import { plain } from './text.js'

/** What has really stopped, what that costs the source, and how to go on. */
export function renderPaused(answer: HoldAnswer, reader: Reader, paint: Paint): string[] {
  const [hold] = answer.added
  const others = answer.holds.filter(({ id }) => id !== hold?.id).length
  return [
    stopped(answer, paint),
    ...heldOnSource(answer),
    ...(hold === undefined ? [] : [`  ${holdLine(hold)}`, `  Go on: ${resumeCommand(hold, reader)}`]),
    ...(others === 0
      ? []
      : [`  ${plural(others, 'other hold')} stay${others === 1 ? 's' : ''}: nightferry holds ${reader.migration}`]),
  ]
}

function stopped({ added, work, answered, milliseconds }: HoldAnswer, paint: Paint): string {
  const name = added[0]?.table ?? null
  const what = name === null ? '' : ` ${plain(name)}`
  if (work === null) return `${paint('green', `Paused${what}`)}: nothing was under way, and ${begins(name)}.`
  const whose = `${work.what} ${work.id}`
  if (!answered)
    return (
      `${paint('yellow', `Paused${what}`)}, but ${whose} did not answer in 12 s: some of it may still be at work. ` +
      'It stops as soon as its workers answer; see `nightferry status`.'
    )
  const of = name === null ? whose : `${plain(name)} in ${whose}`
  const rest = name === null ? '' : '; other tables go on, but those that share its steps'
  return `${paint('green', `Paused${what}`)} in ${seconds(milliseconds / 1000)}: nothing of ${of} is at work any more${rest}.`
}

const begins = (table: string | null): string =>
  table === null ? 'nothing begins until it is resumed' : 'a run waits with it until it is resumed'

function heldOnSource({ snapshot, work, answered, added }: HoldAnswer): string[] {
  if (snapshot !== null) return [`  ${held(snapshot)}`, `  ${AFTER[snapshot.onLost]}`]
  const isKnown = work?.what === 'run' && answered && added[0]?.table === null
  return isKnown ? ['  Nothing is held on the source.'] : []
}

function held({ sessions, locked, until }: HeldSnapshot): string {
  const locks = locked === 0 ? '' : `, and ${plural(locked, 'table')} locked against writers`
  const then = until === null ? 'the other tables are read, and then for `consistency.hold`' : moment(until)
  return `Held on the source until ${then}: a snapshot in ${plural(sessions, 'session')}${locks}.`
}

const AFTER = {
  'best-effort':
    'Resumed by then, it goes on in the same snapshot; later, what is left is read as it is then (best-effort).',
  restart: 'Resumed by then, it goes on in the same snapshot; later, it copies everything again in a new one.',
} as const satisfies Record<HeldSnapshot['onLost'], string>

/** What was lifted, and what holds still. */
export function renderResumed(answer: HoldAnswer, reader: Reader, paint: Paint): string[] {
  const { lifted, holds, work, answered } = answer
  return [
    ...lifted.map((hold) => `${paint('green', 'Lifted')} ${holdLine(hold)}`),
    ...(holds.length === 0 ? [] : [`${paint('yellow', 'Held still')} by ${plural(holds.length, 'hold')}:`]),
    ...holds.flatMap((hold) => [`  ${holdLine(hold)}`, `    ${remedyLine(hold, reader)}`]),
    ...(holds.some(({ table }) => table === null) ? [] : [goesOn(work, answered, reader)]),
  ]
}

function goesOn(work: HoldAnswer['work'], answered: boolean, { migration }: Reader): string {
  if (work === null) return 'Nothing is under way; the next run may begin.'
  const watch = work.what === 'run' ? ` See it with \`nightferry status ${migration} --watch\`.` : ''
  const whose = `${work.what[0]?.toUpperCase()}${work.what.slice(1)} ${work.id}`
  return answered ? `${whose} goes on.${watch}` : `${whose} did not answer in 12 s; it goes on when it does.${watch}`
}
