import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ownFolder } from '../scripts/servers/folder.js'
import { startServers } from '../scripts/servers/start-servers.js'
import { reportToStderr, tellError } from '../scripts/servers/tell.js'
import { makeCase } from './cases/index.js'
import { describeMachine } from './machine.js'
import { measureCase } from './measure.js'
import { startUp, startUpWithTwo, type Up } from './nightferry-up.js'
import { readOptions, type BenchOptions } from './options.js'
import { printCase } from './print.js'
import { obtainPrograms } from './programs.js'
import { makeSource } from './source.js'
import { endRunning } from './timed.js'
import { copy } from './tools/copy.js'
import { nightferry, nightferryTwo, nightferryUnproved } from './tools/nightferry.js'
import { pgloader } from './tools/pgloader.js'
import { pipe } from './tools/pipe.js'
import { proof } from './tools/proof.js'
import type { Tool } from './tools/tool.js'
import { judge, type BenchRow } from './verdicts.js'

const say = (line: string): void => void process.stderr.write(`${line}\n`)
const print = (lines: readonly string[]): void => void process.stdout.write(`${lines.join('\n')}\n`)

/** What is to be undone, last first, also after an error or Ctrl-C. */
const undo: (() => Promise<void> | void)[] = []
const interrupted = new AbortController()

async function bench(options: BenchOptions): Promise<void> {
  const installed = await obtainPrograms(interrupted.signal)
  const { folder, remove } = ownFolder('bench')
  undo.push(remove)
  const servers = await startServers({ mysql: true, postgres: [15] }, reportToStderr, {
    folder,
    signal: interrupted.signal,
    ownOfSystem: true,
  })
  undo.push(() => servers.stop())
  const urls = { mysql: servers.urls.mysql!, postgres: servers.urls.postgres[15]! }
  print(await describeMachine(urls))
  if (!installed.pgloader) print(['pgloader is not installed here: no comparison with it'])
  const wanted = (name: string): boolean => options.tools === null || options.tools.includes(name)
  const peers: Tool[] = [...(installed.pgloader ? [pgloader] : []), pipe, copy].filter((tool) => wanted(tool.name))
  const runs = options.cases.some((name) => makeCase(name, 1).measures !== 'proof')
  const own = runs && wanted('nightferry') ? [nightferry(await ready(startUp(folder)))] : []
  if (runs && wanted('nightferry-2')) own.push(nightferryTwo(await ready(startUpWithTwo(join(folder, 'two')))))
  if (runs && wanted('nightferry-unproved'))
    own.push(nightferryUnproved(await ready(startUp(join(folder, 'unproved'), { NIGHTFERRY_BENCH_UNPROVED: '1' }))))
  const list: BenchRow[] = []
  for (const name of options.cases) {
    const made = makeCase(name, options.rows)
    const source = await makeSource(urls.mysql, made)
    undo.push(() => source.drop())
    say(`${name}: ${made.rows} rows made in ${source.seconds.toFixed(1)} s`)
    const tools = made.measures === 'proof' ? [proof] : made.peers ? [...own, ...peers] : own
    const result = await measureCase(
      made,
      source,
      tools,
      { postgres: urls.postgres, folder, rounds: options.rounds, signal: interrupted.signal },
      say,
    )
    const { rows, wishes } = judge(result)
    print(printCase(result, rows, wishes))
    list.push(...rows)
    if (options.json !== null) writeFileSync(options.json, `${JSON.stringify(list, null, 2)}\n`)
    await undo.pop()?.()
  }
}

async function ready(starting: Promise<Up>): Promise<Up> {
  const up = await starting
  undo.push(() => up.stop())
  return up
}

/** After Ctrl-C the run that is under way is ended, and has a moment to drop what it made. */
async function untilInterrupted(work: Promise<void>): Promise<void> {
  const { signal } = interrupted
  const late = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      endRunning()
      setTimeout(() => reject(signal.reason as Error), PATIENCE_MS)
    })
  })
  await Promise.race([work, late])
}

const PATIENCE_MS = 10_000

for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort(new Error(name)))
try {
  await untilInterrupted(bench(readOptions(process.argv.slice(2))))
} catch (error) {
  process.exitCode = 1
  say(tellError(error))
} finally {
  for (const step of undo.toReversed()) await step()
}
// What an interrupt left waiting must not go on.
process.exit()
