import type { Hold } from '../../core/hold.js'
import { remedyLine } from '../../core/hold-words.js'
import { about, bytes, count, moment, seconds, timeLeft } from '../../core/numbers.js'
import { expectedRows, shareOf, shareOfRun } from '../../core/progress.js'
import type { RunProgress, TableProgress } from '../../core/report.js'
import type { RunPhase } from '../../core/run.js'
import { readingTrouble } from '../../core/snapshot.js'
import type { MigrationStatus, RunStatus } from '../../core/status.js'
import { sentences } from '../../core/text.js'
import { tablesWords } from '../../core/words.js'
import { behindWords } from './live-behind.js'
import type { Look } from './live-progress.js'

/** A run as its page shows it: the words and numbers are made here, the page's script only puts them in their places. */
export interface LiveRun {
  readonly format: 1
  readonly migration: string
  readonly run: string
  /** False: it is over, and its report stands where this came from. */
  readonly underWay: boolean
  readonly tone: 'busy' | 'warn'
  /** 0 to 100. */
  readonly percent: number
  readonly words: Readonly<Record<LiveWord, string>>
  /** The tables at work, biggest first, then those that stopped. */
  readonly tables: readonly LiveTable[]
  readonly holds: readonly LiveHold[]
  readonly trouble: readonly string[]
}

/** Where each stands on the page says `data-show`. */
export type LiveWord = 'headline' | 'percent' | Figure | 'others' | 'said'

/** A number, and what is said of it in small letters. */
type Figure = Counted | `${Counted}Of`

export type Counted = 'tables' | 'rows' | 'bytes' | 'speed' | 'left' | 'took'

export interface LiveTable {
  readonly table: string
  readonly doing: string
  readonly rows: string
  readonly speed: string
  readonly percent: number
  readonly isStopped: boolean
}

export interface LiveHold {
  readonly what: string
  readonly why: string
  /** What a person does about it, with the command. */
  readonly remedy: string
}

/** As many as fit without looking for them; the others are counted. */
const MOST_TABLES = 12

const PHASES: Readonly<Record<RunPhase, string>> = {
  schema: 'Making the tables',
  clone: 'Copying rows',
  indexes: 'Building indexes',
  constraints: 'Adding constraints',
  counters: 'Setting counters',
  vacuum: 'Vacuuming',
  proof: 'Proving the rows',
  publish: 'Publishing',
  closed: 'Closing the run',
}

/** What a page shows of the run that is under way; nothing here asks anybody. */
export function liveRun(status: MigrationStatus, running: RunStatus, look: Look | null, now: number): LiveRun {
  const { migration, holds } = status
  const progress = look?.progress ?? null
  const isHeld = holds.some(({ table }) => table === null)
  const behind = behindWords(status, running, look)
  const phase = behind ?? PHASES[progress?.phase ?? running.phase]
  const percent = behind !== null ? 100 : progress === null ? 0 : percentOf(shareOfRun(progress.tables))
  const trouble = troubleOf(look, behind !== null)
  const headline = isHeld ? 'Held: it waits' : phase
  const tables = progress === null ? [] : worthShowing(progress)
  return {
    ...{ format: 1, migration, run: running.run, underWay: true, percent },
    tone: isHeld || trouble.length > 0 ? 'warn' : 'busy',
    words: {
      headline,
      percent: behind === null ? `${percent.toFixed(1)} %` : '100 %',
      ...figures(running, look, isHeld, now),
      others: progress === null ? '' : others(progress, tables),
      said: saidOf(headline, isHeld, holds, trouble),
    },
    tables: tables.map((table) => tableOf(table, look, isHeld || holds.some((hold) => hold.table === table.table))),
    holds: holds.map((hold) => holdOf(hold, migration)),
    trouble,
  }
}

/** It is over: all that is left to tell is where. */
export const overRun = (
  migration: string,
  run: string,
): Pick<LiveRun, 'format' | 'migration' | 'run' | 'underWay'> => ({
  ...{ format: 1, migration, run, underWay: false },
})

/** Never quite 100 while rows are under way. */
const percentOf = (share: number): number => Math.min(99.9, Math.floor(share * 1000) / 10)

function figures(running: RunStatus, look: Look | null, isHeld: boolean, now: number): Record<Figure, string> {
  const { tables = [], phase = running.phase } = look?.progress ?? {}
  const sum = (of: (t: TableProgress) => number): number => tables.reduce((all, t) => all + of(t), 0)
  const rows = sum((t) => t.rows)
  const isCopying = phase === 'clone' && !isHeld
  const { rows: speed = null, left = null } = look?.rates ?? {}
  return {
    ...tablesDone(running, look?.progress ?? null),
    rows: count(rows),
    rowsOf: phase === 'clone' ? `of ${about(Math.max(rows, sum(expectedRows)))}` : 'copied',
    bytes: bytes(sum((t) => t.bytes)),
    bytesOf: 'as text',
    speed: isCopying && speed !== null ? count(speed) : '–',
    speedOf: isCopying ? 'rows a second' : '',
    left: isCopying && left !== null ? timeLeft(left) : '–',
    leftOf: isCopying && left !== null ? 'about, to copy' : '',
    took: seconds(Math.floor(Math.max(0, now - Date.parse(running.started)) / 1000)),
    tookOf: '',
  }
}

function tablesDone(running: RunStatus, progress: RunProgress | null): Record<'tables' | 'tablesOf', string> {
  const { tables = [], phase = running.phase } = progress ?? {}
  const { done, word } = tablesWords({ phase, tables })
  const stopped = tables.filter(({ state }) => state === 'stopped').length
  const total = progress === null ? running.tables.total : tables.length
  return {
    tables: count(done),
    tablesOf: `of ${count(total)} ${word}${stopped === 0 ? '' : `, ${count(stopped)} stopped`}`,
  }
}

function worthShowing({ tables }: RunProgress): TableProgress[] {
  const biggest = tables.toSorted((a, b) => b.estimatedBytes - a.estimatedBytes)
  const active = biggest.filter((t) => t.state !== 'stopped' && (t.doing !== null || t.state === 'copying'))
  const stopped = biggest.filter((t) => t.state === 'stopped')
  return [...active, ...stopped].slice(0, MOST_TABLES)
}

function others({ tables }: RunProgress, shown: readonly TableProgress[]): string {
  const rest = tables.filter((t) => !shown.includes(t))
  const of = (word: string, ...states: TableProgress['state'][]): string[] => {
    const many = rest.filter((t) => states.includes(t.state)).length
    return many === 0 ? [] : [`${count(many)} ${word}`]
  }
  const words = [
    ...of('waiting', 'waiting'),
    ...of('at work', 'copying'),
    ...of('copied', 'copied'),
    ...of('with their indexes', 'indexed'),
    ...of('done', 'done'),
    ...of('stopped', 'stopped'),
    ...of('skipped', 'skipped'),
  ]
  return words.length === 0 ? '' : `${shown.length === 0 ? 'Tables' : 'The others'}: ${words.join(', ')}.`
}

function tableOf(t: TableProgress, look: Look | null, waits: boolean): LiveTable {
  const speed = t.state === 'copying' && !waits ? look?.rates.byTable.get(t.table) : undefined
  const isStopped = t.state === 'stopped'
  // What stopped has no more to do, and is not done.
  const share = isStopped ? Math.min(1, t.rows / Math.max(1, t.estimatedRows)) : shareOf(t)
  return {
    table: t.table,
    doing: isStopped ? 'stopped' : waits ? 'waits' : (t.doing ?? t.state),
    rows: t.state === 'copying' ? `${count(t.rows)} of ${about(expectedRows(t))}` : count(t.rows),
    speed: speed === undefined ? '' : `${count(speed)} rows/s`,
    percent: Math.floor(share * 1000) / 10,
    isStopped,
  }
}

export const holdOf = (hold: Hold, migration: string): LiveHold => ({
  what: `${hold.table === null ? 'Everything waits' : `Table ${hold.table} waits`}, by ${hold.by} since ${moment(hold.at)} (${hold.id})`,
  why: hold.why,
  // Whoever reads this may not be whoever put it there: with its id the command is right for both.
  remedy: remedyLine(hold, { migration, me: '' }),
})

/** How far it is needs no ledger any more once its rows are done. */
function troubleOf(look: Look | null, isBehind: boolean): string[] {
  if (look === null) return []
  const { trouble, progress, failing } = look
  return [
    // A run opens its ledger first: until then nothing is wrong.
    ...(trouble === null || isBehind || (progress === null && trouble.kind !== 'target-unreachable')
      ? []
      : [sentences(`How far it is cannot be read now: ${trouble.message}`, trouble.details.remedy)]),
    ...(isBehind ? [] : readingTrouble(progress?.reading)).map((line) => `It ${line}.`),
    ...failing,
  ]
}

/** For those who listen: told when it changes, which is when the phase, a hold or a trouble does. */
const saidOf = (headline: string, isHeld: boolean, holds: readonly Hold[], trouble: readonly string[]): string =>
  [
    `${headline}.`,
    ...(isHeld ? holds.filter(({ table }) => table === null).map(({ by, why }) => `${by}: ${why}.`) : []),
    // Its words change with each look: how long until the next try.
    ...(trouble.length === 0 ? [] : ['Something is wrong: it stands below.']),
  ].join(' ')
