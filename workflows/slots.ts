/** Something that copies: how many sessions it has, and how many it could use. */
export interface Open {
  readonly id: string
  readonly width: number
  readonly most: number
  readonly child: boolean
}

export interface Waiting {
  readonly most: number
  readonly child: boolean
}

export interface Share {
  /** Widths of the first waiting ones, which begin now. */
  readonly start: readonly number[]
  /** New widths of open ones. */
  readonly widen: ReadonlyMap<string, number>
}

/** Child workflows that may be open at a time: more only cost the server, since sessions are few. */
export const MOST_CHILDREN = 8

/**
 * Shares a run's free sessions: to whatever waits first, evenly; then, when nothing more can begin, to what is open.
 * A width only ever grows, so no session is taken away from a chunk that is under way.
 */
export function share(parallelism: number, open: readonly Open[], waiting: readonly Waiting[]): Share {
  let free = parallelism - open.reduce((sum, { width }) => sum + width, 0)
  let children = MOST_CHILDREN - open.filter(({ child }) => child).length
  const starting: Waiting[] = []
  for (const next of waiting) {
    if (starting.length >= free || (next.child && children === 0)) break
    if (next.child) children--
    starting.push(next)
  }
  const widths = starting.map(() => 1)
  free -= starting.length
  free = spread(free, widths, starting)
  const wider = open.map(({ width }) => width)
  if (starting.length === waiting.length) spread(free, wider, open)
  const widen = new Map(open.flatMap(({ id, width }, i) => (wider[i] === width ? [] : [[id, wider[i] as number]])))
  return { start: widths, widen }
}

/** One each in turn, to the narrowest first, until nothing is free or nobody can use more. Returns what is left. */
function spread(free: number, widths: number[], items: readonly { readonly most: number }[]): number {
  while (free > 0) {
    let narrowest = -1
    for (const [i, width] of widths.entries())
      if (width < (items[i]?.most ?? 0) && (narrowest < 0 || width < (widths[narrowest] as number))) narrowest = i
    if (narrowest < 0) return free
    widths[narrowest] = (widths[narrowest] as number) + 1
    free--
  }
  return free
}
