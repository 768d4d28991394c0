import type { Paint } from '../output.js'
import { seconds } from '../../core/numbers.js'
import { plain, width } from '../render/text.js'
import { frame } from './frame.js'
import { tableCounts, totals, type View } from './view.js'

/** Where progress is shown. */
export interface Screen {
  /** How often it wants to be told, in milliseconds. */
  readonly interval: number
  show(view: View): void
  /** A word in between, before there are numbers. */
  say(text: string): void
  /** Leaves the last picture where it is; what comes next starts on a new line. */
  end(): void
}

type Stream = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns' | 'rows'>

export const screenFor = (stream: Stream, paint: Paint, env: NodeJS.ProcessEnv): Screen =>
  stream.isTTY && env['TERM'] !== 'dumb' ? redrawing(stream, paint) : printing(stream)

/** Draws over its own last picture. */
function redrawing(stream: Stream, paint: Paint): Screen {
  let drawn = 0
  const erase = (): string => (drawn === 0 ? '' : `\u001b[${drawn}A\u001b[0J`)
  const draw = (lines: readonly string[]): void => {
    const fitted = lines.map((line) => fit(line, (stream.columns ?? 80) - 1))
    stream.write(`${erase()}${fitted.join('\n')}\n`)
    drawn = fitted.length
  }
  return {
    interval: 400,
    show: (view) => draw(frame(view, paint, (stream.rows ?? 24) - 1)),
    say: (text) => draw([plain(text)]),
    end: () => {
      drawn = 0
    },
  }
}

const LINE_MS = 4000
/** A hold may last for weeks, and a log should not grow by it. */
const HELD_LINE_MS = 300_000

/** One line every few seconds, and one for each new phase or trouble. */
function printing(stream: Stream): Screen {
  let last = { at: 0, phase: '', trouble: '' }
  return {
    interval: 1000,
    show: (view) => {
      const trouble = view.trouble.map((line) => line.replace(/\d+/g, '#')).join()
      const { phase, started } = view.progress
      const news = phase !== last.phase || trouble !== last.trouble
      if (!news && view.now - last.at < (view.held ? HELD_LINE_MS : LINE_MS)) return
      last = { at: view.now, phase, trouble }
      const took = seconds(Math.max(0, view.now - Date.parse(started)) / 1000)
      stream.write(`[${took}] ${phase}: ${tableCounts(view.progress)}; ${totals(view)}\n`)
      for (const line of view.trouble) stream.write(`  ${plain(line)}\n`)
    },
    say: (text) => void stream.write(`${plain(text)}\n`),
    end: () => {},
  }
}

/** Cuts a painted line at a width: a line that wraps would break the redrawing. */
export function fit(line: string, columns: number): string {
  if (width(line) <= columns) return line
  let cut = ''
  // eslint-disable-next-line no-control-regex
  for (const part of line.split(/(\u001b\[[0-9;]*m)/)) {
    if (part.startsWith('\u001b')) cut += part
    else for (const character of part) if (width(cut + character) < columns) cut += character
  }
  return `${cut}\u001b[0m…`
}
