/**
 * Schema `nightferry` of the target database, one step per version of the ledger's own schema: step n takes version n
 * to n + 1. A step that was released is never edited; a change is a new step.
 *
 * Plans and configs are `json`, not `jsonb`: they hold the source's original texts, and jsonb refuses \u0000.
 * Rows of `chunk` and `run_table` are updated often while they are worked on: no index on what changes, and room on
 * each page, keep those updates within their page (HOT).
 */
export const LEDGER_STEPS: readonly string[] = [
  `
  create schema if not exists nightferry;
  comment on schema nightferry is 'Ledger of a Nightferry migration: do not edit by hand';

  create table nightferry.mark (
    one boolean primary key default true check (one),
    migration text not null,
    schema_version integer not null,
    made_at timestamptz not null default now(),
    made_by text not null
  );

  create table nightferry.version (
    number integer primary key,
    config json not null,
    plan json not null,
    plan_hash text not null,
    made_by text not null,
    made_at timestamptz not null
  );

  -- What progress and summaries need of the plan, so that a poll does not read all of it.
  create table nightferry.version_table (
    version integer not null references nightferry.version,
    ordinal integer not null,
    source_name text not null,
    target_name text not null,
    estimated_rows bigint not null,
    estimated_bytes bigint not null,
    primary key (version, ordinal)
  );

  -- tables, stopped, rows and bytes are written when the run closes; until then they are counted.
  create table nightferry.run (
    run text primary key,
    version integer not null references nightferry.version,
    label text not null,
    state text not null default 'running',
    phase text not null default 'schema',
    started_at timestamptz not null default now(),
    ended_at timestamptz,
    tables integer,
    stopped integer,
    rows bigint,
    bytes bigint,
    reason text
  );
  create index run_started on nightferry.run (started_at);

  create table nightferry.run_phase (
    run text not null references nightferry.run on delete cascade,
    phase text not null,
    started_at timestamptz not null default now(),
    ended_at timestamptz,
    primary key (run, phase)
  );

  create table nightferry.run_table (
    run text not null references nightferry.run on delete cascade,
    table_ordinal integer not null,
    bundle integer,
    state text not null default 'waiting',
    doing text,
    rows_counted bigint,
    seconds_copy double precision not null default 0,
    seconds_indexes double precision not null default 0,
    seconds_constraints double precision not null default 0,
    seconds_vacuum double precision not null default 0,
    primary key (run, table_ordinal)
  ) with (fillfactor = 60);

  create table nightferry.chunk (
    run text not null,
    table_ordinal integer not null,
    ordinal integer not null,
    from_key jsonb,
    to_key jsonb,
    state text not null default 'pending' check (state in ('pending', 'running', 'done')),
    epoch integer not null default 0,
    worker text,
    started_at timestamptz,
    progress_rows bigint not null default 0,
    progress_bytes bigint not null default 0,
    finished_at timestamptz,
    rows_read bigint,
    rows_loaded bigint,
    bytes bigint,
    seconds double precision,
    zero_dates jsonb,
    primary key (run, table_ordinal, ordinal),
    foreign key (run, table_ordinal) references nightferry.run_table on delete cascade,
    check (state <> 'done' or rows_read = rows_loaded)
  ) with (fillfactor = 60);

  create table nightferry.failure (
    id bigint generated always as identity primary key,
    run text not null,
    table_ordinal integer not null,
    at timestamptz not null default now(),
    kind text not null,
    message text not null,
    remedy text not null,
    column_name text,
    key text,
    reason text,
    foreign key (run, table_ordinal) references nightferry.run_table on delete cascade
  );
  create index failure_table on nightferry.failure (run, table_ordinal);

  -- What we made in the target: a later run drops these and nothing else.
  create table nightferry.object (
    kind text not null check (kind in ('table', 'type')),
    oid oid not null,
    schema_name text not null,
    name text not null,
    run text not null,
    made_at timestamptz not null default now(),
    primary key (kind, oid)
  );
  `,
  `
  -- S0: what the copy wrote, digested on its way; null where a run was told not to (benchmarks).
  alter table nightferry.chunk add column digest bytea;
  -- What SQL in the source said of a range of it, in the snapshot that it was copied in.
  alter table nightferry.chunk add column witness jsonb;
  -- Rows that attempts before the last one had read, as far as they told.
  alter table nightferry.chunk add column rows_again bigint not null default 0;

  -- Of which moment the rows are, what that cost the source, and why they are not of one (any more).
  alter table nightferry.run
    add column moment timestamptz,
    add column position text,
    add column lock text,
    add column lock_attempts integer,
    add column blocked_ms double precision,
    add column locked text[],
    add column labelled text[],
    add column label_reason text,
    add column label_decided boolean not null default false;
  -- What tells the source's table from another one that took its place while it was read.
  alter table nightferry.run_table add column made text;

  -- A proof of a run: its own load proof (proof = run), or a later verify or repair.
  create table nightferry.proof (
    proof text primary key,
    run text not null references nightferry.run on delete cascade,
    kind text not null check (kind in ('load', 'verify', 'repair')),
    with_source boolean not null,
    witness double precision not null,
    tables integer[],
    started_at timestamptz not null default now(),
    ended_at timestamptz,
    verdict text
  );
  create index proof_run on nightferry.proof (run, started_at);

  -- One digest of one part: T of a chunk (ordered) or of a page range (buckets), S1 of a chunk. Written once a part is read,
  -- so that an attempt after a crash goes on behind it.
  create table nightferry.proof_part (
    proof text not null references nightferry.proof on delete cascade,
    table_ordinal integer not null,
    side text not null check (side in ('T', 'S1')),
    ordinal integer not null,
    rows bigint not null,
    bytes bigint not null,
    digest bytea not null,
    seconds double precision not null,
    worker text not null,
    at timestamptz not null default clock_timestamp(),
    primary key (proof, table_ordinal, side, ordinal)
  );

  create table nightferry.proof_table (
    proof text not null references nightferry.proof on delete cascade,
    table_ordinal integer not null,
    -- Page range of each T part of a table in buckets, decided once.
    pages_per_part integer,
    parts integer,
    verdict text,
    rows_source bigint,
    rows_target bigint,
    differences bigint not null default 0,
    seconds double precision not null default 0,
    primary key (proof, table_ordinal)
  );

  create table nightferry.witness (
    proof text not null references nightferry.proof on delete cascade,
    table_ordinal integer not null,
    ordinal integer not null,
    from_key jsonb, to_key jsonb,
    rows_source bigint, rows_target bigint, sum_source text, sum_target text,
    agrees boolean, at timestamptz not null default clock_timestamp(),
    primary key (proof, table_ordinal, ordinal)
  );

  create table nightferry.difference (
    id bigint generated always as identity primary key,
    proof text not null references nightferry.proof on delete cascade,
    table_ordinal integer not null,
    part integer not null,
    kind text not null check (kind in ('missing', 'extra', 'changed')),
    key text not null,
    columns json not null,
    times bigint not null default 1
  );
  create index difference_part on nightferry.difference (proof, table_ordinal, part);

  -- Written in the transaction that mended the table: an attempt after a crash finds it and mends nothing twice.
  create table nightferry.mended (
    proof text not null references nightferry.proof on delete cascade,
    table_ordinal integer not null,
    deleted bigint not null,
    inserted bigint not null,
    chunks integer not null,
    at timestamptz not null default clock_timestamp(),
    primary key (proof, table_ordinal)
  );
  `,
  `
  -- Foreign keys that people made and that held, until a repair had to leave them NOT VALID: told as long as they are.
  create table nightferry.key_left (
    child oid not null,
    name text not null,
    proof text not null references nightferry.proof on delete cascade,
    why text not null,
    at timestamptz not null default clock_timestamp(),
    primary key (child, name)
  );
  -- A million of them are read page by page.
  create index difference_id on nightferry.difference (proof, id);
  -- The repair that mended and proved the table after its load proof had stopped it.
  alter table nightferry.run_table add column proved_by text;
  -- How many of those, and the last repair that there was one in.
  alter table nightferry.run add column mended integer not null default 0, add column mended_by text;
  `,
  `
  -- Who asked for what, and why.
  create table nightferry.audit (
    at timestamptz not null,
    what text not null,
    by_whom text not null,
    why text not null,
    about jsonb not null,
    unique (at, what, by_whom, about)
  );

  -- What became of a table that stopped: set aside by a person, or taken up again. label: of rows that a retry has read.
  -- epochs, rows_again: of chunks that a retry threw away, the epochs that they had come to and the rows that they had read.
  alter table nightferry.run_table
    add column skipped_by text,
    add column skipped_why text,
    add column skipped_at timestamptz,
    add column label text,
    add column epochs integer not null default 0,
    add column rows_again bigint not null default 0;
  -- How often it was taken up again; the label of the tables that were not; tables that were set aside.
  alter table nightferry.run
    add column passes integer not null default 0,
    add column first_label text,
    add column skipped integer;
  alter table nightferry.run_phase add column pass integer not null default 0;
  alter table nightferry.run_phase drop constraint run_phase_pkey, add primary key (run, pass, phase);
  -- Where processes meet that open sessions of one moment: an attempt at a lock, and who has come to it.
  create table nightferry.snapshot_call (
    run text primary key references nightferry.run on delete cascade,
    call text not null,
    leader text not null,
    state text not null,
    sessions integer not null default 0
  );
  create table nightferry.snapshot_reader (
    run text not null references nightferry.run on delete cascade,
    queue text not null,
    call text not null,
    state text not null,
    primary key (run, queue)
  );
  -- Of the config as it is stored: newer code migrates what older code stored, and older code refuses the other way.
  alter table nightferry.version add column config_format integer not null default 1;
  `,
  `
  -- When a step of the table was at work, once for each pass: {"indexes": [[from, to]]}, in seconds since 1970.
  alter table nightferry.run_table add column spans jsonb not null default '{}';
  `,
]
