import { afterAll, beforeAll, expect, test } from 'vitest'
import type { News } from '../../core/news.js'
import type { Admission } from '../../core/night.js'
import { farAway, SHOP, startNights, type Nightly } from '../support/nightly.js'
import { untilTime } from '../support/schedules.js'

/**
 * A week of a migration, seconds apart. What a schedule does of firings that nobody could take is proved elsewhere: in
 * test/workflow/nights.test.ts (held, skipped, how late is too late) and missed-nights.test.ts (caught
 * up within the window, dropped beyond it).
 */

const SOURCE = `
  create table customer (id int primary key, name varchar(40) not null, premium tinyint(1) not null, born date);
  create table orders (id int primary key auto_increment, customer int not null, placed datetime not null,
    total decimal(10,2) not null, foreign key (customer) references customer (id));
  create table event (id bigint primary key, what varchar(100) not null);
  insert into customer select seq, concat('customer ', seq), seq % 2, '1980-01-01' + interval seq day from seq_1_to_200;
  insert into orders (customer, placed, total) select 1 + seq % 200, '2026-01-01' + interval seq minute, seq from seq_1_to_500;
  insert into event select seq, md5(seq) from seq_1_to_1000;
  analyze table customer, orders, event`

const WHILE_THEY_SLEPT = `
  alter table customer add column nickname varchar(30);
  create table coupon (id int primary key, percent int not null);
  insert into coupon values (1, 10), (2, 50);
  set sql_mode = ''; update orders set placed = '0000-00-00 00:00:00' where id = 7;
  insert into event select seq, md5(seq) from seq_1001_to_10000;
  update customer set premium = 2 where id = 3;
  analyze table customer, orders, event, coupon`

const DECIDED = `casts:
  - {column: customer.premium, to: smallint}
  - {type: datetime, on_zero_date: "null"}
`

let nightly: Nightly

beforeAll(async () => void (nightly = await startNights(SOURCE, '')), 300_000)
afterAll(async () => await nightly?.stop(), 60_000)

const short = (news: readonly News[]): string[] => news.map(({ kind, subject }) => `${kind} ${subject}`)
const premium = async (): Promise<unknown> =>
  (await nightly.target('select pg_typeof(premium)::text as type from customer limit 1'))[0]?.['type']

test('two nights, a third that meets five news, an apply that decides them, a fourth that is green, a fifth without news', async () => {
  const first = await nightly.night()
  expect(first).toMatchObject({ state: 'complete', label: 'snapshot', published: 'published' })
  const second = await nightly.night()
  expect(second).toMatchObject({ state: 'complete', published: 'published', version: first.version })
  expect((await nightly.report()).news).toEqual([])

  await nightly.source(WHILE_THEY_SLEPT)
  const third = await nightly.night()
  expect(third).toMatchObject({ state: 'incomplete', published: 'not published', stopped: 2 })
  const { news, since, summary } = await nightly.report()
  expect([summary.run, since]).toEqual([third.run, second.run])
  expect(short(news)).toEqual([
    'decision-broken customer.premium',
    'row-refused orders.placed',
    'table-grown event',
    'table-new coupon',
    'column-new customer.nickname',
  ])
  for (const { remedy } of news) expect(remedy).toMatch(/\w{3}/)
  const { stdout } = await nightly.done(4, 'report', SHOP)
  const lines = stdout.split('\n').slice(0, 14)
  console.log(lines.join('\n'))
  expect(lines[0]).toMatch(new RegExp(`Run ${third.run} of shop.*: incomplete`))
  expect(lines.find((line) => line.startsWith('News'))).toBe(`News since ${second.run} (5)`)
  // What people read is last night's.
  expect(await premium()).toBe('boolean')
  expect(await nightly.target('select count(*)::int as n from event')).toEqual([{ n: 1000 }])
  expect((await nightly.runs()).map(({ published }) => published)).toEqual([
    'not published',
    'published',
    'was published',
  ])

  await nightly.apply(DECIDED)
  const fourth = await nightly.night()
  expect(fourth).toMatchObject({ state: 'complete', label: 'snapshot', published: 'published', stopped: 0 })
  expect(await premium()).toBe('smallint')
  expect(await nightly.target('select placed::text from orders where id = 7')).toEqual([{ placed: null }])
  expect(
    await nightly.target('select (select count(*) from event)::int as e, (select count(*) from coupon)::int as c'),
  ).toEqual([{ e: 10_000, c: 2 }])

  const fifth = await nightly.night()
  expect(fifth).toMatchObject({ state: 'complete', published: 'published' })
  expect(await nightly.report()).toMatchObject({ since: fourth.run, news: [] })
  expect((await nightly.done(0, 'report', SHOP)).stdout).toContain(`No news since ${fourth.run}`)
  expect(await nightly.databases()).toHaveLength(2)
}, 300_000)

test('a firing that meets a run stands among the runs as still running, and begins none', async () => {
  await nightly.done(0, 'set', SHOP, 'rows_per_second=2000')
  const { run } = await nightly.fire()
  const met = await nightly.fire()
  expect(met).toEqual({ run: null, reason: `still running: Run ${run} is under way` })
  const skipped = await nightly.machine.nightferry('schedule', SHOP, '--now').ended
  expect([skipped.code, skipped.stderr]).toEqual([1, expect.stringContaining('still running')])
  await nightly.done(0, 'set', SHOP, 'rows_per_second=default')
  expect(await nightly.ended(run ?? '')).toMatchObject({ state: 'complete', published: 'published' })
  const runs = await nightly.runs()
  const reasons = runs.slice(0, 3).map(({ state, reason }) => `${state}: ${reason}`)
  expect(reasons.toSorted()).toEqual(['complete: null', `refused: ${met.reason}`, `refused: ${met.reason}`])
}, 120_000)

test('a firing that no worker took within catch_up stands among the runs as refused, and begins none', async () => {
  await nightly.done(0, 'schedule', SHOP, '--at', `${farAway()} UTC`, '--catch-up', '10s')
  const before = await nightly.runs()
  await nightly.workers.control.kill()
  const night = await nightly.firing()
  const { startTime } = await night.describe()
  await untilTime(startTime.getTime() + 13_000)
  nightly.workers.control = await nightly.machine.startWorker('control')
  const answer = (await night.result()) as Admission
  expect(answer).toEqual({ run: null, reason: expect.stringMatching(/^too late: .* catch_up is 10s$/) })
  const [latest, ...others] = await nightly.runs()
  expect(latest).toMatchObject({ state: 'refused', reason: answer.reason })
  expect(others).toHaveLength(before.length)
  // The next one is taken as ever.
  await nightly.green()
}, 120_000)
