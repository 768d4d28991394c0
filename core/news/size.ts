import type { TableMemory } from '../memory.js'
import type { Compared, News, NewsThresholds } from '../news.js'
import { seconds, times } from './spell.js'

/** Numbers that moved: only of tables that came through in both runs. */
export function sizeNews({ name, now, then }: Compared, thresholds: NewsThresholds): News[] {
  if (now === null) return []
  const range = rangeNews(name, now, then, thresholds.range)
  if (then === null || now.state !== 'done' || then.state !== 'done') return range
  return [...range, ...grown(name, now, then, thresholds), ...slow(name, now, then, thresholds)]
}

/** A counter that came near the end of what its column holds; one that was near before is no news. */
function rangeNews(table: string, now: TableMemory, then: TableMemory | null, share: number): News[] {
  const { counter } = now
  if (counter === null || !isNear(counter, share) || isNear(then?.counter ?? null, share)) return []
  const subject = `${table}.${counter.column}`
  const hundredths = (BigInt(counter.next) * 100n) / BigInt(counter.end)
  return [
    {
      kind: 'range-end',
      subject,
      what: `its counter has used ${hundredths} % of what its type in the target holds`,
      remedy: `a wider type before it is full: {column: ${subject}, to: bigint} under casts, and in the source as well`,
    },
  ]
}

const isNear = (counter: TableMemory['counter'], share: number): boolean =>
  counter !== null && BigInt(counter.next) * 100n >= BigInt(counter.end) * BigInt(share)

function grown(table: string, now: TableMemory, then: TableMemory, { size }: NewsThresholds): News[] {
  const by = (what: 'rows' | 'bytes'): { from: number; to: number; what: string } | null => {
    const [from, to] = [then[what], now[what]]
    const [small, large] = from < to ? [from, to] : [to, from]
    return large >= size[what] && large >= size.times * small ? { from, to, what } : null
  }
  const found = by('rows') ?? by('bytes')
  if (found === null) return []
  const what = `has ${found.to} ${found.what}, had ${found.from}`
  if (found.to < found.from)
    return [
      { kind: 'table-shrunk', subject: table, what, remedy: 'see in the source whether rows were deleted on purpose' },
    ]
  const remedy = 'see in the source whether that was meant; room in the target and the length of the night go with it'
  return [{ kind: 'table-grown', subject: table, what, remedy }]
}

/** Twice the rows may take twice the time. */
function slow(table: string, now: TableMemory, then: TableMemory, { slower }: NewsThresholds): News[] {
  const growth = then.rows === 0 ? 1 : Math.max(1, now.rows / then.rows)
  const expected = then.seconds * growth
  if (now.seconds < slower.times * expected || now.seconds - expected < slower.seconds) return []
  const what = `took ${seconds(now.seconds)}, ${times(now.seconds / Math.max(expected, 0.1))} as long as before${growth > 1 ? ' for as many rows' : ''}`
  const remedy = 'see what else ran on both servers at that time, and whether the next night is slow too'
  return [{ kind: 'table-slow', subject: table, what, remedy }]
}
