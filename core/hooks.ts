import type { Hook, HookMoment } from './config/types.js'
import type { News } from './news.js'
import type { ReadLabel, RunId, RunState, RunSummary } from './run.js'

/** What is known of a run when a hook is called. Values of cells are never in it. */
export interface HookFacts {
  readonly migration: string
  readonly run: RunId
  readonly version: number
  /** `running`: it has not read a row yet. */
  readonly verdict: RunState
  /** One sentence: why it is not complete, or not published. */
  readonly reason: string | null
  /** Null until it is decided how the run reads. */
  readonly label: ReadLabel | null
  /** The database that people read, where this run is published; else null. */
  readonly published: string | null
  /** Null before there is anything to count. */
  readonly counts: Pick<RunSummary, 'tables' | 'stopped' | 'rows' | 'bytes'> | null
  readonly news: readonly News[]
}

/** What a hook gets: a command on its stdin, an HTTP call as its body, SQL as the setting `nightferry.payload`. */
export interface HookPayload extends Omit<HookFacts, 'news'> {
  readonly format: 1
  readonly moment: HookMoment
  /** The same in every attempt of the same moment of the same run: whoever has seen it has done the work. */
  readonly key: string
  /** The first ones; `newsInAll` says how many there are. */
  readonly news: readonly News[]
  readonly newsInAll: number
  /** All of it in words, under the name that chat services show. */
  readonly text: string
}

export interface HookCall {
  readonly hook: Hook
  readonly payload: HookPayload
  /** Where a hook of SQL runs; names without a schema are looked for in this one, then in `public`. */
  readonly target: { readonly connection: string; readonly database: string | null; readonly schema: string }
}

/** What became of a hook: safe for Temporal's history. */
export interface HookResult {
  readonly ok: boolean
  /** `after_publish (http ci-webhook)`. */
  readonly name: string
  /** `answered 200`, `ended with exit code 3`. */
  readonly what: string
  /** What a person does about it; null where it went well. */
  readonly remedy: string | null
  readonly seconds: number
}

/** More than anybody reads in a chat, and far below what a receiver takes: a new version of a framework touches every table. */
const MOST_NEWS = 100
/** Lines in the text. */
const MOST_LINES = 20

/** A moment of a run comes once, however often its hook is tried. */
export const idempotencyKey = (migration: string, run: RunId, moment: HookMoment): string =>
  `${migration}/${run}/${moment}`

export function hookPayload(moment: HookMoment, { news, ...facts }: HookFacts): HookPayload {
  return {
    format: 1,
    moment,
    key: idempotencyKey(facts.migration, facts.run, moment),
    ...facts,
    news: news.slice(0, MOST_NEWS),
    newsInAll: news.length,
    text: textOf(moment, facts, news),
  }
}

function textOf(moment: HookMoment, facts: Omit<HookFacts, 'news'>, news: readonly News[]): string {
  const { migration, run, verdict, reason, label, published, counts } = facts
  const about = [
    moment === 'before_run' ? 'is about to begin' : label === null ? verdict : `${verdict} (${label})`,
    ...(published === null ? [] : [`published as ${published}`]),
    ...(counts === null ? [] : [`${counts.tables} tables, ${counts.rows} rows`]),
  ]
  const lines = news.slice(0, MOST_LINES).map(({ subject, what, remedy }) => `- ${subject}: ${what}. ${remedy}`)
  const more = news.length > MOST_LINES ? [`- and ${news.length - MOST_LINES} more`] : []
  return [`${migration} ${run}: ${about.join(', ')}`, ...(reason === null ? [] : [reason]), ...lines, ...more].join(
    '\n',
  )
}

/** As reports and people call it. */
export const hookName = (moment: HookMoment, hook: Hook): string => `${moment} (${shownHook(hook)})`

/** Without the command's arguments: they may be anything. */
export function shownHook(hook: Hook): string {
  if ('sql' in hook) return `sql ${hook.sql}`
  if ('http' in hook) return `http ${hook.http}`
  return `command ${hook.command[0] ?? ''}`
}

/** What a receiver signs again to know who sent it; the moment keeps an old message from being sent again. */
export const signatureBase = (unixSeconds: number, body: string): string => `${unixSeconds}.${body}`

/** The header `Nightferry-Signature`, from the HMAC-SHA256 over the base in hexadecimal digits. */
export const signatureHeader = (unixSeconds: number, hex: string): string => `t=${unixSeconds},v1=${hex}`

/** The variables that a command gets beside its stdin. Empty: not known, or nothing. */
export const hookVariables = (payload: HookPayload): Readonly<Record<string, string>> => ({
  NIGHTFERRY_MOMENT: payload.moment,
  NIGHTFERRY_MIGRATION: payload.migration,
  NIGHTFERRY_RUN: payload.run,
  NIGHTFERRY_VERDICT: payload.verdict,
  NIGHTFERRY_REASON: payload.reason ?? '',
  NIGHTFERRY_LABEL: payload.label ?? '',
  NIGHTFERRY_PUBLISHED: payload.published ?? '',
  NIGHTFERRY_NEWS: String(payload.newsInAll),
  NIGHTFERRY_IDEMPOTENCY_KEY: payload.key,
})
