import { createHash } from 'node:crypto'
import type { DigestForm } from '../../core/proof.js'
import { BucketDigester } from './buckets.js'

/** Takes canonical COPY text, block by block as it comes; a block may end within a line. */
export interface Digester {
  write(block: Uint8Array): void
  /** The same line, without its newline, so many times. */
  lines(line: Uint8Array, times: number): void
  /** Hexadecimal, as `Digest.value`. Once, at the end. */
  value(): string
}

/** `onLine` is shown the SHA-256 of each line where the form takes one. */
export function digesterOf(form: DigestForm, onLine: ((hash: Uint8Array) => void) | null = null): Digester {
  if (form.form === 'buckets') return new BucketDigester(form.buckets, onLine)
  const hash = createHash('sha256')
  return {
    write: (block) => void hash.update(block),
    lines: (line, times) => {
      for (let n = 0; n < times; n++) hash.update(line).update('\n')
    },
    value: () => hash.digest('hex'),
  }
}
