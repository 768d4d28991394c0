import type { RunMemory, TableMemory } from './memory.js'
import { findingNews } from './news/findings.js'
import { stoppedNews } from './news/stopped.js'
import { shapeNews } from './news/shape.js'
import { sizeNews } from './news/size.js'

/** One thing that a run has and the one before it did not. */
export interface News {
  readonly kind: NewsKind
  /** `orders`, `orders.flags`. */
  readonly subject: string
  readonly what: string
  /** What a person does about it; never empty. */
  readonly remedy: string
}

/** Worst first: what stops a night; what is lost; what will stop one; what changed; what came. */
export const NEWS_KINDS = [
  'decision-broken',
  'row-refused',
  'table-stopped',
  'table-gone',
  'table-shrunk',
  'column-gone',
  'range-end',
  'column-changed',
  'finding',
  'index-gone',
  'table-slow',
  'table-grown',
  'table-new',
  'column-new',
  'index-new',
] as const

export type NewsKind = (typeof NEWS_KINDS)[number]

/** From where on a number is news. */
export interface NewsThresholds {
  /** Times as long for as many rows, and by at least so many seconds: a small table's time is noise. */
  readonly slower: { readonly times: number; readonly seconds: number }
  /** Times as many, or as few, rows or bytes; of the larger of both, no fewer than these: a small table's size is noise. */
  readonly size: { readonly times: number; readonly rows: number; readonly bytes: number }
  /** Hundredths of what the counter's type holds. */
  readonly range: number
}

export const NEWS_THRESHOLDS: NewsThresholds = {
  slower: { times: 2, seconds: 5 },
  size: { times: 10, rows: 100, bytes: 1_000_000 },
  range: 90,
}

/** A table in both runs, or in one of them. */
export interface Compared {
  readonly name: string
  readonly now: TableMemory | null
  readonly then: TableMemory | null
}

/**
 * What tonight has that the run before it did not, worst first. Two runs of the same have none; what was so before, and
 * still is, stands in the report alone. Nothing before: no news. Names, types, counts and shares: never values of cells.
 */
export function newsOf(tonight: RunMemory, before: RunMemory | null, thresholds = NEWS_THRESHOLDS): News[] {
  if (before === null) return []
  const found = [
    ...stoppedNews(tonight, before),
    ...pairs(tonight, before).flatMap((pair) => [...shapeNews(pair), ...sizeNews(pair, thresholds)]),
    ...findingNews(tonight, before),
  ]
  // Stable: within a kind the order of tables, and of findings their severity.
  return found.toSorted((a, b) => NEWS_KINDS.indexOf(a.kind) - NEWS_KINDS.indexOf(b.kind))
}

function pairs(tonight: RunMemory, before: RunMemory): Compared[] {
  const then = new Map(before.tables.map((table) => [table.table, table]))
  const now = new Set(tonight.tables.map(({ table }) => table))
  return [
    ...tonight.tables.map((table) => ({ name: table.table, now: table, then: then.get(table.table) ?? null })),
    ...before.tables
      .filter(({ table }) => !now.has(table))
      .map((table) => ({ name: table.table, now: null, then: table })),
  ]
}
