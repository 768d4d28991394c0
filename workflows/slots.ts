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
  /** New widths of open ones: wider where nobody waits, narrower where the run may have fewer sessions than it has. */
  readonly change: ReadonlyMap<string, number>
}

/** Child workflows that may be open at a time: more only cost the server, since sessions are few. */
export const MOST_CHILDREN = 8

/**
 * Shares a run's free sessions: to whatever waits first, evenly; then, when nothing more can begin, to what is open.
 * A width shrinks only where a person turned the run's sessions down.
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
  const wide = open.map(({ width }) => width)
  if (free < 0) narrow(-free, wide)
  else if (starting.length === waiting.length) spread(free, wide, open)
  const change = new Map(open.flatMap(({ id, width }, i) => (wide[i] === width ? [] : [[id, wide[i] as number]])))
  return { start: widths, change }
}

/** One from the widest in turn; what is open keeps one, and ends with it. */
function narrow(over: number, widths: number[]): void {
  for (; over > 0; over--) {
    const widest = widths.indexOf(Math.max(...widths))
    if ((widths[widest] ?? 1) <= 1) return
    widths[widest] = (widths[widest] as number) - 1
  }
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
