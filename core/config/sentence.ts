import type { ConfigIssue } from './parse.js'

/** `limits.parallelism ("many") must be a whole number from 1 to 64`: where, what stands there, what would be right. */
export function issueSentence({ path, value, message }: ConfigIssue): string {
  const place = pathText(path) || 'the configuration'
  if (!message.startsWith('must be')) return `${place}${valueText(value)} ${message}`
  return value === undefined ? `${place} is missing: it ${message}` : `${place}${valueText(value)} ${message}`
}

/** `casts[2].to`. */
export const pathText = (path: ConfigIssue['path']): string =>
  path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('')

const LONGEST = 60

function valueText(value: unknown): string {
  if (value === undefined) return ''
  if (value === null) return ' (empty)'
  if (Array.isArray(value)) return ' (a list)'
  if (typeof value === 'object') return ' (a group of keys)'
  const text = value === '(hidden)' ? 'hidden' : JSON.stringify(value)
  return ` (${text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text})`
}
