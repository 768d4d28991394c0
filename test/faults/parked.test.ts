import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrationWorkflowId } from '../../core/names.js'
import { startRun } from '../../workflows/messages.js'
import type { migration } from '../../workflows/migration.js'
import { startMachine, type Machine } from '../support/machine.js'
import { onMysql, onPostgres, uniqueName } from '../support/servers.js'
import { smallDisk, type SmallDisk } from '../support/small-disk.js'
import { traceOf } from '../support/untouched.js'

const ROWS = 12_000
const OTHERS = ['customers', 'lines', 'orders']

interface Case {
  readonly kind: string
  /** Between apply and run. */
  readonly spoil: (source: string, target: string) => Promise<void>
  readonly mend: (source: string, target: string) => Promise<void>
  readonly connection?: string
  /** A new version is applied before the retry. */
  readonly applies?: true
  /** Chunks that were done before stay. */
  readonly keeps?: true
}

let machine: Machine
let disk: SmallDisk | null = null
const small = uniqueName('small')

const CASES: Readonly<Record<string, Case>> = {
  a_refused_row: {
    kind: 'row-refused',
    keeps: true,
    spoil: async (source) =>
      void (await onMysql(source, `update bad set note = concat('a', char(0), 'b') where id = ${ROWS - 5}`)),
    mend: async (source) => void (await onMysql(source, `update bad set note = 'ab' where id = ${ROWS - 5}`)),
  },
  a_missing_privilege: {
    kind: 'source-privilege',
    connection: 'limited',
    spoil: async (source) => void (await onMysql(source, `revoke select on bad from limited@'%'`)),
    mend: async (source) => void (await onMysql(source, `grant select on bad to limited@'%'`)),
  },
  a_changed_schema: {
    kind: 'schema-changed',
    applies: true,
    spoil: async (source) => void (await onMysql(source, 'alter table bad add column more int not null default 7')),
    mend: async () => {},
  },
  a_full_target: {
    kind: 'target-full',
    keeps: true,
    spoil: async (_source, target) => {
      disk = smallDisk(4)
      await onPostgres(target, `create tablespace ${small} location '${disk.folder}'`)
      // The plan names no tablespace: this table is to be alone on the small disk.
      await onPostgres(
        target,
        `create function move() returns event_trigger language plpgsql as $$ begin
           if exists (select from pg_event_trigger_ddl_commands() where object_identity = 'public.bad') then
             alter table public.bad set tablespace ${small};
           end if;
         end $$;
         create event trigger move on ddl_command_end when tag in ('CREATE TABLE') execute function move()`,
      )
    },
    mend: async () => disk?.grow(64),
  },
}

beforeAll(async () => {
  machine = await startMachine('faults', ...Object.keys(CASES))
  const { url } = machine.mysql
  for (const name of Object.keys(CASES)) await onMysql(url, sourceOf(name))
  await onMysql(url, `create or replace user limited@'%' identified by 'x'`)
  for (const table of ['bad', ...OTHERS])
    await onMysql(url, `grant select, insert on a_missing_privilege.${table} to limited@'%'`)
  const limited = new URL(`${url}/a_missing_privilege`)
  Object.assign(limited, { username: 'limited', password: 'x' })
  mkdirSync(join(machine.folder, '.nightferry', 'connections'), { recursive: true })
  writeFileSync(join(machine.folder, '.nightferry', 'connections', 'limited'), limited.href)
  await machine.startWorker('control')
  await machine.startWorker('data')
}, 240_000)

afterAll(async () => {
  if (disk !== null) {
    await onPostgres(machine.postgres.url, 'drop database a_full_target with (force)')
    await onPostgres(machine.postgres.url, `drop tablespace ${small}`)
  }
  await machine?.stop()
  disk?.remove()
}, 60_000)

test.each(Object.entries(CASES))(
  '%s: the others finish, and after the mend a retry completes the table without touching them',
  async (name, { kind, spoil, mend, connection = name.replaceAll('_', '-'), applies, keeps }) => {
    const source = `${machine.mysql.url}/${name}`
    const target = new URL(machine.postgres.url)
    target.pathname = `/${name}`
    await onPostgres(machine.postgres.url, `drop database if exists ${name} with (force)`)
    const file = machine.writeConfig(
      `${name}.yaml`,
      `migration: ${name}\nsource: {connection: ${connection}}\ntarget: {connection: dst, database: ${name}}\n` +
        `publish: {mode: in-place}\nlimits: {parallelism: 2, chunk_bytes: 1MB}\n`,
    )
    await done(0, 'apply', file)
    await spoil(source, target.href)
    await runApplied(name)
    const { summary, tables } = await reportOf(name)
    expect(summary).toMatchObject({ state: 'incomplete', stopped: 1, reason: expect.stringContaining('bad') })
    const states = tables.map(({ table, state, failures }) => [table, state, failures[0]?.kind])
    expect(states).toEqual([['bad', 'stopped', kind], ...OTHERS.map((table) => [table, 'done', undefined])])
    expect(tables[0]?.failures[0]?.remedy).toBeTruthy()

    const before = await traceOf(target.href, summary.run, OTHERS)
    const kept = await chunksDone(target.href)
    await mend(source, target.href)
    if (applies) await done(0, 'apply', file)
    const retried = await done(0, 'retry', name, '--table', 'bad')
    expect(retried.stdout + retried.stderr).toContain('bad')

    expect(await traceOf(target.href, summary.run, OTHERS)).toEqual(before)
    const after = await reportOf(name)
    expect(after.summary).toMatchObject({ run: summary.run, state: 'complete', stopped: 0, label: 'best-effort' })
    expect(after.summary.version).toBe(applies ? 2 : 1)
    expect(after.tables.map(({ table, state }) => [table, state])).toEqual(
      ['bad', ...OTHERS].map((table) => [table, 'done']),
    )
    // The account of that case may take no lock: all of its run was best-effort from the beginning.
    const label = connection === 'limited' ? 'best-effort' : 'snapshot'
    expect(after.tables.slice(1).map((table) => table.label)).toEqual([label, label, label])
    expect(after.tables[0]?.label).toBe('best-effort')
    expect(
      await onPostgres(target.href, 'select count(*)::int as rows, count(distinct id)::int as ids from bad'),
    ).toEqual([{ rows: ROWS, ids: ROWS }])
    const chunks = await chunksDone(target.href)
    expect(kept.length > 0).toBe(keeps === true)
    expect(chunks).toEqual(expect.arrayContaining(kept))
    console.log(`${name}: ${kept.length} of ${chunks.length} chunks were done before the retry`)
  },
  240_000,
)

interface Report {
  readonly summary: { readonly run: string; readonly version: number }
  readonly tables: readonly {
    readonly table: string
    readonly state: string
    readonly label?: string
    readonly failures: readonly { readonly kind: string; readonly remedy: string }[]
  }[]
}

async function done(code: number, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const ended = await machine.nightferry(...args).ended
  expect(ended.code, `${args.join(' ')}: ${ended.stdout}${ended.stderr}`).toBe(code)
  return ended
}

/** `run FILE` would apply first, and plan around what is wrong now. */
async function runApplied(name: string): Promise<void> {
  const connection = await Connection.connect({ address: machine.temporal.address })
  try {
    const { workflow } = new Client({ connection })
    const request = { version: null, by: 'ada', expires: Date.now() + 60_000 }
    const started = await workflow
      .getHandle<typeof migration>(migrationWorkflowId(name))
      .executeUpdate(startRun, { args: [request] })
    await workflow.getHandle(started.workflowId).result()
  } finally {
    await connection.close()
  }
}

const reportOf = async (name: string): Promise<Report> =>
  JSON.parse((await machine.nightferry('report', name, '--json').ended).stdout) as Report

const chunksDone = async (url: string): Promise<Record<string, unknown>[]> =>
  await onPostgres(
    url,
    `select ordinal, epoch, finished_at::text from nightferry.chunk where table_ordinal = 0 and state = 'done' order by 1`,
  )

const sourceOf = (name: string): string => `
  drop database if exists ${name}; create database ${name} character set utf8mb4; use ${name};
  create table customers (id int primary key, name varchar(20) not null);
  create table orders (id int primary key, customer int not null, foreign key (customer) references customers (id));
  create table \`lines\` (id int primary key, what varchar(200), index by_what (what));
  create table bad (id int primary key, note varchar(60), filler varchar(900) not null, index by_note (note));
  insert into customers select seq, concat('customer ', seq) from seq_1_to_100;
  insert into orders select seq, 1 + seq % 100 from seq_1_to_5000;
  insert into \`lines\` select seq, repeat(md5(seq), 4) from seq_1_to_20000;
  insert into bad select seq, concat('note ', seq), repeat(md5(seq), 20) from seq_1_to_${ROWS};
  analyze table customers, orders, \`lines\`, bad`
