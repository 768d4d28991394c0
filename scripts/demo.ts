import { rmSync, writeFileSync } from 'node:fs'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { step } from '../client/embedded/steps.js'
import { obtainTemporal } from '../client/embedded/temporal-binary.js'
import { nightferryBeside, startUp, type Up } from './demo/commands.js'
import { twoNights } from './demo/nights.js'
import { emptyTarget, inDatabase } from './demo/target.js'
import { trouble } from './demo/troubles.js'
import { compareDatabases } from './independent-check/compare.js'
import { loadSample } from './sample/load.js'
import { startServers, type StartedServers } from './servers/start-servers.js'
import { reportToStderr, tellError } from './servers/tell.js'

const FOLDER = fileURLToPath(new URL('../../.dev/demo', import.meta.url))

const CONFIG = `migration: shop
source: {connection: shop-mysql}
target: {connection: shop-pg, database: shop}
casts:
  - {column: legacy_notes.expired_on, on_zero_date: "null"}
limits: {chunk_bytes: 1MB}
schedule: {at: "04:00", time_zone: Europe/Paris}
`

const say = (text: string): void => void process.stderr.write(`${text}\n`)

/** Servers, the sample shop, `nightferry up`, one run that is killed and held on its way, two nights, and a check that shares no code with the product. */
async function demo(signal: AbortSignal): Promise<number> {
  const begun = performance.now()
  rmSync(join(FOLDER, '.nightferry'), { recursive: true, force: true })
  mkdirSync(FOLDER, { recursive: true })
  let servers: StartedServers | null = null
  let up: Up | null = null
  try {
    say('Servers, obtained where they are missing:')
    // Building Temporal's server from source is the longest step by far: all else happens meanwhile.
    const temporal = obtainTemporal({ report: reportToStderr, signal, env: process.env })
    temporal.catch(() => {})
    servers = await startServers({ postgres: [18], mysql: true }, reportToStderr, { folder: FOLDER, signal })
    const source = servers.urls.mysql ?? missing('MySQL')
    const target = servers.urls.postgres[18] ?? missing('PostgreSQL')
    let rows = 0
    await step(reportToStderr, 'sample shop: load', async (note) => {
      const loaded = await loadSample(source, 'shop')
      const { tables } = loaded
      rows = loaded.rows
      await emptyTarget(target)
      note(`${tables} tables, ${rows.toLocaleString('en')} rows`)
    })
    await temporal

    writeFileSync(join(FOLDER, 'shop.yaml'), CONFIG)
    const env = {
      NIGHTFERRY_CONNECTION_SHOP_MYSQL: `${source}/shop`,
      NIGHTFERRY_CONNECTION_SHOP_PG: target,
    }
    up = await step(reportToStderr, 'nightferry up', () => startUp(FOLDER, env, signal))
    say('\n$ nightferry run shop.yaml')
    let isOver = false
    const run = nightferryBeside(['run', 'shop.yaml'], FOLDER, signal).finally(() => (isOver = true))
    const troubled = trouble({ folder: FOLDER, target, rows, signal, say, isOver: () => isOver })
    const [code, costs] = await Promise.all([run, troubled])
    if (code !== 0) {
      say(`\nnightferry run ended with exit code ${code}`)
      return code
    }
    say(`\nWhat the kill and the pause cost:\n${(await costs()).map((line) => `  ${line}`).join('\n')}`)
    say(
      '\nThe snapshot went with the worker that was killed: nobody is shown such a copy. Two nights that nothing disturbs:',
    )
    const failed = await twoNights({ folder: FOLDER, source: `${source}/shop`, signal, say })
    if (failed !== 0) return failed
    say('\nIndependent check of what is published, plain SQL on both sides, no code of the product:')
    const published = inDatabase(target, 'shop')
    return await step(reportToStderr, 'independent check', (note) => check(`${source}/shop`, published, note))
  } finally {
    await up?.stop()
    await servers?.stop()
    say(`\nAll servers are stopped. The demo took ${((performance.now() - begun) / 1000).toFixed(0)} s.`)
  }
}

async function check(source: string, target: string, note: (text: string) => void): Promise<number> {
  const verdicts = await compareDatabases(source, target)
  const differences = verdicts.flatMap((verdict) => verdict.differences)
  for (const { table, rows, columns, differences } of verdicts) {
    console.log(
      `  ${differences.length === 0 ? 'equal' : 'DIFFERENT'}  ${table}: ${rows.toLocaleString('en')} rows, ${columns} columns`,
    )
  }
  for (const difference of differences) console.log(`  ${difference}`)
  const rows = verdicts.reduce((sum, verdict) => sum + verdict.rows, 0)
  note(`${verdicts.length} tables, ${rows.toLocaleString('en')} rows, ${differences.length} differences`)
  return differences.length === 0 ? 0 : 6
}

function missing(what: string): never {
  throw new Error(`${what} was not started`)
}

const interrupted = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => interrupted.abort(new Error(`ended by ${name}`)))
}
try {
  process.exitCode = await demo(interrupted.signal)
} catch (error) {
  say(tellError(error))
  process.exitCode = interrupted.signal.aborted ? 130 : 1
}
