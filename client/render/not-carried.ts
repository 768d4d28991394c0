import type { NotCarried } from '../../core/finding.js'
import type { Paint } from '../output.js'
import { indent, plain, plainLines, shorten, wrap } from './text.js'

/** What the target will not have, and why: each with its whole original text, or in short, what is alike together. */
export const renderNotCarried = (items: readonly NotCarried[], paint: Paint, originals: 'whole' | 'short'): string[] =>
  originals === 'whole' ? items.flatMap((item) => whole(item, paint)) : short(items, paint)

const nameOf = ({ table, name }: NotCarried): string =>
  plain(table === null || table === name ? name : `${table}.${name}`)

function whole(item: NotCarried, paint: Paint): string[] {
  const original = item.original.trim() === '' ? [] : plainLines(item.original.trim())
  return [
    `  ${item.kind} ${paint('bold', nameOf(item))}: ${plain(item.reason)}`,
    ...original.map((line) => paint('dim', `      ${line}`)),
  ]
}

const COLUMNS = 100

/** Fifteen columns that lost the same thing are one line and their names; a single one shows how its text begins. */
function short(items: readonly NotCarried[], paint: Paint): string[] {
  return alike(items).flatMap(([first, ...others]) => {
    if (others.length === 0) {
      const text = shorten(plain(first.original.trim()), COLUMNS)
      return [
        `  ${first.kind} ${paint('bold', nameOf(first))}: ${plain(first.reason)}`,
        ...(text === '' ? [] : [paint('dim', `      ${text}`)]),
      ]
    }
    const names = [first, ...others].map(nameOf).toSorted()
    return [
      `  ${first.kind} (${names.length}): ${plain(first.reason)}`,
      ...indent(wrap(names.join(', '), COLUMNS), 6).map((line) => paint('bold', line)),
    ]
  })
}

type Group = [NotCarried, ...NotCarried[]]

/** By kind and reason, in the order of their first. */
function alike(items: readonly NotCarried[]): Group[] {
  const groups = new Map<string, Group>()
  for (const item of items) {
    const key = JSON.stringify([item.kind, item.reason])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return [...groups.values()]
}
