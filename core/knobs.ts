import { parseWindow } from './window.js'

/**
 * What a person turns while a run is under way, over what its config says, until the next apply. Absent: as the config
 * says. 0 rows per second: no limit.
 */
export interface Knobs {
  readonly parallelism?: number
  readonly chunkBytes?: number
  readonly rowsPerSecond?: number
  /** Hours in which rows may be read: `22:00-05:00 Europe/Paris`; null: all. */
  readonly window?: string | null
}

/** What there is to turn. */
export const KNOBS = ['parallelism', 'chunkBytes', 'rowsPerSecond', 'window'] as const satisfies (keyof Knobs)[]

/** Sessions of one run: more than any server gains by. */
export const MOST_PARALLELISM = 64

/** Without whatever else came with them. */
export const onlyKnobs = (knobs: Knobs): Knobs =>
  Object.fromEntries(Object.entries(knobs).filter(([name]) => KNOBS.some((knob) => knob === name)))

/** Whatever came as one: a signal comes from anybody. */
export function isKnobs(value: unknown): value is Knobs {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { parallelism, chunkBytes, rowsPerSecond, window } = value as Record<string, unknown>
  const isCount = (one: unknown, least: number): boolean =>
    one === undefined || (typeof one === 'number' && Number.isInteger(one) && one >= least)
  const isHours = typeof window === 'string' && parseWindow(window) !== null
  const isWindow = window === undefined || window === null || isHours
  const isWide = isCount(parallelism, 1) && !(Number(parallelism) > MOST_PARALLELISM)
  return isWide && isCount(chunkBytes, 1) && isCount(rowsPerSecond, 0) && isWindow
}
