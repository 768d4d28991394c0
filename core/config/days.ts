import type { Day } from './types.js'

/** Monday first. */
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const satisfies readonly Day[]

const NAME = `(?:${DAYS.join('|')})`
const PART = `${NAME}(?:-${NAME})?`

/** `mon-fri`, `sat`, `mon,wed,fri-sun`: over the week's end as well (`sat-mon`). */
export const DAYS_PATTERN = new RegExp(`^${PART}(?:, ?${PART})*$`)

/** The days as a person writes them, Monday first, each once; null where they are none. */
export function parseDays(text: string): Day[] | null {
  if (!DAYS_PATTERN.test(text)) return null
  const meant = new Set(text.split(',').flatMap((part) => range(part.trim())))
  return DAYS.filter((day) => meant.has(day))
}

function range(part: string): Day[] {
  const [from, to = from] = part.split('-').map((name) => DAYS.findIndex((day) => day === name))
  if (from === undefined || to === undefined) return []
  const days: Day[] = []
  for (let i = from; ; i = (i + 1) % 7) {
    days.push(DAYS[i] as Day)
    if (i === to) return days
  }
}

/** The shortest spelling that parses to these: `mon-fri`, `mon,wed`; runs of three and more in one word. */
export function formatDays(days: readonly Day[]): string {
  const runs: Day[][] = []
  for (const day of DAYS.filter((one) => days.includes(one))) {
    const last = runs.at(-1)
    if (last !== undefined && DAYS.indexOf(last.at(-1) as Day) + 1 === DAYS.indexOf(day)) last.push(day)
    else runs.push([day])
  }
  return runs.map((run) => (run.length > 2 ? `${run[0]}-${run.at(-1)}` : run.join(','))).join(',')
}
