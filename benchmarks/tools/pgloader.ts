import { writeFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { timed } from '../timed.js'
import type { Job, Tool } from './tool.js'

/** As its own documentation has it, with rules for our types; a heap beyond its default, which wide tables exhaust. */
export const pgloader: Tool = {
  name: 'pgloader',
  rows: ['pgloader'],
  comparable: false,
  async run(job) {
    const file = join(job.folder, 'bench.load')
    writeFileSync(file, loadFile(job))
    // It ends with 0 even after a fatal error.
    const { seconds, peaks, stdout } = await timed({ program: 'pgloader', args: HEAP.concat(file), cwd: job.folder })
    const trouble = stdout.split('\n').find((line) => / (ERROR|FATAL) |Heap exhausted/.test(line))
    if (trouble !== undefined) throw new Error(trouble)
    return { seconds: { pgloader: seconds }, peaks, bytes: null }
  },
}

/** Half of this machine's memory for the rows it has in flight: an option of the Lisp that it is written in. */
const HEAP = ['--dynamic-space-size', String(Math.floor(totalmem() / 2 / 2 ** 20))]

const loadFile = ({ bench, source, target }: Job): string => `LOAD DATABASE
  FROM ${source.url}
  INTO ${target.url}
  WITH include drop, create tables, create indexes, reset sequences, foreign keys
  SET MySQL PARAMETERS net_read_timeout = '600', net_write_timeout = '600'
  CAST ${(bench.peers?.pgloaderCasts ?? []).join(',\n    ')}
;
`
