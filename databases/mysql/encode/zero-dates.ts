import type { ZeroDatePolicy } from '../../../core/cast.js'
import type { Output } from './output.js'
import { Refused, shown } from './refused.js'
import { encodeText } from './text.js'

/** One column's policy for dates that no calendar has, and how often it was needed. */
export class ZeroDates {
  count = 0
  readonly #literal: Buffer | null

  constructor(private readonly policy: ZeroDatePolicy) {
    this.#literal = policy.do === 'literal' ? Buffer.from(policy.value) : null
  }

  replace(out: Output, bytes: Buffer, from: number, to: number): void {
    if (this.policy.do === 'refuse') {
      throw new Refused(
        `${shown(bytes, from, to)} is not a date of any calendar`,
        'say what becomes of such dates with on_zero_date in a cast ("null" or a literal), or mend the source',
      )
    }
    this.count++
    if (this.#literal === null) out.ascii('\\N')
    else encodeText(out, this.#literal, 0, this.#literal.length)
  }
}
