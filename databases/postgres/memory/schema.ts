/**
 * The memory's tables, one step per version of its own schema: step n takes version n to n + 1. A step that was released is
 * never edited; a change is a new step. They lie in schema `nightferry`, in database `nightferry` or beside a ledger, whose
 * tables have other names. Every row belongs to a migration.
 *
 * Documents are `json`, not `jsonb`: they hold the source's original texts, and jsonb refuses \u0000.
 */
export const MEMORY_STEPS: readonly string[] = [
  `
  create schema if not exists nightferry;

  create table nightferry.memory_mark (
    one boolean primary key default true check (one),
    schema_version integer not null,
    made_at timestamptz not null default now(),
    made_by text not null
  );

  create table nightferry.memory_version (
    migration text not null,
    number integer not null,
    config json not null,
    config_format integer not null,
    plan json not null,
    plan_hash text not null,
    tables integer not null,
    made_by text not null,
    made_at timestamptz not null,
    primary key (migration, number)
  );

  create table nightferry.memory_audit (
    migration text not null,
    at timestamptz not null,
    what text not null,
    by_whom text not null,
    why text not null,
    about jsonb not null,
    unique (migration, at, what, by_whom, about)
  );

  create table nightferry.memory_run (
    migration text not null,
    run text collate "C" not null,
    state text not null,
    tables integer not null,
    published text not null,
    since text,
    summary json not null,
    report json,
    notes json not null,
    news json not null,
    saved_at timestamptz not null default clock_timestamp(),
    primary key (migration, run)
  );

  create table nightferry.memory_table (
    migration text not null,
    run text collate "C" not null,
    ordinal integer not null,
    name text not null,
    state text not null,
    rows bigint not null,
    bytes bigint not null,
    seconds double precision not null,
    digest text,
    columns json not null,
    indexes json not null,
    counter json,
    failures json not null,
    primary key (migration, run, ordinal),
    foreign key (migration, run) references nightferry.memory_run on delete cascade
  );
  create index memory_table_name on nightferry.memory_table (migration, name);
  `,
  `
  create table nightferry.memory_fitness (
    migration text primary key,
    at timestamptz not null,
    fitness json not null
  );

  create table nightferry.memory_waiver (
    migration text not null,
    name text not null,
    by_whom text not null,
    why text not null,
    at timestamptz not null,
    expires timestamptz not null,
    primary key (migration, name)
  );
  `,
]

/** By what another part of ours knows them: their indexes are named after them. */
export const MEMORY_TABLES: readonly string[] = [
  ...MEMORY_STEPS.join('\n').matchAll(/^\s*create table nightferry\.(\w+)/gm),
].map(([, name]) => name ?? '')
