/** Numbers as a person reads them. Counts are exact unless they say `about`. */

const group = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** `1,234,567` */
export const count = (n: number): string => group.format(n)

/** `1 table`, `20 tables` */
export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** `12.3 MB`: decimal units. */
export function bytes(n: number): string {
  let value = n
  let unit = 0
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1
  return `${value.toFixed(digits)} ${UNITS[unit]}`
}

/** An estimate, with no more digits than it is worth: `about 400,000`. */
export const about = (n: number): string => `about ${count(rounded(n))}`

/** `about 400,000 rows` */
export const aboutRows = (n: number): string => `${about(n)} ${n === 1 ? 'row' : 'rows'}`

/** Two significant digits. */
export function rounded(n: number): number {
  if (n < 100) return Math.round(n)
  const scale = 10 ** (Math.floor(Math.log10(n)) - 1)
  return Math.round(n / scale) * scale
}

export const aboutBytes = (n: number): string => `about ${bytes(rounded(n)).replace('.0 ', ' ')}`

/** `0.42 s`, `12.3 s`, `3 min 05 s`, `1 h 12 min` */
export function seconds(s: number): string {
  if (s < 1) return `${s.toFixed(2)} s`
  if (s < 59.95) return `${s.toFixed(1)} s`
  const whole = Math.round(s)
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`
}

/** For a forecast: no fractions. */
export function timeLeft(s: number): string {
  return s < 59.5 ? `${Math.max(1, Math.round(s))} s` : seconds(Math.round(s))
}

/** `2026-11-20 03:00:00 UTC` */
export const moment = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`
