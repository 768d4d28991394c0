import type { NotCarried } from '../../core/finding.js'
import type { Paint } from '../output.js'
import { plain, plainLines, shorten } from './text.js'

/** What the target will not have, and why, with its original text: whole, or its beginning. */
export function renderNotCarried(items: readonly NotCarried[], paint: Paint, originals: 'whole' | 'short'): string[] {
  return items.flatMap((item) => {
    const name = item.table === null || item.table === item.name ? item.name : `${item.table}.${item.name}`
    const head = `  ${item.kind} ${paint('bold', plain(name))}: ${plain(item.reason)}`
    return [head, ...original(item.original, originals).map((line) => paint('dim', `      ${line}`))]
  })
}

function original(text: string, how: 'whole' | 'short'): string[] {
  if (text.trim() === '') return []
  return how === 'whole' ? plainLines(text.trim()) : [shorten(plain(text.trim()), 100)]
}
