import { createHash } from 'node:crypto'
import type { DigestForm } from '../../core/proof.js'
import { BucketDigester } from './buckets.js'

/** Takes canonical COPY text, block by block as it comes; a block may end within a line. */
export interface Digester {
  write(block: Uint8Array): void
  /** Hexadecimal, as `Digest.value`. Once, at the end. */
  value(): string
}

export function digesterOf(form: DigestForm): Digester {
  if (form.form === 'buckets') return new BucketDigester(form.buckets)
  const hash = createHash('sha256')
  return { write: (block) => void hash.update(block), value: () => hash.digest('hex') }
}
