import { writeFileSync } from 'node:fs'
import { ownFolder } from '../scripts/servers/folder.js'
import { startServers } from '../scripts/servers/start-servers.js'
import { reportToStderr, tellError } from '../scripts/servers/tell.js'
import { makeCase } from './cases/index.js'
import { describeMachine } from './machine.js'
import { measureCase } from './measure.js'
import { startUp } from './nightferry-up.js'
import { readOptions, type BenchOptions } from './options.js'
import { printCase } from './print.js'
import { obtainPrograms } from './programs.js'
import { makeSource } from './source.js'
import { copy } from './tools/copy.js'
import { nightferry } from './tools/nightferry.js'
import { pgloader } from './tools/pgloader.js'
import { pipe } from './tools/pipe.js'
import type { Tool } from './tools/tool.js'
import { judge, type BenchRow } from './verdicts.js'

const say = (line: string): void => void process.stderr.write(`${line}\n`)
const print = (lines: readonly string[]): void => void process.stdout.write(`${lines.join('\n')}\n`)

/** What is to be undone, last first, also after an error or Ctrl-C. */
const undo: (() => Promise<void> | void)[] = []
const interrupted = new AbortController()

async function bench(options: BenchOptions): Promise<void> {
  const installed = await obtainPrograms()
  const { folder, remove } = ownFolder('bench')
  undo.push(remove)
  const servers = await startServers({ mysql: true, postgres: [15] }, reportToStderr, {
    folder,
    signal: interrupted.signal,
  })
  undo.push(() => servers.stop())
  const urls = { mysql: servers.urls.mysql!, postgres: servers.urls.postgres[15]! }
  print(await describeMachine(urls))
  if (!installed.pgloader) print(['pgloader is not installed here: no comparison with it'])
  const wanted = (name: string): boolean => options.tools === null || options.tools.includes(name)
  const peers: Tool[] = [...(installed.pgloader ? [pgloader] : []), pipe, copy].filter((tool) => wanted(tool.name))
  const own = wanted('nightferry') ? [nightferry(await ready(folder))] : []
  const list: BenchRow[] = []
  for (const name of options.cases) {
    const made = makeCase(name, options.rows)
    const source = await makeSource(urls.mysql, made)
    undo.push(() => source.drop())
    say(`${name}: ${made.rows} rows made in ${source.seconds.toFixed(1)} s`)
    const tools = made.peers ? [...own, ...peers] : own
    const result = await measureCase(
      made,
      source,
      tools,
      { postgres: urls.postgres, folder, rounds: options.rounds },
      say,
    )
    const { rows, wishes } = judge(result)
    print(printCase(result, rows, wishes))
    list.push(...rows)
    if (options.json !== null) writeFileSync(options.json, `${JSON.stringify(list, null, 2)}\n`)
    await undo.pop()?.()
  }
}

async function ready(folder: string) {
  const up = await startUp(folder)
  undo.push(() => up.stop())
  return up
}

process.once('SIGINT', () => interrupted.abort(new Error('interrupted')))
process.once('SIGTERM', () => interrupted.abort(new Error('interrupted')))
try {
  await Promise.race([
    bench(readOptions(process.argv.slice(2))),
    new Promise((_resolve, reject) =>
      interrupted.signal.addEventListener('abort', () => reject(interrupted.signal.reason)),
    ),
  ])
} catch (error) {
  process.exitCode = 1
  say(tellError(error))
} finally {
  for (const step of undo.toReversed()) await step()
}
