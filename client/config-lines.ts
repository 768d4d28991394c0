import { isAlias, isMap, isScalar, isSeq, type Document, type LineCounter, type Node } from 'yaml'
import type { ConfigPath } from '../core/config/parse.js'

/**
 * The line, from 1, on which a path stands: its key's, an entry's own in a list. Where the path leads to nothing, the
 * last line on the way that is there.
 */
export function lineOf(document: Document, counter: LineCounter, path: ConfigPath): number {
  let here: Node | null | undefined = document.contents
  let offset = here?.range?.[0] ?? 0
  for (const step of path) {
    if (isAlias(here)) here = here.resolve(document)
    const found = stepInto(here, step)
    if (!found) break
    offset = found.offset ?? offset
    here = found.node
  }
  return counter.linePos(offset).line
}

function stepInto(
  node: Node | null | undefined,
  step: string | number,
): { readonly node: Node | null; readonly offset: number | undefined } | null {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
    return pair ? { node: pair.value as Node | null, offset: (pair.key as Node).range?.[0] } : null
  }
  if (!isSeq(node) || typeof step !== 'number') return null
  const entry = node.items[step] as Node | undefined
  return entry ? { node: entry, offset: entry.range?.[0] } : null
}
