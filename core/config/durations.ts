const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const

/** `1s`, `500ms`, `10m`, `1.5h`: a number always has its unit, since a bare 10 could be either. */
export const DURATION_PATTERN = /^(\d+(?:\.\d+)?) ?(ms|s|m|h)$/

/** Milliseconds of a duration as a person writes it, and 0 for a bare 0; null where it is none. */
export function parseDuration(text: string): number | null {
  if (text.trim() === '0') return 0
  const match = DURATION_PATTERN.exec(text.trim())
  if (!match) return null
  const milliseconds = Math.round(Number(match[1]) * UNITS[match[2] as keyof typeof UNITS])
  return Number.isSafeInteger(milliseconds) ? milliseconds : null
}

/** The shortest spelling that parses to exactly these milliseconds: `1s`, `1500ms`, `10m`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0'
  const fitting = Object.entries<number>(UNITS)
    .reverse()
    .find(([, size]) => milliseconds % size === 0)
  const [unit, size] = fitting ?? ['ms', 1]
  return `${milliseconds / size}${unit}`
}
