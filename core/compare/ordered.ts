import { cutRowId } from './fields.js'
import type { Order } from './keys.js'
import { LineReader, sameBytes } from './lines.js'
import type { RowDifference } from './row-difference.js'

/**
 * Merges two streams of canonical lines that are in the order of `order`, and yields the rows that are not the same, in
 * that order. Holds a block and a line of each. Target lines begin with a row id where `rowIds` says so. Rows of the
 * target that share a key (its index is gone) are matched in turn; what is left over is extra.
 */
export async function* compareOrdered(
  source: AsyncIterable<Uint8Array>,
  target: AsyncIterable<Uint8Array>,
  order: Order<Uint8Array>,
  { rowIds }: { readonly rowIds: boolean },
): AsyncGenerator<RowDifference> {
  const [sourceLines, targetLines] = [new LineReader(source), new LineReader(target)]
  const nextOfTarget = async (): Promise<TargetLine | null> => {
    const line = await targetLines.next()
    if (line === null) return null
    return rowIds ? cutRowId(line) : { id: null, line }
  }
  try {
    let [ours, theirs] = await Promise.all([sourceLines.next(), nextOfTarget()])
    while (ours !== null || theirs !== null) {
      if (ours !== null && theirs !== null && sameBytes(ours, theirs.line)) {
        ours = await sourceLines.next()
        theirs = await nextOfTarget()
        continue
      }
      const side = ours === null ? 1 : theirs === null ? -1 : order(ours, theirs.line)
      yield differenceOf(side <= 0 ? ours : null, side >= 0 ? theirs : null)
      if (side <= 0) ours = await sourceLines.next()
      if (side >= 0) theirs = await nextOfTarget()
    }
  } finally {
    await Promise.all([sourceLines.close(), targetLines.close()])
  }
}

interface TargetLine {
  readonly id: string | null
  readonly line: Uint8Array
}

function differenceOf(source: Uint8Array | null, target: TargetLine | null): RowDifference {
  return {
    kind: target === null ? 'missing' : source === null ? 'extra' : 'changed',
    // The blocks they lie in go on being used by nobody else, but would be kept whole for one line.
    source: source === null ? null : source.slice(),
    target: target === null ? null : target.line.slice(),
    rowIds: target === null || target.id === null ? [] : [target.id],
    times: 1,
  }
}
