import { expect, test } from 'vitest'
import { profileQuestions } from '../../core/casts/profile.js'
import { buildPlan } from '../../core/plan/build-plan.js'
import type { Plan } from '../../core/plan/types.js'
import { config, findingsOf, NO_FEATURES } from '../support/catalog.js'
import { withSource, type SourceUnderTest } from '../support/source.js'
import { begin, withTarget } from '../support/target.js'

const SIGNAL = new AbortController().signal

async function planned({ source }: SourceUnderTest, written: Record<string, unknown> = {}): Promise<Plan> {
  const catalog = await source.catalog()
  const settings = config(written)
  const answers = await source.profile(profileQuestions(catalog, settings), SIGNAL)
  return buildPlan({ catalog, config: settings, answers, features: NO_FEATURES })
}

/** A default for every type that may have one, and how its value is printed on both sides for a comparison. */
const DEFAULTS: readonly [column: string, declared: string, mysql: string, postgres: string][] = [
  ['i', "int default '-5'", 'i', 'i'],
  ['z', 'int(8) unsigned zerofill default 7', 'z + 0', 'z'],
  ['b', 'tinyint(1) default 1', 'b', 'b::int'],
  ['b2', 'tinyint(1) default 2', 'b2', 'b2'],
  ['n', "decimal(10,2) default '-0.5'", 'n', 'n'],
  ['r', 'double default 1.5e-7', 'r = 1.5e-7', '(r = 1.5e-7)::int'],
  ['y', "year default '1999'", 'y', 'y'],
  ['b1', "bit(1) default b'1'", 'b1 + 0', 'b1::int'],
  ['b8', "bit(8) default b'101'", 'b8 + 0', 'b8::int'],
  ['t', "varchar(50) default 'it''s \\\\ \"é\" \\n'", 't', 't'],
  ['e', "varchar(5) default ''", 'e', 'e'],
  ['x', "binary(4) default 'a'", 'lower(hex(x))', "encode(x, 'hex')"],
  ['v', "varbinary(4) default x'00ff'", 'lower(hex(v))', "encode(v, 'hex')"],
  ['d', "date default '2024-02-29'", 'd', 'd'],
  ['dt', "datetime(3) default '2024-02-29 10:00:00.500'", 'dt', "to_char(dt, 'YYYY-MM-DD HH24:MI:SS.MS')"],
  [
    'ts',
    "timestamp null default '2024-02-29 10:00:00'",
    'ts',
    "to_char(ts at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS')",
  ],
  ['tm', "time default '23:59:59'", 'tm', 'tm'],
  ['en', "enum('a','it''s') default 'it''s'", 'en', 'en::text'],
  ['se', "set('a','b c') default 'a,b c'", 'se', "array_to_string(se, ',')"],
  ['s0', "set('a') default ''", 's0', "array_to_string(s0, ',')"],
]

test('a row of defaults alone is the same on both sides', async () => {
  const columns = DEFAULTS.map(([name, declared]) => `${name} ${declared}`).join(', ')
  await withSource(
    `set time_zone = '+00:00'; create table d (id int auto_increment primary key, ${columns}) character set utf8mb4`,
    async (from) => {
      const plan = await planned(from)
      expect(plan.notCarried.filter((n) => n.kind === 'default')).toEqual([])
      await withTarget(async (target, sql) => {
        await begin(target, plan)
        const list = (side: 2 | 3): string => DEFAULTS.map((entry) => `${entry[side]} as ${entry[0]}`).join(', ')
        const [there] = await from.sql(`set time_zone = '+00:00'; insert into d () values (); select ${list(2)} from d`)
        const [here] = await sql(`insert into d default values; set datestyle to iso; select ${list(3)} from d`)
        const texts = (row: Record<string, unknown> | undefined) =>
          Object.fromEntries(Object.entries(row ?? {}).map(([name, value]) => [name, printed(value)]))
        expect(texts(here)).toEqual(texts(there))
      })
    },
  )
})

/** Dates come as Date objects from one of the drivers; local midnight is the day that was meant. */
const printed = (value: unknown): string =>
  value instanceof Date
    ? [value.getFullYear(), value.getMonth() + 1, value.getDate()].map((n) => String(n).padStart(2, '0')).join('-')
    : String(value)

test('the moment of the insert is the same moment, in a session of any zone', async () => {
  const create =
    'create table m (id int primary key, ts timestamp(3) default current_timestamp(3), dt datetime default current_timestamp)'
  await withSource(create, async (from) => {
    const plan = await planned(from, { casts: [{ type: 'timestamp', to: 'timestamp' }] })
    await withTarget(async (target, sql) => {
      await begin(target, plan)
      const [row] = await sql(
        `set time zone 'Asia/Tokyo'; insert into m (id) values (1);
         select abs(extract(epoch from ts - (now() at time zone 'UTC'))) < 60 as utc,
                abs(extract(epoch from dt - (now() at time zone 'Asia/Tokyo'))) < 60 as wall from m`,
      )
      expect(row).toEqual({ utc: true, wall: true })
    })
  })
})

const AWKWARD = (isMariaDb: boolean): string => `
  create table Parents (Id bigint unsigned auto_increment primary key, name varchar(50) not null, Code varchar(9),
    state enum('a','b''c','') not null default 'a', unique key name (name), key code (Code)) comment 'it''s';
  create table Parents_pkey (id int primary key, Parents_state int, key a (Parents_state));
  create table kids (id int unsigned auto_increment primary key, parent bigint unsigned not null,
    state enum('a','b''c',''), tags set('x','y z','q"') default 'x,q"', body text, place point, g int generated always as (parent + 1) virtual,
    t time, long_label enum('${'é'.repeat(40)}','b'), changed timestamp null on update current_timestamp,
    key by_parent (parent, t desc), key pre (body(5)), fulltext key ft (body),
    constraint fk_parent foreign key (parent) references Parents (Id) on delete cascade);
  create table nokey (a int, B text, \`select\` int, \`a "b\` int);
  ${isMariaDb ? '' : 'set restrict_fk_on_non_standard_key = 0;'}
  create table loose (code varchar(9), constraint fk_code foreign key (code) references Parents (Code));
  create table ${'x'.repeat(60)} (${'y'.repeat(60)} int auto_increment primary key, ${'z'.repeat(60)} enum('a'), key ${'k'.repeat(60)} (${'z'.repeat(60)}));
  create view v as select * from nokey;
  insert into Parents values (1, 'one', 'c', 'a');
  insert into kids (parent, t, tags) values (1, '30:00:00', '');`

test('PostgreSQL takes everything that a plan of an awkward schema says', async () => {
  await withSource(AWKWARD, async (from) => {
    const plan = await planned(from)
    expect(findingsOf(plan).filter((finding) => finding.startsWith('blocking'))).toEqual([])
    expect(new Set(plan.notCarried.map((n) => n.kind))).toEqual(
      new Set(['index', 'generated', 'on-update', 'foreign-key', 'view', 'collation']),
    )
    await withTarget(async (target, sql) => {
      await begin(target, plan)
      for (const table of plan.tables) {
        if (table.primaryKey) await target.buildPrimaryKey(plan, table, SIGNAL)
        for (const i of table.indexes.keys()) await target.buildIndex(plan, table, i, SIGNAL)
      }
      for (const table of plan.tables) await target.addForeignKeys(plan, table)
      for (const table of plan.tables) await target.validateForeignKeys(plan, table, SIGNAL)
      const made = await sql(
        `select relkind::text as kind, count(*)::int as n from pg_class
         where relnamespace = 'public'::regnamespace and relkind in ('r', 'i', 'S') group by 1 order by 1`,
      )
      const indexes = plan.tables.flatMap((table) => [...table.indexes, ...(table.primaryKey ? [0] : [])])
      expect(made).toEqual([
        { kind: 'S', n: 3 },
        { kind: 'i', n: indexes.length },
        { kind: 'r', n: 6 },
      ])
      expect(
        await sql(
          `select conname from pg_constraint where contype = 'f' and convalidated and connamespace = 'public'::regnamespace`,
        ),
      ).toEqual([{ conname: 'fk_parent' }])
      await expect(sql(`insert into kids (parent, tags) values (null, array['nonsense'])`)).rejects.toThrow(
        'null value',
      )
    })
  })
})
