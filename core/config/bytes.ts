const UNITS = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 } as const

/** `64MB`: whole or decimal, units all in capitals or all small, also kB; 1,024 to the next one (as PostgreSQL's own settings have it). */
export const BYTES_PATTERN = /^(\d+(?:\.\d+)?) ?([KMGT]?B|[kmgt]?b|kB)?$/

/** Bytes of a size as a person writes it; null where it is none or below one byte. */
export function parseBytes(text: string): number | null {
  const match = BYTES_PATTERN.exec(text.trim())
  if (!match) return null
  const unit = (match[2] ?? 'B').toUpperCase() as keyof typeof UNITS
  const bytes = Math.floor(Number(match[1]) * UNITS[unit])
  return bytes >= 1 && Number.isSafeInteger(bytes) ? bytes : null
}

/** The shortest spelling that parses to exactly these bytes: `64MB`, `1536KB`, `1B`. */
export function formatBytes(bytes: number): string {
  const fitting = Object.entries<number>(UNITS)
    .reverse()
    .find(([, size]) => bytes % size === 0)
  const [unit, size] = fitting ?? ['B', 1]
  return `${bytes / size}${unit}`
}
