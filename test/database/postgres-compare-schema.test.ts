import { describe, expect, it } from 'vitest'
import type { PlannedForeignKey } from '../../core/plan/types.js'
import type { TargetPort } from '../../core/ports.js'
import { ascending, begin, column, id, loadLines, planOf, primaryKey, table, withTarget } from '../support/target.js'

const never = new AbortController().signal

const refersTo = (name: string, referencedTable: string, columns: string[], referencedColumns: string[]) =>
  ({
    ...{ source: name, target: name, columns, referencedTable, referencedColumns },
    ...{ onUpdate: 'CASCADE', onDelete: 'SET NULL' },
  }) satisfies PlannedForeignKey

/** Every house type, names that need quotes, spelled as a rule of a user might spell them. */
const plan = planOf(
  [
    table('film', [id(), column('Title "x"', 'varchar(10)', { notNull: true, default: `'it''s'`, comment: `a 'c'` })], {
      ...primaryKey('film_pkey', 'id'),
      comment: 'films; "all"',
      identity: { column: 'id', next: '8' },
      indexes: [
        {
          ...{ source: 'a', target: 'film.by title', unique: true, comment: 'why' },
          columns: [{ column: 'Title "x"', descending: true }, ascending('id')],
        },
      ],
    }),
    table(
      'order.line',
      [
        id('nr', 'int'),
        id('Region', 'int8'),
        column('film_id', 'bigint'),
        column('state', '"Zoo"."order_state"', { notNull: true, default: `'it''s, new'` }),
        column('price', 'decimal(10,2)', { default: '1.50' }),
        column('rate', 'float8', { default: '-0.5e3' }),
        column('r', 'real'),
        column('big', 'numeric(20,0)'),
        column('flag', 'bool', { default: 'true' }),
        column('at', 'timestamp(3) with time zone', { default: 'CURRENT_TIMESTAMP(3)' }),
        column('made', 'timestamp', { default: `(CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC')` }),
        column('day', 'date', { default: `'2020-02-29'` }),
        column('took', 'interval'),
        column('hour', 'time(0)', { default: `'08:00:00'` }),
        column('raw', 'bytea', { default: `'\\x00ff'::bytea` }),
        column('bits', 'bit(3)', { default: `B'101'` }),
        column('tags', 'text[]', { default: `ARRAY['a','b']::text[]` }),
        column('vec', 'float4[]'),
        column('doc', 'jsonb', { default: `'{"a": 1}'` }),
        column('u', 'uuid'),
        column('ip', 'inet'),
        column('text', 'text', { default: `''` }),
        column('select', 'smallint', { default: '0' }),
      ],
      {
        ...primaryKey('order_line_pkey', 'Region', 'nr'),
        enums: [{ name: 'order_state', labels: [`it's, new`, 'Ünï', 'b'] }],
        checks: [
          { name: 'tags_check', expression: `"tags" <@ ARRAY['a','b','c']::text[]` },
          { name: 'text check', expression: `"text" = ANY (ARRAY['','x'])` },
        ],
        foreignKeys: [
          refersTo('line_film', 'film', ['film_id'], ['id']),
          refersTo('line_line', 'order.line', ['Region', 'nr'], ['Region', 'nr']),
        ],
        indexes: [
          { source: 'b', target: 'by_state', unique: false, columns: [ascending('state')], comment: '' },
          { source: 'c', target: 'by_text', unique: false, columns: [ascending('text')], comment: '' },
        ],
      },
    ),
    table('keyless', [column('v', 'text')]),
    table('counted', [id('c', 'smallint'), column('v', 'int')], { identity: { column: 'c', next: '1' } }),
  ],
  'Zoo',
)

/** The plan, made as a run makes it, with a few rows. */
async function build(target: TargetPort): Promise<void> {
  await begin(target, plan)
  await loadLines(target, plan, 0, ['7\tseven', '3\tthree'])
  for (const one of plan.tables) {
    await target.buildPrimaryKey(plan, one, never)
    for (const n of one.indexes.keys()) await target.buildIndex(plan, one, n, never)
  }
  for (const one of plan.tables) await target.addForeignKeys(plan, one)
  for (const one of plan.tables) await target.validateForeignKeys(plan, one, never)
  for (const one of plan.tables) if (one.identity) await target.setIdentity(plan, one, one.identity.next)
}

const LINE = '"Zoo"."order.line"'

/** What somebody did, and what is told of it: subject, planned, found, mendable. */
const FAULTS: readonly (readonly [string, ...(readonly [string, string | null, string | null, boolean])[]])[] = [
  [
    `update pg_index set indisvalid = false where indexrelid = '"Zoo".by_state'::regclass`,
    ['index order.line.by_state', 'valid', 'not valid', true],
  ],
  [
    `update pg_index set indisvalid = false where indexrelid = '"Zoo".film_pkey'::regclass`,
    ['primary key film', 'valid', 'not valid', true],
  ],
  [
    `alter table ${LINE} drop constraint line_film, add constraint line_film foreign key (film_id)
       references "Zoo".film (id) on update cascade on delete set null not valid`,
    ['foreign key order.line.line_film', 'validated', 'not validated', true],
  ],
  [
    `alter table ${LINE} drop constraint tags_check,
       add constraint tags_check check (tags <@ ARRAY['a','b','c']::text[]) not valid`,
    ['check order.line.tags_check', 'validated', 'not validated', true],
  ],
  [`select setval('"Zoo".film_id_seq', 6)`, ['counter film.id', 'next value 8 or larger', 'next value 7', true]],
  [`alter table "Zoo".film alter id drop identity`, ['counter film.id', 'identity by default', null, false]],
  [
    `alter table "Zoo".film alter id set generated always`,
    ['counter film.id', 'identity by default', 'identity always', false],
  ],
  [`alter table "Zoo".film alter id set increment 2`, ['counter film.id', 'counts by 1', 'counts by 2', false]],
  [
    `alter table ${LINE} alter price drop default`,
    ['column order.line.price', 'numeric(10,2) default 1.50', 'numeric(10,2)', false],
  ],
  [
    `alter table "Zoo".film alter "Title ""x""" type varchar(12)`,
    [
      'column film.Title "x"',
      `character varying(10) not null default 'it''s'::character varying`,
      `character varying(12) not null default 'it''s'::character varying`,
      false,
    ],
  ],
  [`alter table ${LINE} alter u type text collate "C"`, ['column order.line.u', 'uuid', 'text collate "C"', false]],
  [
    `alter table ${LINE} alter state drop not null`,
    [
      'column order.line.state',
      `"Zoo".order_state not null default 'it''s, new'::"Zoo".order_state`,
      `"Zoo".order_state default 'it''s, new'::"Zoo".order_state`,
      false,
    ],
  ],
  [`alter table ${LINE} drop column ip`, ['column order.line.ip', 'inet', null, false]],
  [`alter table ${LINE} add note text`, ['column order.line.note', null, 'text', false]],
  [
    `alter table "Zoo".keyless add primary key (v)`,
    ['column keyless.v', 'text', 'text not null', false],
    ['primary key keyless', null, 'keyless_pkey (v)', false],
  ],
  [
    `alter table ${LINE} drop constraint order_line_pkey cascade`,
    ['primary key order.line', 'order_line_pkey (Region, nr)', null, false],
    [
      'foreign key order.line.line_line',
      '(Region, nr) to order.line (Region, nr) on update CASCADE on delete SET NULL',
      null,
      false,
    ],
  ],
  [`drop index "Zoo".by_state`, ['index order.line.by_state', '(state)', null, false]],
  [
    `drop index "Zoo".by_state; create index by_state on ${LINE} (state desc nulls last, lower(text)) where nr > 1`,
    ['index order.line.by_state', '(state)', '(state desc nulls last, (lower(text))) where (nr > 1)', false],
  ],
  [
    `drop index "Zoo".by_text; create unique index by_text on ${LINE} using btree (text collate "C" text_pattern_ops) include (nr)`,
    ['index order.line.by_text', '(text)', 'unique (text collate "C" text_pattern_ops) include (nr)', false],
  ],
  [
    `drop index "Zoo".by_text; create index by_text on ${LINE} using hash (text)`,
    ['index order.line.by_text', '(text)', '(text) using hash', false],
  ],
  [`create index mine on ${LINE} (price)`, ['index order.line.mine', null, '(price)', false]],
  [
    `alter table ${LINE} drop constraint line_film, add constraint line_film foreign key (film_id)
       references "Zoo".film (id) on delete cascade`,
    [
      'foreign key order.line.line_film',
      '(film_id) to film (id) on update CASCADE on delete SET NULL',
      '(film_id) to film (id) on update NO ACTION on delete CASCADE',
      false,
    ],
  ],
  [
    `alter table ${LINE} add constraint mine foreign key (nr) references "Zoo".film (id) deferrable`,
    [
      'foreign key order.line.mine',
      null,
      '(nr) to film (id) on update NO ACTION on delete NO ACTION deferrable',
      false,
    ],
  ],
  [`alter table ${LINE} add constraint mine check (nr > 0)`, ['check order.line.mine', null, '(nr > 0)', false]],
  [
    `alter table ${LINE} drop constraint tags_check`,
    ['check order.line.tags_check', `(tags <@ ARRAY['a'::text, 'b'::text, 'c'::text])`, null, false],
  ],
  [
    `alter type "Zoo".order_state add value 'c'`,
    ['type order_state', `["it's, new","Ünï","b"]`, `["it's, new","Ünï","b","c"]`, false],
  ],
  [`comment on table "Zoo".film is 'gone'`, ['comment on table film', 'films; "all"', 'gone', false]],
  [`comment on column "Zoo".film."Title ""x""" is null`, ['comment on column film.Title "x"', `a 'c'`, null, false]],
  [`comment on column "Zoo".film.id is 'new'`, ['comment on column film.id', null, 'new', false]],
  [`comment on index "Zoo"."film.by title" is 'else'`, ['comment on index film.film.by title', 'why', 'else', false]],
  [
    `create function "Zoo".f() returns trigger language plpgsql as 'begin return new; end';
     create trigger t before insert on "Zoo".keyless for each row execute function "Zoo".f()`,
    [
      'trigger keyless.t',
      null,
      'CREATE TRIGGER t BEFORE INSERT ON "Zoo".keyless FOR EACH ROW EXECUTE FUNCTION "Zoo".f()',
      false,
    ],
  ],
  [`grant select, insert on "Zoo".keyless to public`, ['grants on keyless', null, 'public: insert, select', false]],
  [`alter table "Zoo".keyless enable row level security`, ['row security keyless', null, 'on', false]],
  [`drop table "Zoo".keyless`, ['table keyless', 'table', null, false]],
  [`drop table "Zoo".keyless; create view "Zoo".keyless as select 1 as v`, ['table keyless', 'table', 'view', false]],
]

const CASES = FAULTS.map(([fault, ...told]) => ({ fault, told }))

describe.each([15, 18] as const)('comparing the schema with the plan on PostgreSQL %i', (version) => {
  it('finds nothing in what a run has just made, however it is spelled, and leaves nothing behind', async () => {
    await withTarget(async (target, sql) => {
      await build(target)
      expect(await target.compareSchema(plan)).toEqual([])
      expect(await sql(`select count(*)::int as n from pg_class where relname like 'planned%'`)).toEqual([{ n: 0 }])
    }, version)
  })

  it.each(CASES)('names both sides, and whether a repair can mend it, after: $fault', async ({ fault, told }) => {
    await withTarget(async (target, sql) => {
      await build(target)
      await sql(fault)
      const differences = await target.compareSchema(plan)
      expect(differences.map((d) => [d.subject, d.planned, d.found, d.mendable])).toEqual(told)
    }, version)
  })

  it('goes on where a type is gone that the plan needs', async () => {
    await withTarget(async (target, sql) => {
      await build(target)
      await sql(`drop index "Zoo".by_state; alter table ${LINE} alter state drop default, alter state type text;
        drop type "Zoo".order_state`)
      expect(await target.compareSchema(plan)).toMatchObject([
        { subject: 'type order_state', found: null },
        { subject: 'column order.line.state', planned: expect.stringContaining('order_state'), found: 'text not null' },
        { subject: 'index order.line.by_state', found: null },
      ])
    }, version)
  })
})
