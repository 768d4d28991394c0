import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrationWorkflowId } from '../../core/names.js'
import { SHOP, startNights, turnTo, TWO_SUMS, type Nightly } from '../support/nightly.js'

/** A month: nothing grows but what is meant to, by a line a night. */

const NIGHTS = 30
const KEEP = 2
/** A night whose rows are refused: its database stays until the next one begins. */
const RED = 14
const CONFIG = `publish: {keep: ${KEEP}}\nlimits: {parallelism: 2}\n`

const SOURCE = `${TWO_SUMS}
  create table item (id int primary key auto_increment, sku varchar(20) not null, price decimal(10,2) not null, seen datetime, key by_sku (sku));
  insert into item (sku, price, seen) select concat('sku ', seq), seq, '2026-01-01' + interval seq minute from seq_1_to_2000;
  analyze table item`

/** Rows are added, changed and deleted; now and then there is a column more. */
const meanwhile = (night: number): string => `${turnTo(night)};
  insert into item (sku, price, seen) select concat('sku ', ${night}, '-', seq), seq, now() from seq_1_to_20;
  update item set price = price + 1 where id % ${night} = 0;
  delete from item where id <= ${night * 20};
  ${night % 10 === 5 ? `alter table item add column more_${night} int;` : ''}
  ${night === RED ? `set sql_mode = ''; update item set seen = '0000-00-00' where id = 1999;` : ''}
  ${night === RED + 1 ? `update item set seen = null where id = 1999;` : ''}
  select 1`

/** Numbers of one morning. */
interface Morning {
  readonly night: number
  readonly state: string
  readonly seconds: number
  readonly databases: number
  readonly megabytes: number
  /** Sessions of ours on the target, and on the source. */
  readonly onTarget: number
  readonly onSource: number
  /** Resident megabytes of the workers. */
  readonly control: number
  readonly data: number
  /** Tables, indexes and the like in what people read and in the memory; roles and databases of the server. */
  readonly objects: number
  readonly versions: number
  readonly memoryRows: number
  /** Workflows that are open, and events in the history of the migration's own. */
  readonly open: number
  readonly events: number
}

let nightly: Nightly

beforeAll(async () => void (nightly = await startNights(SOURCE, CONFIG)), 300_000)
afterAll(async () => await nightly?.stop(), 60_000)

const number = async (sql: string, database = 'postgres'): Promise<number> =>
  Number((await nightly.target(`select (${sql})::float8 as n`, database))[0]?.['n'])

const resident = (pid: number): number =>
  Math.round(Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]).toString()) / 1024)

const RELATIONS = `select count(*) from pg_class`
const MEMORY_ROWS = `select sum((xpath('/row/n/text()', query_to_xml(format('select count(*) as n from nightferry.%I', relname), false, true, '')))[1]::text::int)
  from pg_class where relkind = 'r' and relnamespace = 'nightferry'::regnamespace`

async function morning(night: number, state: string, seconds: number): Promise<Morning> {
  const { client, workers } = nightly
  const entity = await client.workflow.getHandle(migrationWorkflowId(SHOP)).describe()
  const sessions = `select count(*) from pg_stat_activity where application_name like 'nightferry%'`
  const [threads] = await nightly.source(
    `select count(*) as n from information_schema.processlist where user = 'root' and id <> connection_id()`,
  )
  const databases = await nightly.databases()
  return {
    ...{ night, state, seconds: Math.round(seconds), databases: databases.length },
    megabytes: Math.round((await number(`select sum(pg_database_size(oid)) from pg_database`)) / 1e6),
    onTarget: await number(sessions),
    onSource: Number(threads?.['n']),
    control: resident(workers.control.pid),
    data: resident(workers.data.pid),
    objects:
      (await number(RELATIONS, SHOP)) +
      (await number(RELATIONS, 'nightferry')) +
      (await number('select (select count(*) from pg_roles) + (select count(*) from pg_database)')),
    versions: await number('select count(*) from nightferry.memory_version', 'nightferry'),
    memoryRows: await number(MEMORY_ROWS, 'nightferry'),
    open: (await client.workflow.count(`ExecutionStatus = 'Running'`)).count,
    events: entity.historyLength,
  }
}

const mean = (all: readonly Morning[], of: (one: Morning) => number, from: number, to: number): number => {
  const some = all.filter(({ night }) => night >= from && night <= to).map(of)
  return some.reduce((sum, one) => sum + one, 0) / some.length
}

test(`${NIGHTS} nights in a row: disk, connections, memory, objects and open histories stay what they are`, async () => {
  const mornings: Morning[] = []
  for (let night = 1; night <= NIGHTS; night++) {
    await nightly.source(meanwhile(night))
    const begun = performance.now()
    const { state } = await nightly.night()
    mornings.push(await morning(night, state, (performance.now() - begun) / 1000))
  }
  console.table(mornings.filter(({ night }) => night % 3 === 0 || night === 1))

  const red = mornings.filter(({ state }) => state !== 'complete').map(({ night }) => night)
  expect(red).toEqual([RED])
  expect(await nightly.target(`select distinct night from account union select distinct night from entry`)).toEqual([
    { night: NIGHTS },
  ])
  for (const { night, databases } of mornings)
    expect(databases, `databases after night ${night}`).toBe(Math.min(night, 1 + KEEP) + (night === RED ? 1 : 0))
  for (const { night, open } of mornings) expect(open, `open workflows after night ${night}`).toBe(1)

  const grows = (of: (one: Morning) => number, slack: number): void => {
    const [early, late] = [mean(mornings, of, 6, 10), mean(mornings, of, NIGHTS - 4, NIGHTS)]
    expect(late, `${of.toString()}: ${early} before`).toBeLessThanOrEqual(1.2 * early + slack)
  }
  grows(({ megabytes }) => megabytes, 5)
  grows(({ onTarget }) => onTarget, 2)
  grows(({ onSource }) => onSource, 2)
  grows(({ control }) => control, 30)
  grows(({ data }) => data, 30)
  grows(({ objects }) => objects, 2)
  // A line a night, and one of each table; a version only where the source had become another.
  const perNight = (mornings.at(-1)!.memoryRows - mornings[0]!.memoryRows) / (NIGHTS - 1)
  console.log(`rows of the memory a night: ${perNight.toFixed(1)}`)
  expect(perNight).toBeLessThan(8)
  expect(mornings.at(-1)?.versions).toBeLessThanOrEqual(1 + NIGHTS)
  expect(Math.max(...mornings.map(({ events }) => events))).toBeLessThan(2_000)
}, 600_000)
