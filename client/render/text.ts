import { stripVTControlCharacters } from 'node:util'
import { plain } from '../../core/text.js'

export { plain }

/** As `plain`, but keeps the lines of an original text. */
export const plainLines = (text: string): string[] =>
  text.split(/\r?\n/).map((line) => plain(line.replaceAll('\t', '  ')))

const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff01-\uff60]|\p{Emoji_Presentation}/u
const COMBINING = /\p{Mark}|\u200b|\u200d|\ufe0f/u

/** Columns that a text takes on a terminal; colours take none. */
export function width(text: string): number {
  let columns = 0
  for (const character of stripVTControlCharacters(text))
    columns += COMBINING.test(character) ? 0 : WIDE.test(character) ? 2 : 1
  return columns
}

/** Cuts to a width, with an ellipsis. Only for texts without colours. */
export function shorten(text: string, columns: number): string {
  if (width(text) <= columns) return text
  let cut = ''
  for (const character of text) {
    if (width(cut) + width(character) > columns - 1) break
    cut += character
  }
  return `${cut}…`
}

/** Breaks a sentence at blanks, so that no line is wider than `columns` (longer words stay whole). */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && width(line) + 1 + width(word) > columns) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

export const indent = (lines: readonly string[], by: number): string[] =>
  lines.map((line) => (line === '' ? '' : ' '.repeat(by) + line))
