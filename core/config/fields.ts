import { z } from 'zod'
import { DURATION_PATTERN, formatDuration, parseDuration } from './durations.js'

/** Kinds of values that several groups of keys have. Messages end a sentence that begins with the path and the value. */
export const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words, right: string) =>
  z.enum(words, { error: () => right })

/** A time as a person writes it, within bounds in milliseconds. */
export function duration(from: number, to: number) {
  const right = `must be a time from ${formatDuration(from)} to ${formatDuration(to)}, such as 1s or 10m`
  const fits = (value: unknown): boolean => {
    const milliseconds = parseDuration(String(value))
    return milliseconds !== null && milliseconds >= from && milliseconds <= to
  }
  return z
    .union([z.literal(0), z.string().meta({ pattern: DURATION_PATTERN.source })], { error: () => right })
    .refine(fits, { error: right })
}

/** A whole number within bounds. */
export function whole(from: number, to: number, of: string) {
  const right = `must be a whole number of ${of} from ${from} to ${to}`
  return z
    .int({ error: () => right })
    .min(from, right)
    .max(to, right)
}

/** A program and its arguments: never a line for a shell. */
export function commandLine(example: string) {
  const right = `must be a list: a program and its arguments, such as ${example}`
  return z.array(z.string({ error: () => right }).min(1, right), { error: () => right }).min(1, right)
}
