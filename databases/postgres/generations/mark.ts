import type { RunId } from '../../../core/run.js'
import type { Entry } from './acl.js'

/** What a database's comment says of a swap that was begun: which name it is to take, and the database that has it now. */
export interface Intent {
  readonly name: string
  /** Oid of the database that is to make room; null: there is none. */
  readonly over: string | null
  /** How many of the same kind stay. */
  readonly keep: number
}

interface Common {
  readonly migration: string
  readonly published: string
  readonly run: RunId
  readonly into: Intent | null
}

export interface GenerationMark extends Common {
  readonly is: 'generation'
  /** ISO 8601: when it, or a copy of it, was published last; null: never. */
  readonly since: string | null
  /** What it is to have where nothing is published that it could take it from. */
  readonly first: { readonly owner: string | null; readonly entries: readonly Entry[] | null } | null
  /** A database that is being made from it, under a name that nobody guesses: not marked yet, and ours. */
  readonly making: string | null
}

export interface CopyMark extends Common {
  readonly is: 'copy'
  /** Null: what is published. */
  readonly name: string | null
  readonly made: string
  /** Of no use any more: to be dropped. */
  readonly gone: boolean
}

export type Mark = GenerationMark | CopyMark

const START = 'nightferry/1 '

/** One line of JSON behind `nightferry/1`: a person reads it in `\l+`, too. */
export const spellMark = (mark: Mark): string => START + JSON.stringify(mark)

/** Null for a comment that is not of ours; `unreadable` for one that newer code, or somebody's editor, has written. */
export function parseMark(comment: string | null): Mark | 'unreadable' | null {
  if (comment === null || !comment.startsWith('nightferry/')) return null
  if (!comment.startsWith(START)) return 'unreadable'
  try {
    const value = JSON.parse(comment.slice(START.length)) as unknown
    return isShaped(value, COMMON) && (isShaped(value, GENERATION) || isShaped(value, COPY))
      ? (value as Mark)
      : 'unreadable'
  } catch {
    return 'unreadable'
  }
}

type Shape = Readonly<Record<string, (value: unknown) => boolean>>

const text = (value: unknown): boolean => typeof value === 'string' && value !== ''
const textOrNull = (value: unknown): boolean => value === null || text(value)
const intent: Shape = { name: text, over: textOrNull, keep: Number.isSafeInteger }
const first: Shape = { owner: textOrNull, entries: (value) => value === null || Array.isArray(value) }
const COMMON: Shape = {
  migration: text,
  published: text,
  run: (value) => /^\d{8}-\d{6}(-\d+)?$/.test(String(value)),
  into: (value) => value === null || isShaped(value, intent),
}
const GENERATION: Shape = {
  is: (value) => value === 'generation',
  since: textOrNull,
  first: (value) => value === null || isShaped(value, first),
  making: textOrNull,
}
const COPY: Shape = {
  is: (value) => value === 'copy',
  name: textOrNull,
  made: text,
  gone: (value) => typeof value === 'boolean',
}

function isShaped(value: unknown, shape: Shape): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(shape).every(([key, holds]) => key in value && holds((value as Record<string, unknown>)[key]))
}
