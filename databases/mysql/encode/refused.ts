/** A value that has no canonical form under its cast. Thrown by encoders; copy.ts adds table, column and key. */
export class Refused extends Error {
  /** `reason` may quote the value (it is kept in the ledger only); `remedy` says which cast or mend helps. */
  constructor(
    readonly reason: string,
    readonly remedy: string,
  ) {
    super(reason)
  }
}

/** The value as a person may read it, cut to a sensible length. */
export function shown(bytes: Uint8Array, from: number, to: number): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, Math.min(to - from, 60)).toString('utf8')
  return JSON.stringify(to - from > 60 ? `${text}...` : text)
}
