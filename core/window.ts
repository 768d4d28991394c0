/**
 * The hours in which rows may be read, as a clock on a wall in that place shows them: `22:00-05:00 Europe/Paris`, several
 * with commas between them, with seconds where that matters (`22:00:30`).
 */
export interface Window {
  readonly hours: readonly Hours[]
  readonly zone: string
}

/** Milliseconds of the day, `to` not included; over midnight where `to` is the smaller one. */
interface Hours {
  readonly from: number
  readonly to: number
}

/** How far a place's clock is ahead of UTC at a moment, in milliseconds. Tables of time zones are not ours to keep. */
export type OffsetAt = (at: number) => number

const DAY = 86_400_000
const TIME = String.raw`\d{1,2}:\d{2}(?::\d{2})?`
export const WINDOW_PATTERN = new RegExp(String.raw`^${TIME}-${TIME}(?:, ?${TIME}-${TIME})* [A-Za-z][A-Za-z0-9_+/-]*$`)

/** Null where it is none. Whether there is such a zone is not known here. */
export function parseWindow(text: string): Window | null {
  if (!WINDOW_PATTERN.test(text)) return null
  const space = text.lastIndexOf(' ')
  const hours = text.slice(0, space).split(',').map(parseHours)
  const all = hours.filter((one) => one !== null)
  return all.length === hours.length ? { hours: all, zone: text.slice(space + 1) } : null
}

function parseHours(text: string): Hours | null {
  const [from = null, to = null] = text.trim().split('-').map(parseTime)
  return from === null || to === null || from === to || from === DAY ? null : { from, to }
}

function parseTime(text: string): number | null {
  const [hour = 0, minute = 0, second = 0] = text.split(':').map((part) => Number.parseInt(part, 10))
  const time = ((hour * 60 + minute) * 60 + second) * 1000
  return minute < 60 && second < 60 && time <= DAY ? time : null
}

/** Why a run that reads in a snapshot has no window. */
export const WINDOW_NEEDS_BEST_EFFORT =
  'needs consistency.read: best-effort: a snapshot cannot be kept open from one window to the next, and without one each window reads rows of its own moment'

/** Whether it is open, and when that changes; null: never, as far as three days show. */
export interface WindowNow {
  readonly isOpen: boolean
  readonly changes: number | null
}

/**
 * It is open whenever the clock on the wall shows one of its hours, and never else. So where clocks go forward, what
 * begins in the hour that is left out begins when that hour would have ended, and what lies wholly in it is left out that
 * day; where they go back, hours that come twice are open twice.
 */
export function windowAt({ hours }: Window, now: number, offsetAt: OffsetAt): WindowNow {
  const edges = hours.flatMap(({ from, to }) => [from, to])
  const isOpenAt = (at: number): boolean => {
    const time = timeOfDay(at, offsetAt)
    return hours.some(({ from, to }) => (from < to ? time >= from && time < to : time >= from || time < to))
  }
  const isOpen = isOpenAt(now)
  for (let at = now; at < now + 3 * DAY;) {
    at = nextEdge(at, edges, offsetAt)
    if (isOpenAt(at) !== isOpen) return { isOpen, changes: at }
  }
  return { isOpen, changes: null }
}

const timeOfDay = (at: number, offsetAt: OffsetAt): number => positive(at + offsetAt(at))

const positive = (time: number): number => ((time % DAY) + DAY) % DAY

/** The next moment at which the clock shows an edge, or is put forward or back: whichever is first. */
function nextEdge(at: number, edges: readonly number[], offsetAt: OffsetAt): number {
  const time = timeOfDay(at, offsetAt)
  const edge = at + Math.min(...edges.map((one) => positive(one - time) || DAY))
  const offset = offsetAt(at)
  if (offsetAt(edge) === offset) return edge
  let [before, after] = [at, edge]
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (offsetAt(middle) === offset) before = middle
    else after = middle
  }
  return after
}
