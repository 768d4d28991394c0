import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../core/canonical-json.js'
import type { EvidenceRows } from '../../core/evidence.js'
import { tableEvidence } from '../../core/evidence-of.js'
import { WHOLE } from '../../core/key-range.js'
import type { ProofReport, TableProof } from '../../core/proof.js'
import { plannedTable } from '../support/client-documents.js'

const digest = (value: string, rows = 1) => ({ rows, bytes: 10, value })
const NONE: EvidenceRows = { chunks: [], parts: [], witness: [], mended: [] }

const chunk = (ordinal: number, value: string | null, by = 'w1') => ({
  ...{ ordinal, range: WHOLE, digest: value === null ? null : digest(value), rows: 1, bytes: 10, by },
  at: `2026-11-20T03:00:0${ordinal}.000Z`,
})

const proved = (differs: Partial<TableProof> = {}): ProofReport => ({
  ...{ format: 1, migration: 'shop', proof: 'r', run: 'r', kind: 'load', withSource: false, witness: 0.01 },
  ...{ started: '2026-11-20T03:00:00.000Z', ended: null, verdict: 'equal', differences: 0 },
  tables: [
    {
      ...{
        table: 'orders',
        verdict: 'equal',
        form: 'ordered',
        rowsSource: 2,
        rowsTarget: 2,
        differences: 0,
        seconds: 1,
      },
      ...{ s0: 'over-s0', t: 'over-t', s1: null, witness: null },
      ...differs,
    },
  ],
})

const where = () => ({ source: 'a', target: 'b' })
const of = (rows: Partial<EvidenceRows>, proofs = [proved()], table = plannedTable('orders')) =>
  tableEvidence(table, { ...NONE, ...rows }, proofs, 'snapshot', where)

describe('the evidence of a table', () => {
  it('names each part with its digest, who took it and when, and the whole over them', () => {
    const said = of({ chunks: [chunk(0, 'aa', 'w2'), chunk(1, 'bb')] })
    expect(said.copied).toEqual({
      ...{ rows: 2, digest: 'over-s0', by: ['w1', 'w2'] },
      ...{ from: '2026-11-20T03:00:00.000Z', to: '2026-11-20T03:00:01.000Z' },
    })
    expect(said.parts.map(({ ordinal, digest: value, by, where: sql }) => [ordinal, value, by, sql.target])).toEqual([
      [0, 'aa', 'w2', 'b'],
      [1, 'bb', 'w1', 'b'],
    ])
    expect(said).toMatchObject({ label: 'snapshot', order: [{ column: 'id', descending: false }] })
  })

  it('names the parts of a proof that were not equal, and only those', () => {
    const part = (side: 'T' | 'S1', ordinal: number, value: string, proof = 'r') => ({
      ...{ proof, side, ordinal, digest: digest(value, 3), by: 'w1', at: '2026-11-20T04:00:00.000Z' },
    })
    const parts = [part('T', 0, 'aa'), part('T', 1, 'cc'), part('S1', 1, 'dd'), part('T', 1, 'ee', 'other')]
    const [said] = of({ chunks: [chunk(0, 'aa'), chunk(1, 'bb')], parts }).proofs
    expect(said?.unequal).toEqual([
      { side: 'T', ordinal: 1, rows: 3, digest: 'cc' },
      { side: 'S1', ordinal: 1, rows: 3, digest: 'dd' },
    ])
    expect(said?.target).toMatchObject({ rows: 6, digest: 'over-t' })
    expect(said?.source).toMatchObject({ rows: 3, digest: null })
  })

  it('does not hold a proof of before a repair against digests that the repair wrote', () => {
    const parts = ['r.2', 'r'].map((proof) => ({
      ...{ proof, side: 'T' as const, ordinal: 0, digest: digest('old'), by: 'w1', at: '2026-11-20T04:00:00.000Z' },
    }))
    const mended = [{ proof: 'r.2', deleted: 1, inserted: 1, at: '2026-11-21T03:00:00.000Z' }]
    const proofs = [{ ...proved(), proof: 'r.2', kind: 'repair' as const }, proved()]
    const said = of({ chunks: [chunk(0, 'new')], parts, mended }, proofs).proofs
    expect(said.map(({ unequal }) => unequal.length)).toEqual([1, 0])
    expect(of({ chunks: [chunk(0, 'new')], parts }, proofs).proofs.map(({ unequal }) => unequal.length)).toEqual([1, 1])
  })

  it('adds up what its buckets hold, over all parts, and gives no part a digest of its own', () => {
    const bucket = (count: number, sum: bigint) =>
      count.toString(16).padStart(16, '0') + sum.toString(16).padStart(32, '0')
    const most = (1n << 128n) - 1n
    const chunks = [chunk(0, bucket(1, most) + bucket(2, 5n)), chunk(1, bucket(0, 0n) + bucket(1, 3n))]
    const said = of({ chunks }, [proved()], plannedTable('orders', { key: null }))
    expect(said.form).toMatchObject({ form: 'buckets' })
    expect(said.copied?.digest).toBe(7n.toString(16).padStart(32, '0'))
    expect(said.parts.map((part) => part.digest)).toEqual([null, null])
    expect(said.order).toBeNull()
  })

  it('calls nothing copied of which a part has no digest', () => {
    expect(of({ chunks: [chunk(0, 'aa'), chunk(1, null)] }).copied).toBeNull()
    expect(of({}).copied).toBeNull()
  })

  it('is of no one moment any more once rows were mended', () => {
    const mended = [{ proof: 'r.2', deleted: 1, inserted: 2, at: '2026-11-21T03:00:00.000Z' }]
    expect(of({ mended })).toMatchObject({ label: 'best-effort', mended })
  })
})

describe('canonical JSON', () => {
  it('is one text for one value, whatever the order of its keys, and survives being read', () => {
    const value = { b: [1, { z: null, a: '\u0000\ud800é' }], a: undefined, '10': 1, '9': 2 }
    const text = canonicalJson(value)
    expect(text).toBe('{"10":1,"9":2,"b":[1,{"a":"\\u0000\\ud800é","z":null}]}')
    expect(canonicalJson(JSON.parse(text))).toBe(text)
    expect(text).not.toContain('\n')
    expect(createHash('sha256').update(text).digest('hex')).toHaveLength(64)
  })
})
