import mysql from 'mysql2/promise'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Child } from '../../client/embedded/child.js'
import { startMachine, type Command, type Machine } from '../support/machine.js'
import { waitUntil } from '../support/wait.js'

const ROWS = 1_000_000
const BAG = 50_000
const NAME = 'proof_faults'
const KILLS = 'proof_kills'

let machine: Machine
let data: Child

beforeAll(async () => {
  machine = await startMachine('faults-proof', NAME)
  await loadSource(machine.mysql.url)
  // The server's files are those of an earlier test of this folder.
  for (const name of [NAME, KILLS]) await sql(`drop database if exists ${name} with (force)`, 'postgres')
  await machine.startWorker('control')
  data = await machine.startWorker('data')
}, 240_000)

afterAll(async () => await machine?.stop(), 60_000)

const targetUrl = (name = NAME): string => {
  const url = new URL(machine.postgres.url)
  url.pathname = `/${name}`
  return url.href
}

async function sql(text: string, name = NAME): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: targetUrl(name) })
  await client.connect()
  try {
    const results = (await client.query(text)) as pg.QueryResult | pg.QueryResult[]
    return (Array.isArray(results) ? results.at(-1) : results)?.rows as Record<string, unknown>[]
  } finally {
    await client.end()
  }
}

const config = (name: string, chunkBytes: string): string =>
  machine.writeConfig(
    `${name}.yaml`,
    `migration: ${name}\nsource: {connection: src}\ntarget: {connection: dst, database: ${name}}\n` +
      `publish: {mode: in-place}\nlimits: {parallelism: 2, chunk_bytes: ${chunkBytes}}\n`,
  )

interface Said {
  readonly code: number | null
  readonly document: VerifyDocument
  readonly stderr: string
}

interface VerifyDocument {
  readonly verdict: string
  readonly tables: readonly { readonly table: string; readonly verdict: string }[]
  readonly differences: readonly {
    readonly table: string
    readonly kind: string
    readonly key: string
    readonly columns: readonly { readonly column: string }[]
  }[]
}

async function verify(name = NAME, ...options: string[]): Promise<Said> {
  const { code, stdout, stderr } = await machine.nightferry('verify', name, '--json', ...options).ended
  return { code, document: JSON.parse(stdout) as VerifyDocument, stderr }
}

const named = ({ differences }: VerifyDocument): string[] =>
  differences
    .map(({ table, kind, key, columns }) =>
      kind === 'changed'
        ? `${table} changed ${key}: ${columns.map(({ column }) => column).join(', ')}`
        : `${table} ${kind} ${table === 'bag' ? '(a row)' : key}`,
    )
    .toSorted()

/** What somebody does to the target, and what is to be said of it. */
const FAULTS: Readonly<Record<string, { readonly do: string; readonly said: readonly string[] }>> = {
  'one changed byte': { do: `update items set a = 'a of 5oo' where id = 500`, said: ['items changed id=500: a'] },
  'a missing row': { do: 'delete from items where id = 777777', said: ['items missing id=777777'] },
  'an extra row': {
    do: `insert into items select 9000000, a, b, n, t, at from items where id = 1`,
    said: ['items extra id=9000000'],
  },
  'two columns swapped in one row': {
    do: 'update items set a = b, b = a where id = 42',
    said: ['items changed id=42: a, b'],
  },
  'two rows’ values swapped': {
    do: `update items set n = case id when 10 then 11 else 10 end where id in (10, 11)`,
    said: ['items changed id=10: n', 'items changed id=11: n'],
  },
  'NULL for an empty text': {
    do: 'update items set t = null where id = 1000000',
    said: ['items changed id=1000000: t'],
  },
  'a duplicate where another row vanished': {
    do: `update bag set v = 'v1' where ctid = (select ctid from bag where v = 'v2' limit 1)`,
    said: ['bag extra (a row)', 'bag missing (a row)'],
  },
}

const SCHEMA_FAULTS: Readonly<Record<string, { readonly do: string; readonly said: RegExp }>> = {
  'an invalid index': {
    do: `update pg_index set indisvalid = false where indrelid = 'public.items'::regclass and not indisprimary`,
    said: /by_a/,
  },
  'a constraint that is not validated': {
    do: `do $$ declare c text; begin
      select conname into strict c from pg_constraint where conrelid = 'public.parts'::regclass and contype = 'f';
      execute format('alter table public.parts drop constraint %I', c);
      execute format('alter table public.parts add constraint %I foreign key (item) references public.items (id)
        on delete cascade not valid', c); end $$`,
    said: /foreign key/i,
  },
  'a counter behind': { do: `select setval(pg_get_serial_sequence('public.parts', 'id'), 1)`, said: /parts/ },
}

test('each kind of fault in 1,000,000 rows is named, and mended without touching what is around it', async () => {
  const ran = await machine.nightferry('run', config(NAME, '16MB')).ended
  expect(ran.code, ran.stderr).toBe(0)
  expect(await verify()).toMatchObject({ code: 0, document: { verdict: 'equal' } })
  // What the application has there by now: children that go with their parent, and a stamp of each update.
  await sql(`create table kids (item bigint references items (id) on delete cascade);
    insert into kids select unnest(array[500, 42, 10, 11, 1000000]);
    create function stamp() returns trigger language plpgsql as $$ begin new.at := '2030-01-01'; return new; end $$`)
  await sql(
    Object.values(FAULTS)
      .map((fault) => fault.do)
      .join(';'),
  )
  await sql('create trigger stamp before insert or update on items for each row execute function stamp()')
  for (const fault of Object.values(SCHEMA_FAULTS)) await sql(fault.do)

  const found = await verify()
  expect(found.code).toBe(6)
  expect(named(found.document)).toEqual(
    Object.values(FAULTS)
      .flatMap(({ said }) => said)
      .toSorted(),
  )
  const schema = await machine.nightferry('verify', NAME, '--schema').ended
  expect(schema.code).toBe(6)
  for (const fault of Object.values(SCHEMA_FAULTS)) expect(schema.stdout).toMatch(fault.said)

  const planned = await machine.nightferry('repair', NAME).ended
  expect(planned.code, planned.stderr).toBe(6)
  expect((await verify()).code, 'a repair that was only planned changes nothing').toBe(6)
  const mended = await machine.nightferry('repair', NAME, '--execute').ended
  expect(mended.code, mended.stdout + mended.stderr).toBe(0)
  expect(await verify(NAME, '--source')).toMatchObject({ code: 0, document: { verdict: 'equal', differences: [] } })
  expect((await machine.nightferry('verify', NAME, '--schema').ended).stdout).not.toMatch(/by_a|not valid|behind/i)
  expect(await sql('select count(*)::int as n from kids')).toEqual([{ n: 5 }])
  expect(await sql(`select count(*)::int as n from items where at = '2030-01-01'`)).toEqual([{ n: 0 }])
}, 300_000)

const killed = async (): Promise<void> => {
  await data.kill()
  data = await machine.startWorker('data')
}

const parts = async (proof: string, name: string): Promise<number> => {
  const rows = await sql(`select count(*)::int as n from nightferry.proof_part where proof ${proof}`, name).catch(
    () => [],
  )
  return Number(rows[0]?.['n'] ?? 0)
}

/** Until so many parts of a proof are read, while the command that waits for it goes on. */
async function someParts(command: Command, proof: string, name: string): Promise<void> {
  const early = command.ended.then(({ code, stderr }) => {
    throw new Error(`it ended with ${code} before: ${stderr}`)
  })
  const enough = waitUntil('some parts to be read', async () => (await parts(proof, name)) >= 10, 120_000)
  await Promise.race([enough, early])
}

test('SIGKILL of the only data worker during the load proof, a verify and a repair: each goes on, and says what is so', async () => {
  const name = KILLS
  const run = machine.nightferry('run', config(name, '500kB'))
  await someParts(run, "!~ '[.]'", name)
  await killed()
  const ran = await run.ended
  expect(ran.code, ran.stderr).toBe(0)
  expect(await sql(`select verdict from nightferry.proof`, name)).toEqual([{ verdict: 'equal' }])

  await sql(`update items set n = n + 1 where id % 1000 = 7`, name)
  const verifying = machine.nightferry('verify', name, '--json')
  await someParts(verifying, "like '%.2'", name)
  await killed()
  const verified = await verifying.ended
  expect(verified.code, verified.stderr).toBe(6)
  const { verdict, differences } = JSON.parse(verified.stdout) as VerifyDocument
  expect({ verdict, differences: differences.length }).toEqual({ verdict: 'target changed', differences: ROWS / 1000 })

  const repairing = machine.nightferry('repair', name, '--execute')
  const writes = `select count(*)::int as n from pg_locks where locktype = 'relation' and granted
    and relation = 'public.items'::regclass and mode = 'ShareRowExclusiveLock'`
  await waitUntil('the repair to hold its table', async () => Number((await sql(writes, name))[0]?.['n']) > 0, 120_000)
  await killed()
  const repaired = await repairing.ended
  expect(repaired.code, repaired.stdout + repaired.stderr).toBe(0)
  expect(await verify(name, '--source')).toMatchObject({ code: 0, document: { verdict: 'equal' } })
  expect(await sql('select count(*)::int as rows, count(distinct id)::int as keys from items', name)).toEqual([
    { rows: ROWS, keys: ROWS },
  ])
}, 300_000)

async function loadSource(url: string): Promise<void> {
  const connection = await mysql.createConnection({ uri: url, multipleStatements: true })
  const digits = `(${Array.from({ length: 10 }, (_, d) => `select ${d} d`).join(' union all ')})`
  try {
    await connection.query(`drop database if exists ${NAME}; create database ${NAME} character set utf8mb4; use ${NAME};
      create table items (id bigint not null primary key, a varchar(30) not null, b varchar(30) not null, n int, t varchar(20),
        at datetime not null, key by_a (a));
      create table parts (id int not null auto_increment primary key, item bigint not null,
        foreign key (item) references items (id) on delete cascade);
      create table bag (v varchar(10), w int);
      create table d (n int not null primary key);
      insert into d select a.d + 10 * b.d + 100 * c.d from ${digits} a, ${digits} b, ${digits} c;
      insert into items select 1 + x.n + 1000 * y.n, concat('a of ', 1 + x.n + 1000 * y.n), concat('b of ', x.n), 1 + x.n + 1000 * y.n, '',
        timestamp('2024-01-01') + interval x.n second from d y straight_join d x;
      insert into parts (item) select 1 + n * 7 from d;
      insert into bag select concat('v', x.n % 5), x.n % 3 from d x, d y where y.n < ${BAG / 1000};
      drop table d`)
  } finally {
    await connection.end()
  }
}
