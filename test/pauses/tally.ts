import { PHASES, type Phase } from './phases.js'

export interface Paused {
  readonly phase: Phase
  /** Milliseconds until the answer, and until no session of ours worked any more. */
  readonly answered: number
  readonly stopped: number
  /** What worked last. */
  readonly what: readonly string[]
  /** How often that was looked at. */
  readonly looks: number
}

/** Pauses so far: which are still wanted, and what they took. */
export class Tally {
  readonly paused: Paused[] = []

  constructor(
    private readonly inAll: number,
    private readonly ofEach: number,
  ) {}

  count(phase: Phase): number {
    return this.paused.filter((one) => one.phase === phase).length
  }

  /** The phase with the fewest pauses among those open, if one more of it is wanted; a pause counts once. */
  wanted(open: readonly Phase[]): Phase | null {
    const [phase] = open.toSorted((a, b) => this.count(a) - this.count(b))
    if (phase === undefined) return null
    const beyond = PHASES.reduce((sum, one) => sum + Math.max(0, this.count(one) - this.ofEach), 0)
    return this.count(phase) < this.ofEach || beyond < this.inAll - PHASES.length * this.ofEach ? phase : null
  }

  isFull(): boolean {
    return this.paused.length >= this.inAll && PHASES.every((phase) => this.count(phase) >= this.ofEach)
  }

  lines(): string[] {
    const milliseconds = (numbers: readonly number[]): string => {
      const sorted = numbers.toSorted((a, b) => a - b)
      return `median ${Math.round(sorted[sorted.length >> 1] ?? 0)} ms, slowest ${Math.round(sorted.at(-1) ?? 0)} ms`
    }
    const line = (name: string, some: readonly Paused[]): string =>
      `${name}: ${some.length} pauses; answered ${milliseconds(some.map(({ answered }) => answered))}; stopped ${milliseconds(some.map(({ stopped }) => stopped))}`
    const slowest = this.paused.toSorted((a, b) => b.stopped - a.stopped)[0]
    return [
      ...PHASES.map((phase) =>
        line(
          phase,
          this.paused.filter((one) => one.phase === phase),
        ),
      ),
      line('all', this.paused),
      `the slowest, in ${slowest?.phase}, last at: ${slowest?.what.join('; ')}`,
    ]
  }
}
