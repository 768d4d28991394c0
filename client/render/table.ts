import { noPaint, type Paint } from '../output.js'
import { width } from './text.js'

export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
}

/**
 * A table without lines around it, two blanks between columns. Cells are plain text or painted text of one line.
 * The titles are dimmed; the last column is not padded.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  paint: Paint = noPaint,
): string[] {
  const titles = columns.map((column) => column.title)
  const widths = columns.map((_, i) => Math.max(...[titles, ...rows].map((row) => width(row[i] ?? ''))))
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, i) => pad(cells[i] ?? '', widths[i] ?? 0, column.align ?? 'left', i === columns.length - 1))
      .join('  ')
      .trimEnd()
  const head = titles.some((title) => title !== '') ? [paint('dim', line(titles))] : []
  return [...head, ...rows.map(line)]
}

function pad(cell: string, to: number, align: 'left' | 'right', last: boolean): string {
  const blanks = ' '.repeat(Math.max(0, to - width(cell)))
  if (align === 'right') return blanks + cell
  return last ? cell : cell + blanks
}
