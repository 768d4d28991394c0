import { randomInt } from 'node:crypto'

const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i))
const pick = <T>(list: readonly T[]): T => list[randomInt(list.length)] as T

const NUMBERS = [
  '0',
  '-0',
  '-0.0',
  '1.50',
  '1e5',
  '1E+5',
  '1.5e-3',
  '-12.340e2',
  '0e7',
  '0.000',
  '123456789012345678901234567890',
]
const PIECES = ['a', 'bb', 'é', '😀', '東京', ' ', '\\n', '\\t', '\\"', '\\\\', '\\/', '\\b', '\\f', '\\r', '\x7f', '/']
const UNICODE = [
  '\\u00e9',
  '\\u001f',
  '\\u0041',
  '\\u0022',
  '\\u005C',
  '\\ud83d\\ude00',
  '\\uFFFF',
  '\\u000a',
  '\\u007f',
]
const SPACES = ['', '', ' ', '\n', '\t ', '\r\n']

const randomString = (): string => `"${many(randomInt(6), () => pick(randomInt(3) ? PIECES : UNICODE)).join('')}"`
const number = (): string =>
  pick([...NUMBERS, String(randomInt(1000)), String(Math.random()), String(-Math.random() * 1e30)])
const scalar = (): string =>
  pick([number, number, randomString, randomString, () => 'true', () => 'false', () => 'null'])()
const space = (): string => pick(SPACES)

/** JSON text as people and programs write it: white space, escapes, equal keys, any order, any spelling of numbers. */
export function randomJson(depth = 4): string {
  const kind = depth === 0 ? 0 : randomInt(4)
  if (kind < 2) return space() + scalar() + space()
  const parts = many(randomInt(5), () => randomJson(depth - 1))
  if (kind === 2) return `${space()}[${parts.join(',') || space()}]${space()}`
  const key = (): string => pick([randomString, () => pick(['"a"', '"b"', '"aa"', '"ab"', '""', '"\\u0061"'])])()
  return `${space()}{${parts.map((part) => `${space()}${key()}${space()}:${part}`).join(',') || space()}}${space()}`
}
