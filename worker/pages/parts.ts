import { moment } from '../../core/numbers.js'
import type { RunState } from '../../core/run.js'
import { isContent, stateWords } from '../../core/words.js'
import { markup, type Html, type Part } from './html.js'
import type { Tone } from './verdict.js'

/** Pieces that sections of pages are made of. */

export const badge = (tone: Tone | 'none', text: string): Html =>
  markup`<span class="badge${tone === 'none' ? '' : ` is-${tone}`}">${text}</span>`

export const time = (iso: string): Html => markup`<time datetime="${iso}">${moment(iso)}</time>`

const STATE_TONE = {
  running: 'busy',
  complete: 'good',
  'complete with rejects': 'warn',
  incomplete: 'bad',
  refused: 'warn',
} as const satisfies Record<RunState, Tone>

/** A run's state in words, and in a colour; what is complete and not green has another one. */
export const runBadge = (run: Parameters<typeof stateWords>[0]): Html =>
  badge(run.state === 'complete' && !isContent(run) ? 'warn' : STATE_TONE[run.state], stateWords(run))

/** A section with its heading, which names it for whoever does not see it; nothing where it has nothing to say. */
export const section = (id: string, title: Part, body: Part): Part =>
  !isNothing(body) &&
  markup`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${body}</section>
`

/** Names and what they are; those without an answer are left out. */
export const facts = (rows: readonly (readonly [name: string, what: Part])[]): Html =>
  markup`<dl class="facts">${rows.filter(([, what]) => !isNothing(what)).map(([name, what]) => markup`<dt>${name}</dt><dd>${what}</dd>`)}</dl>`

const isNothing = (part: Part): boolean =>
  part === null || part === undefined || part === false || part === '' || (Array.isArray(part) && part.length === 0)

export interface Column {
  readonly title: string
  readonly right?: boolean
}

export type Cell = Part | { readonly shown: Part; readonly sorted: number | string }

/**
 * A table that is scrolled sideways, and by the keyboard, where it is wider than the page; the first cell of a row names
 * it. With `sorts`, buttons in its head sort it, by what is `sorted` of a cell.
 */
export function table(options: {
  readonly name: string
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
  readonly total?: readonly Part[]
  readonly id?: string
  readonly sorts?: boolean
}): Html {
  const { name, columns, rows, total, id, sorts = false } = options
  const right = (i: number): Part => columns[i]?.right === true && markup` class="right"`
  const head = ({ title }: Column, i: number): Html =>
    sorts
      ? markup`<th scope="col"${right(i)} aria-sort="none"><button type="button">${title}</button></th>`
      : markup`<th scope="col"${right(i)}>${title}</th>`
  const long = rows.length > LONG
  return markup`<div class="scroll${long && ' long'}" role="region" aria-label="${name}" tabindex="0"><table${id !== undefined && markup` id="${id}"`}>
<thead><tr>${columns.map(head)}</tr></thead>
<tbody>${rows.map((cells) => markup`<tr>${cells.map((cell, i) => cellOf(cell, i, right(i)))}</tr>\n`)}</tbody>
${total !== undefined && markup`<tfoot><tr>${total.map((cell, i) => cellOf(cell, i, right(i)))}</tr></tfoot>`}</table></div>`
}

/** More rows than that are scrolled in a window of their own: what follows them is not pages away. */
const LONG = 24

function cellOf(cell: Cell, i: number, right: Part): Html {
  const isSorted = typeof cell === 'object' && cell !== null && 'sorted' in cell
  const shown = isSorted ? cell.shown : cell
  const value = isSorted && markup` data-v="${cell.sorted}"`
  return i === 0 ? markup`<th scope="row"${right}${value}>${shown}</th>` : markup`<td${right}${value}>${shown}</td>`
}

export const folded = (summary: Part, body: Part): Html =>
  markup`<details><summary>${summary}</summary>${body}</details>`
