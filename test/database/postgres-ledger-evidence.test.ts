import { describe, expect, it } from 'vitest'
import type { LedgerPort } from '../../core/ledger.js'
import type { ProofKind, ProofRequest } from '../../core/proof.js'
import { recordMended } from '../../databases/postgres/ledger/mended.js'
import { RUN, withLedger } from '../support/ledger.js'

const proofOf = (proof: string, kind: ProofKind = 'verify'): ProofRequest => ({
  ...{ proof, run: RUN, kind, withSource: true, witness: 0, tables: null },
})

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')
const bucket = (count: number, sum: number): string => hex(count, 16) + hex(sum, 32)
const part = (ordinal: number, value: string, side: 'T' | 'S1' = 'T') => ({
  ...{ side, ordinal, digest: { rows: 3, bytes: 30, value } },
})

const open = (ledger: LedgerPort): Promise<void> =>
  ledger.openRun({ run: RUN, version: 1, label: 'snapshot', tables: [0, 1].map((table) => ({ table, bundle: null })) })

describe('what evidence is made of', () => {
  it('is all there, page after page, in the order of proofs, sides and parts', () =>
    withLedger(async (ledger) => {
      await open(ledger)
      const wanted: string[] = []
      for (const proof of [`${RUN}.2`, `${RUN}.10`]) {
        await ledger.openProof(proofOf(proof), [0])
        for (const side of ['S1', 'T'] as const)
          for (let ordinal = 0; ordinal < 130; ordinal++) {
            await ledger.addProofPart(proof, 0, part(ordinal, hex(ordinal, 64), side), 1, 'w')
            wanted.push(`${proof} ${side} ${ordinal}`)
          }
      }
      const { parts } = await ledger.evidenceRows(RUN, 0)
      expect(parts.map(({ proof, side, ordinal }) => `${proof} ${side} ${ordinal}`)).toEqual(wanted)
      expect(parts[7]?.digest.value).toBe(hex(7, 64))
      expect((await ledger.evidenceRows(RUN, 1)).parts).toEqual([])
    }))

  it('keeps of a digest in buckets their total alone', () =>
    withLedger(async (ledger) => {
      await open(ledger)
      await ledger.openProof(proofOf(`${RUN}.2`), [0])
      await ledger.addProofPart(`${RUN}.2`, 0, part(0, bucket(1, 5) + bucket(2, 9)), 1, 'w')
      const [found] = (await ledger.evidenceRows(RUN, 0)).parts
      expect(found?.digest).toEqual({ rows: 3, bytes: 30, value: bucket(3, 14) })
    }))
})

describe('a proof', () => {
  it('names what its own parts came to: S0 of before a repair is gone, and buckets have none', () =>
    withLedger(async (ledger, pool) => {
      await open(ledger)
      const [before, repair] = [`${RUN}.2`, `${RUN}.3`]
      const value = hex(1, 64)
      await ledger.claimAll(RUN, [0, 1], 'w1')
      await pool.query(
        `update nightferry.chunk set state = 'done', rows_read = 3, rows_loaded = 3, bytes = 30, digest = decode($1, 'hex')`,
        [value],
      )
      await ledger.openProof(proofOf(before), [0, 1])
      await ledger.addProofPart(before, 0, part(0, value), 1, 'w1')
      await ledger.cutPages(before, 1, 1, 1)
      await ledger.addProofPart(before, 1, part(0, bucket(3, 1)), 1, 'w1')
      await ledger.closeProof(before)
      const sums = async (proof: string) => (await ledger.proofReport(proof))?.tables.map(({ s0, t }) => [s0, t])
      const first = await sums(before)
      expect(first?.[0]?.[0]).toMatch(/^[0-9a-f]{64}$/)
      expect(first?.[0]?.[1]).toBe(first?.[0]?.[0])
      expect(first?.[1]).toEqual([null, null])

      await ledger.openProof(proofOf(repair, 'repair'), [0])
      const digest = { rows: 4, bytes: 40, value: hex(2, 64) }
      const mended = { deleted: 0, inserted: 1, chunks: 1, rows: 4 }
      await recordMended(pool, proofOf(repair, 'repair'), 0, mended, [{ ordinal: 0, digest }], 'w2')
      expect((await sums(before))?.[0]).toEqual([null, first?.[0]?.[1]])
      expect((await sums(repair))?.[0]?.[0]).toMatch(/^[0-9a-f]{64}$/)
      const [chunk] = (await ledger.evidenceRows(RUN, 0)).chunks
      expect(chunk).toMatchObject({ digest, by: 'w2', at: expect.stringMatching(/Z$/) })
    }))
})
