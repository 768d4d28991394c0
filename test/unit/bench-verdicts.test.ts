import { describe, expect, it } from 'vitest'
import { makeCase } from '../../benchmarks/cases/index.js'
import type { CaseResult, ToolResult } from '../../benchmarks/measure.js'
import { readOptions } from '../../benchmarks/options.js'
import { judge } from '../../benchmarks/verdicts.js'

const tool = (name: string, seconds: Record<string, number[]>, peaks: Record<string, number> = {}): ToolResult => ({
  tool: { name, rows: name === 'nightferry' ? ['nightferry', 'nightferry-clone'] : [name], comparable: true, run },
  seconds,
  peaks,
  bytes: null,
  failures: [],
})
const run = () => Promise.reject(new Error('not run here'))

const wide = (results: ToolResult[], rows: number | null = null): CaseResult => ({
  bench: makeCase('wide', rows),
  bytes: 386_000_000,
  results,
})
const ours = (seconds: number, clone: number, megabytes = 200): ToolResult =>
  tool(
    'nightferry',
    { nightferry: [seconds + 3, seconds], 'nightferry-clone': [clone] },
    { 'nightferry run': megabytes, temporal: 900 },
  )

describe('the verdicts of a benchmark', () => {
  it('take the best of the runs that finished, and hold it against each wish', () => {
    const { rows, wishes } = judge(
      wide([ours(6, 5), tool('pgloader', { pgloader: [34, 31] }), tool('copy', { copy: [5] })]),
    )
    expect(rows.map(({ tool: name, seconds, verdict }) => [name, seconds, verdict])).toEqual([
      ['nightferry', 6, 'met'],
      ['nightferry-clone', 5, 'met'],
      ['pgloader', 31, 'measured'],
      ['copy', 5, 'measured'],
    ])
    expect(wishes.map(({ text }) => text)).toEqual([
      'whole run 5.17 times as fast as pgloader, wanted at least 3.5',
      'clone phase 1.00 times \\copy of the same rows, wanted at most 1.2',
      'nightferry run: peak 200 MB resident, wanted below 300',
    ])
  })

  it('say plainly when a wish is missed: time, clone phase or memory', () => {
    const peers = [tool('pgloader', { pgloader: [31] }), tool('copy', { copy: [4] })]
    const verdicts = (result: CaseResult) => judge(result).rows.map((row) => row.verdict)
    expect(verdicts(wide([ours(9, 4), ...peers]))).toEqual(['missed', 'met', 'measured', 'measured'])
    expect(verdicts(wide([ours(6, 5), ...peers]))).toEqual(['met', 'missed', 'measured', 'measured'])
    expect(verdicts(wide([ours(6, 4, 301), ...peers]))).toEqual(['missed', 'met', 'measured', 'measured'])
  })

  it('hold the run without its proof against more than the proved one', () => {
    const unproved = tool('nightferry-unproved', { 'nightferry-unproved': [7] })
    const { wishes } = judge(wide([ours(8, 5), unproved, tool('pgloader', { pgloader: [31] })]))
    expect(wishes.filter(({ text }) => text.includes('pgloader')).map(({ tool: name, met }) => [name, met])).toEqual([
      ['nightferry', true],
      ['nightferry-unproved', false],
    ])
  })

  it('hold the steps of a proof against the plain clone', () => {
    const seconds = { clone: [10], 'clone-digest': [11], 'load-proof': [4], 'full-proof': [8], witness: [9] }
    const result = { bench: makeCase('wide-proof', null), bytes: null, results: [tool('proof', seconds)] }
    expect(judge(result).wishes.map(({ tool: name, met }) => [name, met])).toEqual([
      ['clone-digest', true],
      ['load-proof', false],
      ['full-proof', true],
    ])
  })

  it('give no ratio to a tool that never finished, and none on a smaller table', () => {
    const failed = judge(wide([ours(6, 5), tool('pgloader', {})]))
    expect(failed.rows.at(-1)).toMatchObject({ seconds: null, verdict: 'failed' })
    expect(failed.wishes.map(({ tool: name }) => name)).toEqual(['nightferry'])
    const small = judge(wide([ours(6, 5), tool('pgloader', { pgloader: [7] }), tool('copy', { copy: [1] })], 1000))
    expect(small.wishes.length).toBe(1)
  })

  it('add the row itself to the bound of the case with one big value', () => {
    const { wishes } = judge({ bench: makeCase('value60', null), bytes: null, results: [ours(6, 5, 360)] })
    expect(wishes).toEqual([expect.objectContaining({ met: true, text: expect.stringContaining('below 363') })])
  })
})

describe('the options of a benchmark', () => {
  it('are every case three times unless told', () => {
    const options = readOptions(['--json', 'out.json'])
    expect(options).toEqual({
      json: 'out.json',
      cases: ['wide', 'wide-proof', 'narrow', 'value60', 'columns400'],
      rows: null,
      rounds: 3,
      tools: null,
    })
    expect(readOptions(['--case', 'narrow', '--rows', '10']).cases).toEqual(['narrow'])
  })

  it.each([[['--case', 'tall']], [['--rows', '-1']], [['--rounds', 'x']], [['--speed']]])('refuse %j', (args) => {
    expect(() => readOptions(args)).toThrow()
  })
})
