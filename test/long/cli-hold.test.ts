import { describe, expect, test } from 'vitest'
import type { AuditEntry } from '../../core/audit.js'
import type { Hold } from '../../core/hold.js'
import type { MigrationStatus } from '../../core/status.js'
import type { HoldAnswer } from '../../workflows/messages.js'
import { cliMigration, yamlOf } from '../support/cli-migration.js'
import { sitDown, type Person } from '../support/cli.js'
import {
  mysqlUrl,
  onMysql,
  onPostgres,
  postgresUrl,
  withMysqlDatabase,
  withPostgresDatabase,
} from '../support/servers.js'
import { waitUntil } from '../support/wait.js'

/** A migration waits and goes on, as somebody types it; whether it waits is judged in both servers. */

const ROWS = 300_000
const TABLES = `create table orders (id int primary key, note varchar(80) not null);
  insert into orders select seq, concat('order ', seq) from seq_1_to_${ROWS};
  create table Customer (id int primary key); insert into Customer values (1), (2)`
// A hundred seconds, unless the knob is turned.
const SLOW = 'limits: {parallelism: 2, chunk_bytes: 128KB, rows_per_second: 3000}\n'

interface Documents {
  pause: HoldAnswer
  resume: HoldAnswer
  holds: { holds: Hold[]; audit: AuditEntry[] }
  set: { knobs: object }
  status: { migration: MigrationStatus; progress: { tables: { rows: number }[] } | null }
}

async function json<What extends keyof Documents>(
  person: Person,
  what: What,
  ...args: string[]
): Promise<Documents[What]> {
  const { code, stdout, stderr } = await waitUntil(
    `an answer to ${what}`,
    async () => {
      const ended = await person.run([what, ...args, '--json'])
      // On a busy machine a query may be silent for 3 s; these may be said twice.
      return (what === 'resume' || ended.code !== 3) && ended
    },
    60_000,
  )
  expect(code, stderr).toBe(0)
  const document = JSON.parse(stdout) as Documents[What] & { format: number }
  expect(document.format).toBe(1)
  return document
}

const untilRows = async (person: Person, name: string): Promise<void> => {
  const rows = async (): Promise<number> =>
    ((await json(person, 'status', name)).progress?.tables ?? []).reduce((sum, table) => sum + table.rows, 0)
  await waitUntil('rows', async () => (await rows()) > 2, 60_000)
}

/** A worker that has just begun may be silent for seconds on a busy machine. */
const applied = async (person: Person, file: string): Promise<void> =>
  void (await waitUntil('apply', async () => (await person.run(['apply', file])).code === 0, 60_000))

const says = async (person: Person, name: string, what: RegExp): Promise<void> =>
  void (await waitUntil(`status to say ${what}`, async () => what.test((await person.run(['status', name])).stdout)))

/** What copies in both servers, as they tell it. Who looks at progress or for waiting locks copies nothing. */
async function atWork(source: string, target: string): Promise<unknown[]> {
  const here = await onPostgres(
    postgresUrl(target),
    `select query from pg_stat_activity where application_name = 'nightferry' and datname = current_database()
       and state = 'active' and query ~* '^\\s*(copy|insert|update|create|alter|vacuum)' and query !~ 'nightferry.audit'`,
  )
  const there = await onMysql(
    mysqlUrl(source),
    `select info from information_schema.processlist where db = database() and id <> connection_id()
       and command not in ('Sleep', 'Daemon', 'Quit') and info not like '%information_schema%'`,
  )
  return [...here, ...there]
}

const copied = async (target: string): Promise<unknown> =>
  (
    await onPostgres(
      postgresUrl(target),
      `select sum(rows_loaded)::text as n from nightferry.chunk where state = 'done'`,
    )
  )[0]?.['n']

describe('a run that is under way', () => {
  const migration = cliMigration('hold', TABLES)
  const { name, file } = migration

  test('stops when it is paused, says so to whoever follows it, and goes on when the hold is lifted', async () => {
    const { person } = migration
    person.write(file, yamlOf(name, SLOW))
    await applied(person, file)
    const run = person.type(['run', file])
    await untilRows(person, name)
    await waitUntil(
      'a look at a chunk that is being copied',
      async () => (await atWork(name, name)).length > 0,
      30_000,
      5,
    )

    const paused = await json(person, 'pause', name, '--reason', 'release freeze')
    expect(await atWork(name, name)).toEqual([])
    const before = await copied(name)
    expect(paused).toMatchObject({ answered: true, work: { what: 'run' }, snapshot: { onLost: 'best-effort' } })
    expect(paused.added).toMatchObject([{ id: 'h1', kind: 'operator', why: 'release freeze' }])
    const me = paused.added[0]?.by ?? ''

    await waitUntil('the run to say so', () => run.said().includes(`held: h1 by ${me}`), 10_000)
    expect(run.said()).toContain(`It goes on with \`nightferry resume ${name}\``)
    await says(person, name, /held: h1 by .*release freeze[^]* is held, begun .*: clone/)
    expect((await json(person, 'status', name)).migration.holds).toEqual(paused.holds)

    const refused = await person.run(['resume', name, '--by', 'zoe'])
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/no hold of zoe.*h1 by.*\n.*--hold ID/)
    expect([await atWork(name, name), await copied(name)]).toEqual([[], before])

    const resumed = await person.run(['resume', name, '--by', 'zoe', '--hold', 'h1', '--reason', 'shipped'])
    expect(resumed.code, resumed.stderr).toBe(0)
    expect(resumed.stdout).toMatch(new RegExp(`^Lifted h1 by ${me}.*\nRun \\S+ goes on`))
    await waitUntil('the trail', async () => (await json(person, 'holds', name)).audit.length === 2)
    const { holds, audit } = await json(person, 'holds', name)
    expect(holds).toEqual([])
    expect(audit).toMatchObject([
      { what: 'resume', by: 'zoe', why: 'shipped', about: { hold: 'h1', of: me } },
      { what: 'pause', by: me, why: 'release freeze' },
    ])

    expect(await json(person, 'set', name, 'rows_per_second=0')).toMatchObject({ knobs: { rowsPerSecond: 0 } })
    await says(person, name, /turned until the next apply: rows_per_second 0/)
    const turned = Date.now()
    const { code, stdout, stderr } = await run.ended
    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(/: complete in /)
    // At the pace of before it would be a minute and a half.
    expect(Date.now() - turned).toBeLessThan(45_000)
    expect(await migration.target('select count(*)::int as n from orders')).toEqual([{ n: ROWS }])
  }, 180_000)

  test('waits for one table alone, in any spelling; one that is not there is refused', async () => {
    const { person } = migration
    const unknown = await person.run(['pause', name, '--reason', 'x', '--table', 'nobody'])
    expect(unknown.code).toBe(1)
    expect(unknown.stderr).toMatch(/no table nobody.*\n.*report/)
    const { code, stdout } = await person.run(['pause', name, '--reason', 'wrong data', '--table', 'customer'])
    expect(code).toBe(0)
    expect(stdout).toContain('Paused Customer')
    expect(stdout).toContain(`nightferry resume ${name} --table Customer`)
    expect((await person.run(['holds', name])).stdout).toMatch(/h\d +operator +Customer/)
    expect((await json(person, 'resume', name, '--table', 'customer')).holds).toEqual([])
    const again = await person.run(['resume', name])
    expect(again.code).toBe(1)
    expect(again.stderr).toContain(`Nothing holds ${name}`)
  })
})

test('a pause that nobody hears is said within 5 s, and takes effect when a worker comes', async () => {
  await withMysqlDatabase(async (source) => {
    await onMysql(mysqlUrl(source), TABLES)
    await withPostgresDatabase(async (target) => {
      const env = { NIGHTFERRY_CONNECTION_SRC: mysqlUrl(source), NIGHTFERRY_CONNECTION_DST: postgresUrl(target) }
      const person = await sitDown()
      try {
        await person.start(['worker', '--role', 'data'], env, 'ready')
        expect(await withoutControl(person, env, target, source)).toMatch(/: complete in /)
      } finally {
        await person.leave()
      }
    })
  })
}, 180_000)

async function withoutControl(
  person: Person,
  env: Readonly<Record<string, string>>,
  target: string,
  source: string,
): Promise<string> {
  const control = await person.start(['worker', '--role', 'control'], env, 'ready')
  person.write('shop.yaml', yamlOf('shop', `consistency: {read: best-effort}\n${SLOW}`))
  await applied(person, 'shop.yaml')
  const started = await person.run(['run', 'shop.yaml', '--detach'])
  expect(started.code, started.stderr).toBe(0)
  await untilRows(person, 'shop')
  control.child.kill('SIGTERM')
  await control.ended

  // What starting a command and asking Temporal costs on this machine just now.
  const began = Date.now()
  await person.run(['status', 'shop', '--address', '127.0.0.1:1'])
  const alone = Date.now() - began
  const asked = Date.now()
  const paused = await person.run(['pause', 'shop', '--reason', 'release freeze', '--by', 'ada'])
  expect(Date.now() - asked).toBeLessThan(5000 + alone)
  expect({ code: paused.code, stdout: paused.stdout }).toEqual({ code: 3, stdout: '' })
  expect(paused.stderr).toMatch(/the pause was sent as a signal, and takes effect when a worker comes\n.*nightferry up/)
  for (const args of [
    ['set', 'shop', 'parallelism=1'],
    ['abort', 'shop', '--reason', 'x'],
    ['holds', 'shop'],
  ]) {
    const { code, stderr } = await person.run(args)
    expect({ code, signal: stderr.includes('signal') }).toEqual({ code: 3, signal: false })
  }

  await person.start(['worker', '--role', 'control'], env, 'ready')
  const held = async (): Promise<boolean> => (await json(person, 'status', 'shop')).migration.holds.length > 0
  await waitUntil('the hold', held, 30_000)
  await waitUntil('all to stop', async () => (await atWork(source, target)).length === 0, 15_000)
  const before = await copied(target)
  expect((await json(person, 'holds', 'shop')).holds).toMatchObject([{ id: 'h1', by: 'ada', why: 'release freeze' }])
  expect([await atWork(source, target), await copied(target)]).toEqual([[], before])

  expect((await person.run(['resume', 'shop', '--by', 'ada'])).code).toBe(0)
  await json(person, 'set', 'shop', 'rows_per_second=0')
  const { code, stdout } = await person.run(['status', 'shop', '--watch'])
  expect(code, stdout).toBe(0)
  return stdout
}
