/** One step of obtaining or starting a server, as a person is told of it. Seconds count from the step's start. */
export interface Step {
  /** `PostgreSQL 18: make the data folder`. */
  readonly step: string
  readonly state: 'started' | 'working' | 'done' | 'failed'
  readonly seconds: number
  /** What came of it, or how far it is. */
  readonly note: string | null
}

export type Report = (step: Step) => void

/** Gives the step's own words for how far it is, or for what came of it. */
type Note = (text: string | null) => void

const ALIVE_EVERY_MS = 5_000

/**
 * Runs one step and reports its start, a sign of life every five seconds, and its end with its seconds.
 * A failure is reported and thrown on unchanged.
 */
export async function step<T>(report: Report, name: string, work: (note: Note) => Promise<T>): Promise<T> {
  const begun = performance.now()
  let note: string | null = null
  const say = (state: Step['state'], text: string | null): void =>
    report({ step: name, state, seconds: (performance.now() - begun) / 1000, note: text })
  say('started', null)
  const alive = setInterval(() => say('working', note), ALIVE_EVERY_MS)
  try {
    const result = await work((text) => (note = text))
    say('done', note)
    return result
  } catch (error) {
    say('failed', error instanceof Error ? (error.message.split('\n')[0] ?? null) : String(error))
    throw error
  } finally {
    clearInterval(alive)
  }
}

/** A step as one line: `  PostgreSQL 18: start (0.4 s): 127.0.0.1:40123`. Null for those not worth a line. */
export function stepLine({ step, state, seconds, note }: Step): string | null {
  const tail = note === null ? '' : `: ${note}`
  const clock = `(${seconds.toFixed(1)} s)`
  switch (state) {
    case 'started':
      return null
    case 'working':
      return `  ... ${step} ${clock}${tail}`
    case 'done':
      return `  ${step} ${clock}${tail}`
    case 'failed':
      return `  ${step}: failed after ${seconds.toFixed(1)} s${tail}`
  }
}
