import { BYTES_PATTERN, formatBytes, parseBytes } from '../core/config/bytes.js'
import { type Knobs, MOST_PARALLELISM } from '../core/knobs.js'
import { nearest } from '../core/text.js'
import { parseWindow } from '../core/window.js'
import { EXIT } from './exit-codes.js'
import { Problem } from './problem.js'
import { count } from '../core/numbers.js'
import { plain } from './render/text.js'

/** What `set` turns, and what it takes back. */
export interface Settings {
  readonly knobs: Knobs
  readonly reset: readonly (keyof Knobs)[]
}

interface Knob {
  readonly key: keyof Knobs
  /** What a value is, for whoever typed another. */
  readonly wants: string
  /** Undefined: it is none. */
  readonly read: (text: string) => number | string | null | undefined
  readonly show: (value: number | string | null) => string
}

/** By the config's own keys. */
const KNOBS: Readonly<Record<string, Knob>> = {
  parallelism: {
    key: 'parallelism',
    wants: `a whole number from 1 to ${MOST_PARALLELISM}`,
    read: (text) => whole(text, 1, MOST_PARALLELISM),
    show: String,
  },
  chunk_bytes: {
    key: 'chunkBytes',
    wants: 'a size of at least 1B, such as 64MB',
    read: (text) => (BYTES_PATTERN.test(text) ? (parseBytes(text) ?? undefined) : undefined),
    show: (value) => formatBytes(Number(value)),
  },
  rows_per_second: {
    key: 'rowsPerSecond',
    wants: 'a whole number; 0 is no limit',
    read: (text) => whole(text, 0, Number.MAX_SAFE_INTEGER),
    show: (value) => (value === 0 ? '0 (no limit)' : count(Number(value))),
  },
  window: {
    key: 'window',
    wants: 'hours such as "22:00-05:00 Europe/Paris"; none is all hours',
    // Whether there is such a zone, the worker knows.
    read: (text) => (text === 'none' ? null : parseWindow(text) === null ? undefined : text),
    show: (value) => (value === null ? 'none (all hours)' : plain(String(value))),
  },
}

/** `key=value` as typed; `key=default` takes it back. A Problem names the first that is wrong. */
export function readSettings(typed: readonly string[]): Settings {
  const knobs: Record<string, number | string | null> = {}
  const reset: (keyof Knobs)[] = []
  const seen = new Set<string>()
  for (const one of typed) {
    const [, name = '', text = ''] = /^([^=]*)=(.*)$/s.exec(one) ?? []
    const knob = Object.hasOwn(KNOBS, name) ? KNOBS[name] : undefined
    if (knob === undefined) throw unknownKnob(one, name)
    if (seen.has(name)) throw wrong(`${name} is set twice`, 'Say each knob once.')
    seen.add(name)
    if (text === 'default') reset.push(knob.key)
    else {
      const value = knob.read(text)
      if (value === undefined) throw wrong(`${plain(one)}: ${name} is ${knob.wants}`, TAKE_BACK(name))
      knobs[knob.key] = value
    }
  }
  return { knobs, reset }
}

const TAKE_BACK = (name: string): string => `Correct it; \`${name}=default\` takes back what was set.`

function unknownKnob(typed: string, name: string): Problem {
  const known = Object.keys(KNOBS)
  if (!typed.includes('=')) return wrong(`${plain(typed)} is not KNOB=VALUE`, `Knobs are ${known.join(', ')}.`)
  const near = nearest(name, known)
  return wrong(`there is no knob ${plain(name)}`, near ? `Did you mean ${near}?` : `Knobs are ${known.join(', ')}.`)
}

const wrong = (message: string, remedy: string): Problem => new Problem(EXIT.usage, message, remedy)

function whole(text: string, least: number, most: number): number | undefined {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN
  return value >= least && value <= most ? value : undefined
}

/** `parallelism 2, rows_per_second 20,000`, by the config's own keys; empty where nothing is turned. */
export const knobList = (knobs: Knobs): string =>
  Object.entries(KNOBS)
    .flatMap(([name, { key, show }]) => {
      const value = knobs[key]
      return value === undefined ? [] : `${name} ${show(value)}`
    })
    .join(', ')
