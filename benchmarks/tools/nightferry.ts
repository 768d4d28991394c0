import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunReport } from '../../core/report.js'
import { NIGHTFERRY, type Up } from '../nightferry-up.js'
import { timed } from '../timed.js'
import type { Tool } from './tool.js'

/**
 * The whole run as it is typed, with every default: apply (which scans what only data can decide), schema, clone, keys,
 * vacuum, counts, report. A migration of a new name each time, so that nothing is remembered.
 */
export const nightferry = (up: Up): Tool => run(up, 'nightferry', ['nightferry', 'nightferry-clone'])

/** The same with workers that take no digest and prove nothing. */
export const nightferryUnproved = (up: Up): Tool => run(up, 'nightferry-unproved', ['nightferry-unproved'])

/** The same with two data processes, which read in one snapshot. */
export const nightferryTwo = (up: Up): Tool => run(up, 'nightferry-2', ['nightferry-2', 'nightferry-2-clone'])

const run = (up: Up, name: string, rows: readonly [string, string?]): Tool => ({
  name,
  rows: rows.filter((row) => row !== undefined),
  comparable: true,
  async run({ bench, source, target }) {
    const migration = target.name.replaceAll('_', '-')
    up.connect(`${migration}-source`, source.url)
    up.connect(`${migration}-target`, target.url)
    const file = join(up.folder, `${migration}.yaml`)
    writeFileSync(
      file,
      `migration: ${migration}\nsource: {connection: ${migration}-source}\ntarget: {connection: ${migration}-target}\npublish: {mode: in-place}\n`,
    )
    const command = (args: readonly string[]) =>
      timed({
        program: process.execPath,
        args: [NIGHTFERRY, ...args],
        cwd: up.folder,
        helpers: up.pids,
        env: { TEMPORAL_ADDRESS: '' },
      })
    const { seconds, peaks } = await command(['run', file])
    const report = JSON.parse((await command(['report', migration, '--json'])).stdout) as RunReport
    const [table] = report.tables
    if (report.tables.length !== 1 || table?.rowsLoaded !== bench.rows)
      throw new Error(`the report has ${table?.rowsLoaded} rows loaded, the table ${bench.rows}`)
    return {
      seconds: { [rows[0]]: seconds, ...(rows[1] === undefined ? {} : { [rows[1]]: cloneSeconds(report) }) },
      peaks,
      bytes: table.bytes,
      note: phases(report),
    }
  },
})

const phases = (report: RunReport): string =>
  report.phases.map(({ phase, seconds }) => `${phase} ${seconds.toFixed(2)} s`).join(', ')

function cloneSeconds(report: RunReport): number {
  const clone = report.phases.find(({ phase }) => phase === 'clone')
  if (!clone) throw new Error('the report has no clone phase')
  return clone.seconds
}
