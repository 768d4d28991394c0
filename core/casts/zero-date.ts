import type { ZeroDatePolicy } from '../cast.js'

const DATE = /^(\d{4})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?)?$/
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** True for a day that the calendar has, from year 1 on: PostgreSQL refuses year 0. */
function isDay(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > DAYS[month - 1]!) return false
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return !(month === 2 && day === 29 && !leap)
}

/** The parts of `YYYY-MM-DD[ HH:MM:SS[.f]]`, or null where the text is none or the calendar has no such day. */
function parse(text: string): { day: string; time: string; fraction: string } | null {
  const match = DATE.exec(text)
  if (!match || !isDay(Number(match[1]), Number(match[2]), Number(match[3]))) return null
  const [hour, minute, second] = [match[4] ?? '00', match[5] ?? '00', match[6] ?? '00']
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null
  const fraction = (match[7] ?? '').replace(/0+$/, '')
  return { day: text.slice(0, 10), time: `${hour}:${minute}:${second}`, fraction: fraction && `.${fraction}` }
}

/** `refuse`, `null`, a date, a date with a time, `infinity` or `-infinity`; null for anything else. */
export function parseZeroDatePolicy(text: string): ZeroDatePolicy | null {
  if (text === 'refuse' || text === 'null') return { do: text }
  return /^-?infinity$/.test(text) || parse(text) ? { do: 'literal', value: text } : null
}

/** As PostgreSQL prints it under ISO and UTC; null where the text is no such value. */
export function canonicalMoment(text: string, as: 'date' | 'timestamp' | 'timestamptz'): string | null {
  if (/^-?infinity$/.test(text)) return text
  const parts = parse(text)
  if (!parts) return null
  if (as === 'date') return parts.time === '00:00:00' && parts.fraction === '' ? parts.day : null
  return `${parts.day} ${parts.time}${parts.fraction}${as === 'timestamptz' ? '+00' : ''}`
}
