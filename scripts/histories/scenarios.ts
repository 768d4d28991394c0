import type { Client } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/common'
import { DEFAULT_PUBLISH } from '../../core/config/publish.js'
import type { Config } from '../../core/config/types.js'
import { inspectionWorkflowId, migrationWorkflowId, runWorkflowId, TASK_QUEUES, WORKFLOWS } from '../../core/names.js'
import {
  apply,
  migrationStatus,
  pause,
  publish,
  repair,
  resume,
  retry,
  schedule,
  skip,
  startRun,
  verify,
  waive,
  type InspectionInput,
} from '../../workflows/messages.js'
import type { inspection } from '../../workflows/inspection.js'
import type { migration } from '../../workflows/migration.js'
import type { run } from '../../workflows/run.js'
import { withSchedule } from './nights.js'

/** One piece of a migration's life: the source it begins with, and what people do. */
export interface Scenario {
  readonly source: string
  readonly limits: Config['limits']
  /** Over what all of them have. */
  readonly config?: Partial<Config>
  play(stage: Stage): Promise<void>
}

export interface Stage {
  readonly client: Client
  readonly config: Config
  /** SQL on the source, as its owner. */
  source(sql: string): Promise<void>
}

const USUAL = { parallelism: 2, chunkBytes: 64 * 1024 * 1024 }

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'small-tables': {
    source: `
      create table customer (id int auto_increment primary key, name varchar(20) not null unique) comment 'who buys';
      create table orders (id int auto_increment primary key, customer int, foreign key (customer) references customer (id));
      insert into customer (name) values ('ada'), ('bob');
      insert into orders (customer) values (1), (2)`,
    limits: USUAL,
    play: async (stage) => {
      await inspect(stage, 'check')
      await inspect(stage, 'plan')
      await runToEnd(stage)
      await runToEnd(stage)
    },
  },
  'big-tables': {
    source: `
      create table one (id int primary key, v varchar(200), key (v));
      create table two (id int primary key, v varchar(200), unique key (v));
      create table tiny (id int primary key);
      insert into one with recursive s (n) as (select 1 union all select n + 1 from s where n < 900) select n, concat('v', n) from s;
      insert into two select * from one;
      analyze table one; analyze table two`,
    limits: { parallelism: 3, chunkBytes: 1 },
    play: runToEnd,
  },
  proved: {
    source: `
      create table one (id int primary key, v varchar(200), key (v));
      create table named (code varchar(20) primary key, n int);
      insert into one with recursive s (n) as (select 1 union all select n + 1 from s where n < 900) select n, concat('v', n) from s;
      insert into named values ('a', 1), ('b', 2);
      analyze table one`,
    limits: { parallelism: 2, chunkBytes: 4000 },
    play: async (stage) => {
      await runToEnd(stage)
      await prove(stage, verify, true)
      await prove(stage, repair, false)
    },
  },
  'stopped-tables': {
    source: `
      set sql_mode = ''; set foreign_key_checks = 0;
      create table bad (id int primary key, day date not null);
      create table parent (id int primary key);
      create table child (id int primary key, parent int, foreign key (parent) references parent (id));
      insert into bad values (1, '2026-01-01'), (2, '0000-00-00');
      insert into child values (1, 7)`,
    limits: USUAL,
    play: runToEnd,
  },
  held: {
    source: `
      create table one (id int primary key, v varchar(200), key (v));
      create table two (id int primary key, v varchar(200), foreign key (id) references one (id));
      create table tiny (id int primary key);
      insert into one with recursive s (n) as (select 1 union all select n + 1 from s where n < 300) select n, concat('v', n) from s;
      insert into two select * from one;
      analyze table one; analyze table two`,
    limits: { parallelism: 3, chunkBytes: 1 },
    play: async (stage) => {
      const started = await begin(stage)
      await copying(stage, `${started}/one`)
      await hold(stage, 'two')
      await hold(stage)
      await hold(stage)
      await lift(stage, 'two')
      await ended(stage, started)
      await prove(stage, verify, true, async () => await hold(stage))
    },
  },
  // Built aside: one that begins a run, a way back, a proof of what is published, and one that meets a hold.
  nights: {
    source: `create table tiny (id int primary key); insert into tiny values (1), (2)`,
    limits: USUAL,
    config: { publish: DEFAULT_PUBLISH },
    play: async (stage) => {
      const { migration } = stage.config
      const first = await begin(stage)
      await ended(stage, first)
      const wanted = { what: 'set' as const, wanted: { at: '04:00' }, reason: '' }
      await entityOf(stage).executeUpdate(schedule, { args: [{ ...person(), ...wanted }] })
      await withSchedule(stage.client, migration, async (fire) => {
        const { run: begun } = await fire()
        await ended(stage, runWorkflowId(migration, begun ?? ''))
        const back = { ...person(), run: first.split('/').at(-1) ?? '', execute: true }
        await entityOf(stage).executeUpdate(publish, { args: [back] })
        await prove(stage, verify, false)
        await entityOf(stage).executeUpdate(pause, { args: [{ ...person(), reason: 'a freeze', table: null }] })
        await fire()
      })
    },
  },
  // Left as it is: what waits when code is deployed is held for months.
  waiting: {
    source: `
      create table one (id int primary key, v varchar(200));
      insert into one with recursive s (n) as (select 1 union all select n + 1 from s where n < 900) select n, concat('v', n) from s;
      analyze table one`,
    limits: { parallelism: 2, chunkBytes: 1 },
    play: async (stage) => {
      const started = await begin(stage)
      await copying(stage, `${started}/one`)
      await hold(stage, null, false)
    },
  },
  // The table that cannot be copied is retried in vain, mended and retried, or left out: what becomes of a parked one.
  parked: {
    source: `
      set sql_mode = '';
      create table bad (id int primary key, day date not null);
      create table worse (id int primary key, day date not null);
      create table good (id int primary key);
      insert into bad values (1, '2026-01-01'), (2, '0000-00-00');
      insert into worse values (1, '0000-00-00');
      insert into good values (1)`,
    limits: USUAL,
    play: async (stage) => {
      await runToEnd(stage)
      await again(stage, ['bad'])
      await stage.source(`update bad set day = '2026-01-02' where id = 2`)
      await again(stage, ['bad'])
      await leaveOut(stage, 'worse')
    },
  },
  waived: {
    source: 'create table one (id int primary key)',
    limits: USUAL,
    play: async (stage) => {
      await runToEnd(stage)
      await inspect(stage, 'fitness')
      const entity = entityOf(stage)
      const waiver = { ...person(), check: 'standby', reason: 'it is thrown away' }
      const until = new Date(Date.now() + 3_600_000).toISOString()
      await entity.executeUpdate(waive, { args: [{ ...waiver, until }] })
      await entity.executeUpdate(waive, { args: [{ ...waiver, until: null }] })
      await runToEnd(stage)
    },
  },
  cancelled: {
    source: `
      create table one (id int primary key, v varchar(200));
      insert into one with recursive s (n) as (select 1 union all select n + 1 from s where n < 900) select n, concat('v', n) from s;
      analyze table one`,
    limits: { parallelism: 1, chunkBytes: 1 },
    play: async (stage) => {
      const started = await begin(stage)
      await copying(stage, `${started}/one`)
      await stage.client.workflow.getHandle(started).cancel()
      await ended(stage, started)
    },
  },
}

const expires = (): number => Date.now() + 60_000

async function inspect({ client, config }: Stage, what: InspectionInput['what']): Promise<void> {
  await client.workflow.execute<typeof inspection>(WORKFLOWS.inspection, {
    workflowId: inspectionWorkflowId(config.migration, what, '1'),
    taskQueue: TASK_QUEUES.control,
    args: [{ what, config }],
  })
}

/** Applies the config and starts a run; its workflow's id. */
async function begin({ client, config }: Stage): Promise<string> {
  const workflowId = migrationWorkflowId(config.migration)
  const entity = await client.workflow.start<typeof migration>(WORKFLOWS.migration, {
    workflowId,
    taskQueue: TASK_QUEUES.control,
    args: [{ migration: config.migration, searchAttributes: false }],
    workflowIdConflictPolicy: 'USE_EXISTING',
  })
  await entity.executeUpdate(apply, { args: [{ config, by: 'ada', expires: expires() }] })
  const answer = await entity.executeUpdate(startRun, { args: [{ version: null, by: 'ada', expires: expires() }] })
  return answer.workflowId
}

async function runToEnd(stage: Stage): Promise<void> {
  await ended(stage, await begin(stage))
}

/** A verify or a repair of the last run, to its end. */
async function prove(
  { client, config }: Stage,
  update: typeof verify,
  withSource: boolean,
  meanwhile: () => Promise<unknown> = async () => {},
): Promise<void> {
  const entity = client.workflow.getHandle<typeof migration>(migrationWorkflowId(config.migration))
  const request = { run: null, tables: null, withSource, witness: 1, by: 'ada', expires: expires() }
  const { workflowId } = await entity.executeUpdate(update, { args: [request] })
  await meanwhile()
  await client.workflow.getHandle(workflowId).result()
  await until(`the entity notices the end of ${workflowId}`, async () => {
    return (await entity.query(migrationStatus)).proving === null
  })
}

const entityOf = ({ client, config }: Stage) =>
  client.workflow.getHandle<typeof migration>(migrationWorkflowId(config.migration))

const person = () => ({ by: 'ada', expires: expires() })

/** Everything, or one table, waits; and goes on again where that is all of it. */
async function hold(stage: Stage, table: string | null = null, andLift = table === null): Promise<void> {
  await entityOf(stage).executeUpdate(pause, { args: [{ ...person(), reason: 'a release', table }] })
  if (andLift) await lift(stage)
}

async function lift(stage: Stage, table: string | null = null): Promise<void> {
  const request = { ...person(), reason: 'it is out', table, hold: null }
  await entityOf(stage).executeUpdate(resume, { args: [request] })
}

/** A new execution for tables that stopped, to its end. */
async function again(stage: Stage, tables: readonly string[]): Promise<void> {
  const { workflowId } = await entityOf(stage).executeUpdate(retry, { args: [{ ...person(), tables, run: null }] })
  await ended(stage, workflowId)
}

async function leaveOut(stage: Stage, table: string): Promise<void> {
  const request = { ...person(), table, reason: 'nobody reads it', run: null }
  await entityOf(stage).executeUpdate(skip, { args: [request] })
}

/** Until a table has chunks under way. */
async function copying({ client }: Stage, workflowId: string): Promise<void> {
  await until(`${workflowId} copies`, async () => {
    try {
      const { raw } = await client.workflow.getHandle(workflowId).describe()
      return (raw.pendingActivities ?? []).some(({ activityType }) => activityType?.name === 'copyChunks')
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false
      throw error
    }
  })
}

/** Until the run has its summary and the entity has it too. */
async function ended({ client, config }: Stage, workflowId: string): Promise<void> {
  await client.workflow.getHandle<typeof run>(workflowId).result()
  const entity = client.workflow.getHandle<typeof migration>(migrationWorkflowId(config.migration))
  await until(`the entity notices the end of ${workflowId}`, async () => {
    return (await entity.query(migrationStatus)).running === null
  })
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited 60 s in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
