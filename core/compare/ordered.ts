import { cutRowId, fieldText } from './fields.js'
import type { Order } from './keys.js'
import { LineReader, sameBytes } from './lines.js'
import type { RowDifference } from './row-difference.js'

/**
 * Merges two streams of canonical lines that are in the order of `order`, and yields the rows that are not the same, in
 * that order. Holds a block and a line of each; lines of a difference are views of them. Target lines begin with a row id
 * where `rowIds` says so. Rows of the target that share a key (its index is gone) are matched in turn; what is left over
 * is extra.
 */
export async function* compareOrdered(
  source: AsyncIterable<Uint8Array>,
  target: AsyncIterable<Uint8Array>,
  order: Order<Uint8Array>,
  { rowIds }: { readonly rowIds: boolean },
): AsyncGenerator<RowDifference> {
  const [sourceLines, targetLines] = [new LineReader(source), new LineReader(target)]
  const cut = (line: Uint8Array | null): TargetLine | null =>
    line === null ? null : rowIds ? cutRowId(line) : { id: null, line }
  try {
    const [firstOfSource, firstOfTarget] = await Promise.all([sourceLines.next(), targetLines.next()])
    let [ours, theirs] = [firstOfSource, cut(firstOfTarget)]
    while (ours !== null || theirs !== null) {
      const isSame = ours !== null && theirs !== null && sameBytes(ours, theirs.line)
      const side = isSame ? 0 : ours === null ? 1 : theirs === null ? -1 : order(ours, theirs.line)
      if (!isSame) yield differenceOf(side <= 0 ? ours : null, side >= 0 ? theirs : null)
      if (side <= 0) ours = sourceLines.take() ?? (await sourceLines.next())
      if (side >= 0) theirs = cut(targetLines.take() ?? (await targetLines.next()))
    }
  } finally {
    await Promise.all([sourceLines.close(), targetLines.close()])
  }
}

interface TargetLine {
  readonly id: Uint8Array | null
  readonly line: Uint8Array
}

const differenceOf = (source: Uint8Array | null, target: TargetLine | null): RowDifference => ({
  kind: target === null ? 'missing' : source === null ? 'extra' : 'changed',
  source,
  target: target?.line ?? null,
  rowIds: target?.id ? [fieldText(target.id)] : [],
  times: 1,
})
