import type { BenchCase } from './case.js'
import { columns400, value60 } from './memory.js'
import { narrow } from './narrow.js'
import { wide, wideProof } from './wide.js'

export const CASES = {
  wide: { make: wide, rows: 2_000_000 },
  'wide-proof': { make: wideProof, rows: 2_000_000 },
  narrow: { make: narrow, rows: 3_000_000 },
  value60: { make: value60, rows: 1_000 },
  columns400: { make: columns400, rows: 50_000 },
} as const satisfies Record<string, { make: (rows: number) => BenchCase; rows: number }>

export type CaseName = keyof typeof CASES

export const isCaseName = (text: string): text is CaseName => Object.hasOwn(CASES, text)

/** `rows` null: as many as the wishes speak of. */
export const makeCase = (name: CaseName, rows: number | null): BenchCase => CASES[name].make(rows ?? CASES[name].rows)
