import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SHOP, startNights, turnTo, TWO_SUMS, type Nightly } from '../support/nightly.js'
import { smallDisk, type SmallDisk } from '../support/small-disk.js'
import { waitUntil } from '../support/wait.js'

const ROWS = 12_000
const SOURCE = `${TWO_SUMS}
  create table big (id int primary key, filler varchar(900) not null);
  insert into big select seq, repeat(md5(seq), 20) from seq_1_to_${ROWS};
  analyze table big`

const CONFIG = `hooks: {before_run: {sql: before.sql}, after_publish: {sql: after.sql}}
limits: {parallelism: 2, chunk_bytes: 500KB}
`
const NOTHING = 'select 1'
const DISK = 'nights_disk'

/** The generation is made when the night begins: whatever is wrong with it comes with the hook that runs there first. */
const ON_DDL = (tag: string, body: string): string => `
  create function spoil() returns event_trigger language plpgsql as $$ begin ${body} end $$;
  create event trigger spoil on ddl_command_end when tag in ('${tag}') execute function spoil()`

/** One changed row, behind the copy and before the proof. */
const CHANGES_A_ROW = ON_DDL(
  'CREATE INDEX',
  `if exists (select from pg_event_trigger_ddl_commands() c join pg_index i on i.indexrelid = c.objid
     where i.indrelid = 'public.entry'::regclass) then update public.entry set amount = amount + 1 where id = 7; end if;`,
)
/** That table alone lies on the disk that is full. */
const MOVES_A_TABLE = ON_DDL(
  'CREATE TABLE',
  `if exists (select from pg_event_trigger_ddl_commands() where object_identity = 'public.big') then
     alter table public.big set tablespace ${DISK}; end if;`,
)

interface Case {
  readonly state: 'refused' | 'incomplete'
  /** In the first line of its report, and in `runs`. */
  readonly says: RegExp
  /** Until the night has failed; its run. */
  readonly fail: () => Promise<string>
  /** The cause goes; nobody tells Nightferry. */
  readonly mend: () => Promise<void>
}

let nightly: Nightly
let disk: SmallDisk | null = null
let turned = 1

beforeAll(async () => {
  nightly = await startNights(SOURCE, CONFIG, ['--deadline', '150s'])
  hook('before', NOTHING)
  hook('after', NOTHING)
  await nightly.target(`drop tablespace if exists ${DISK}`, 'postgres')
  await nightly.green()
}, 300_000)

afterAll(async () => {
  await nightly?.stop()
  disk?.remove()
}, 60_000)

const hook = (moment: 'before' | 'after', sql: string): void =>
  writeFileSync(join(nightly.machine.folder, `${moment}.sql`), sql)

const began = async (): Promise<string> => (await nightly.night()).run

const CASES: Readonly<Record<string, Case>> = {
  'the source is gone while it is planned': {
    state: 'refused',
    says: /The source src does not answer/,
    fail: async () => {
      await nightly.machine.mysql.kill()
      const { run, reason } = await nightly.fire()
      expect([run, reason]).toEqual([null, expect.any(String)])
      return (await nightly.runs())[0]?.run ?? ''
    },
    mend: async () => await nightly.machine.mysql.restart(),
  },
  'the source is gone in the middle of the copy': {
    state: 'incomplete',
    says: /Its deadline came .*: The source src does not answer/,
    fail: async () => {
      await nightly.done(0, 'set', SHOP, 'rows_per_second=500')
      const { run } = await nightly.fire()
      const generation = `${SHOP}_${(run ?? '').replaceAll('-', '_')}`
      const done = `select count(*)::int as n from nightferry.chunk where state = 'done'`
      const chunks = async () => Number((await nightly.target(done, generation).catch(() => []))[0]?.['n'] ?? 0)
      await waitUntil('some chunks', async () => (await chunks()) >= 2, 60_000)
      await nightly.machine.mysql.kill()
      return (await nightly.ended(run ?? '')).run
    },
    mend: async () => {
      await nightly.machine.mysql.restart()
      await nightly.done(0, 'set', SHOP, 'rows_per_second=default')
    },
  },
  'the target is full': {
    state: 'incomplete',
    says: /big \(target full\)/,
    fail: async () => {
      disk = smallDisk(4)
      await nightly.target(`create tablespace ${DISK} location '${disk.folder}'`, 'postgres')
      hook('before', MOVES_A_TABLE)
      return await began()
    },
    mend: async () => {
      disk?.grow(64)
      hook('before', NOTHING)
    },
  },
  'the proof is red': {
    state: 'incomplete',
    says: /entry \(not equal\)/,
    fail: async () => {
      hook('before', CHANGES_A_ROW)
      return await began()
    },
    mend: async () => hook('before', NOTHING),
  },
  'before_run is red': {
    state: 'incomplete',
    says: /before_run \(sql before.sql\) is refused/,
    fail: async () => {
      hook('before', 'select 1;\nselect 1/0')
      return await began()
    },
    mend: async () => hook('before', NOTHING),
  },
}

/** What people read: the night it is of, where both sums agree. */
async function whatIsRead(): Promise<unknown> {
  const sums = `select (select sum(amount) from account) / 20100 as one, (select sum(amount) from entry) / 20100 as other`
  const [row] = await nightly.target(`select one::int, other::int from (${sums}) s`)
  return row?.['one'] === row?.['other'] ? row?.['one'] : row
}

test.each(Object.entries(CASES))(
  'a night in which %s leaves yesterday published, says why in its first line, and the next one needs no help',
  async (_, { state, says, fail, mend }) => {
    const yesterday = turned
    await nightly.source(turnTo(++turned))
    const begun = performance.now()
    const run = await fail()
    const first = await nightly.firstLine(run)
    console.log(`after ${((performance.now() - begun) / 1000).toFixed(0)} s: ${first}`)
    expect(await whatIsRead()).toBe(yesterday)
    expect(first).toContain(`Run ${run} of ${SHOP}`)
    expect(first).toMatch(says)
    const [latest] = await nightly.runs()
    expect(latest).toMatchObject({ run, state, reason: expect.stringMatching(says) })
    expect(latest?.published ?? 'not published').toBe('not published')

    await mend()
    expect(await nightly.night()).toMatchObject({ state: 'complete', label: 'snapshot', published: 'published' })
    expect(await whatIsRead()).toBe(turned)
    expect(await nightly.databases()).toHaveLength(2)
  },
  400_000,
)

test('a red after_publish leaves tonight published, and the report names it', async () => {
  await nightly.source(turnTo(++turned))
  hook('after', 'select no_such_column from account')
  const { run, state, published } = await nightly.night()
  expect([state, published]).toEqual(['complete', 'published'])
  expect(await whatIsRead()).toBe(turned)
  const { notes } = await nightly.report(run)
  expect(notes).toEqual([expect.stringMatching(/^Hook after_publish \(sql after\.sql\) .*line 1/)])
  expect((await nightly.done(0, 'report', SHOP)).stdout).toContain(notes[0])
}, 120_000)
