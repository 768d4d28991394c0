import { plot } from 'simple-ascii-chart'
import type { Paint } from '../output.js'
import { width } from './text.js'

export interface ChartPoint {
  /** Below it, as `2026-11-20`. */
  readonly label: string
  readonly value: number
}

const HEIGHT = 8

/** A plot's own frame beside labels: the axis, its arrow, and a blank. */
const FRAME = 4
const LEAST = 12
/** Between labels, so that they are read apart. */
const AIR = 4

/**
 * A line over the runs, from zero to the most, no wider than `columns`: lines of text. Empty below two points: there is no
 * line to draw yet.
 */
export function chart(
  points: readonly ChartPoint[],
  spell: (value: number) => string,
  columns: number,
  paint: Paint,
): string[] {
  if (points.length < 2) return []
  const most = Math.max(...points.map(({ value }) => value)) || 1
  const marks = [0, most / 2, most]
  const labelled = Math.max(...points.map(({ label }) => width(label)))
  const left = Math.max(labelled - 1, ...marks.map((mark) => width(spell(mark))))
  const wide = Math.max(LEAST, columns - left - FRAME)
  const drawn = plot(
    points.map(({ value }, i): [number, number] => [i, value]),
    {
      ...{ width: wide, height: HEIGHT, yRange: [0, most] },
      customXAxisTicks: someOf(points.length, Math.floor(wide / (labelled + AIR)) + 1),
      customYAxisTicks: marks,
      formatter: (value, { axis }) => (axis === 'y' ? spell(value) : (points[Math.round(value)]?.label ?? '')),
    },
  )
  const lines = drawn.split('\n').map((line) => line.trimEnd())
  return lines.filter((line) => line !== '').map((line) => line.replaceAll(DRAWN, (part) => paint('cyan', part)))
}

/** What the line is made of; the axes have other signs. */
const DRAWN = /[━┃┏┓┗┛]+/g

/** Numbers from 0 to `count - 1`, both of them, as many as there is room for, evenly. */
function someOf(count: number, room: number): number[] {
  const gaps = Math.min(count - 1, Math.max(1, room - 1))
  return [...new Set(Array.from({ length: gaps + 1 }, (_, i) => Math.round((i * (count - 1)) / gaps)))]
}
