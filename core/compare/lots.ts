import { HASH_AT, wordAt } from './hash-words.js'
import { identityFields, type Identity } from './identity.js'

/**
 * The lines that are looked at together, so that memory stays bounded: those whose lot ends in these bits. Rows of one key
 * have one lot, whatever their cells.
 */
export interface Lots {
  readonly bits: number
  readonly value: number
}

export const ALL_LOTS: Lots = { bits: 0, value: 0 }

export const MOST_BITS = 32
/** What is left is of the line itself, for a key that the target has a million times: its rows may be told apart then. */
const KEY_MASK = 0xfffff

/** 32 bits: the lower ones by the key's fields, or by the line where there is no key. */
export function lotOf(identity: Identity | null, line: Uint8Array, hash: Uint8Array): number {
  const ofLine = wordAt(hash, HASH_AT.lot)
  if (identity === null) return ofLine
  return ((ofLine & ~KEY_MASK) | (keyHash(identityFields(identity, line)) & KEY_MASK)) >>> 0
}

/** FNV-1a, whose bits are mixed at the end: its lowest are its worst. */
export function keyHash(fields: readonly Uint8Array[]): number {
  let hash = 0x811c9dc5
  for (const field of fields) {
    for (let i = 0; i < field.length; i++) hash = Math.imul(hash ^ (field[i] as number), 0x01000193)
    hash = Math.imul(hash ^ 0x09, 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

export const isOf = ({ bits, value }: Lots, lot: number): boolean => (lot & (2 ** bits - 1)) >>> 0 === value

export function halvesOf({ bits, value }: Lots): [Lots, Lots] {
  if (bits === MOST_BITS) throw new RangeError('lines that all have one lot')
  return [
    { bits: bits + 1, value },
    { bits: bits + 1, value: value + 2 ** bits },
  ]
}
