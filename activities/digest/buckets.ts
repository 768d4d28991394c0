import { createHash, hash, type Hash } from 'node:crypto'
import type { Digester } from './digester.js'

const NEWLINE = 0x0a
/** Of a bucket in the digest: a count and a sum, big-endian. */
export const COUNT_BYTES = 8
export const SUM_BYTES = 16
const LIMBS = SUM_BYTES / 4
/** So many sums of 32 bits stay exact in a double before they are carried. */
const CARRY_EVERY = 2 ** 20

/**
 * Order-independent: a line (without its newline, which no value holds unescaped) falls into the bucket that the last four
 * bytes of its SHA-256 name, and adds the first sixteen to the bucket's sum modulo 2^128. The sum is of a cryptographic
 * hash, so that a duplicate and a vanished row do not make up for each other.
 */
export class BucketDigester implements Digester {
  readonly #buckets: number
  readonly #onLine: ((hash: Buffer) => void) | null
  readonly #counts: Float64Array
  readonly #sums: Float64Array
  #lines = 0
  /** A line that began in an earlier block. */
  #begun: Hash | null = null

  /** `onLine` is shown the hash of each line that is written. */
  constructor(buckets: number, onLine: ((hash: Buffer) => void) | null = null) {
    this.#buckets = buckets
    this.#onLine = onLine
    this.#counts = new Float64Array(buckets)
    this.#sums = new Float64Array(buckets * LIMBS)
  }

  write(block: Uint8Array): void {
    let from = 0
    for (;;) {
      const end = block.indexOf(NEWLINE, from)
      if (end === -1) break
      const line = block.subarray(from, end)
      // In one call where the line lies in one block: a third cheaper than making a hash object for each.
      const digest = this.#begun === null ? hash('sha256', line, 'buffer') : this.#begun.update(line).digest()
      this.#add(digest)
      this.#onLine?.(digest)
      this.#begun = null
      from = end + 1
    }
    if (from < block.length) this.#begun = (this.#begun ?? createHash('sha256')).update(block.subarray(from))
  }

  /** One addition, however often: a table without a key may hold a line ten million times. */
  lines(line: Uint8Array, times: number): void {
    if (this.#begun !== null) throw new Error('a line is under way')
    const digest = hash('sha256', line, 'buffer')
    const sum = BigInt(`0x${digest.toString('hex', 0, SUM_BYTES)}`) * BigInt(times)
    const product = Buffer.from(
      BigInt.asUintN(8 * SUM_BYTES, sum)
        .toString(16)
        .padStart(2 * SUM_BYTES, '0'),
      'hex',
    )
    this.#add(Buffer.concat([product, digest.subarray(SUM_BYTES)]), times)
  }

  #add(digest: Buffer, times = 1): void {
    const bucket = bucketOf(digest, this.#buckets)
    const at = bucket * LIMBS
    this.#counts[bucket] = (this.#counts[bucket] as number) + times
    for (let limb = 0; limb < LIMBS; limb++)
      this.#sums[at + limb] = (this.#sums[at + limb] as number) + digest.readUInt32BE(limb * 4)
    if (++this.#lines % CARRY_EVERY === 0) this.#carry()
  }

  #carry(): void {
    for (let bucket = 0; bucket < this.#buckets; bucket++) {
      let over = 0
      for (let limb = LIMBS - 1; limb >= 0; limb--) {
        const at = bucket * LIMBS + limb
        const value = (this.#sums[at] as number) + over
        over = Math.floor(value / 2 ** 32)
        this.#sums[at] = value - over * 2 ** 32
      }
    }
  }

  value(): string {
    if (this.#begun !== null) throw new Error('the last line did not end')
    this.#carry()
    const digest = Buffer.alloc(this.#buckets * (COUNT_BYTES + SUM_BYTES))
    for (let bucket = 0, at = 0; bucket < this.#buckets; bucket++) {
      at = digest.writeBigUInt64BE(BigInt(this.#counts[bucket] as number), at)
      for (let limb = 0; limb < LIMBS; limb++)
        at = digest.writeUInt32BE(this.#sums[bucket * LIMBS + limb] as number, at)
    }
    return digest.toString('hex')
  }
}

/** Which bucket a line's SHA-256 falls into. */
export const bucketOf = (hash: Buffer, buckets: number): number => hash.readUInt32BE(hash.length - 4) % buckets
