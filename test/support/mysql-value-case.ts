import { randomBytes, randomInt } from 'node:crypto'
import type { Encoding } from '../../core/cast.js'

/** One encoding with a source type, a target type and values that must come out as PostgreSQL prints them. */
export interface ValueCase {
  readonly name: string
  readonly mysql: string
  readonly postgres: string
  readonly encoding: Encoding
  /** SQL literals. */
  readonly values: readonly string[]
  /** Where the type exists. */
  readonly only?: 'mariadb' | 'vector'
}

/** What cases are made of: SQL literals, and randomness. */
export const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i))
export const digits = (n: number): string => many(n, () => String(randomInt(10))).join('')
export const hex = (bytes: Buffer): string => `X'${bytes.toString('hex')}'`
export const quoted = (text: string): string => `_utf8mb4 X'${Buffer.from(text).toString('hex')}'`

export const randomFloat = (): string => {
  const bytes = randomBytes(4)
  return Number.isFinite(bytes.readFloatLE()) ? String(bytes.readFloatLE()) : '0'
}
