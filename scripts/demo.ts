import { rmSync, writeFileSync } from 'node:fs'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { step } from '../client/embedded/steps.js'
import { obtainTemporal } from '../client/embedded/temporal-binary.js'
import { nightferryBeside, startUp, type Up } from './demo/commands.js'
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
`

const say = (text: string): void => void process.stderr.write(`${text}\n`)

/** Servers, the sample shop, `nightferry up`, one run that is killed and held on its way, and a check that shares no code with the product. */
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
      await dropDatabase(target, 'shop')
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
    const databaseUrl = new URL(target)
    databaseUrl.pathname = '/shop'
    let isOver = false
    const run = nightferryBeside(['run', 'shop.yaml'], FOLDER, signal).finally(() => (isOver = true))
    const troubled = trouble({ folder: FOLDER, target: databaseUrl.href, rows, signal, say, isOver: () => isOver })
    const [code, costs] = await Promise.all([run, troubled])
    if (code !== 0) {
      say(`\nnightferry run ended with exit code ${code}`)
      return code
    }
    say(`\nWhat the kill and the pause cost:\n${(await costs()).map((line) => `  ${line}`).join('\n')}`)
    say('\nIndependent check, plain SQL on both sides, no code of the product:')
    return await step(reportToStderr, 'independent check', (note) => check(`${source}/shop`, databaseUrl.href, note))
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

async function dropDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(`drop database if exists ${name} with (force)`)
  } finally {
    await client.end()
  }
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
