import type { Client } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/common'
import type { Config } from '../../core/config/types.js'
import { inspectionWorkflowId, migrationWorkflowId, TASK_QUEUES, WORKFLOWS } from '../../core/names.js'
import { apply, migrationStatus, repair, startRun, verify } from '../../workflows/messages.js'
import type { inspection } from '../../workflows/inspection.js'
import type { migration } from '../../workflows/migration.js'
import type { run } from '../../workflows/run.js'

/** One piece of a migration's life: the source it begins with, and what people do. */
export interface Scenario {
  readonly source: string
  readonly limits: Config['limits']
  play(stage: Stage): Promise<void>
}

export interface Stage {
  readonly client: Client
  readonly config: Config
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

async function inspect({ client, config }: Stage, what: 'check' | 'plan'): Promise<void> {
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
async function prove({ client, config }: Stage, update: typeof verify, withSource: boolean): Promise<void> {
  const entity = client.workflow.getHandle<typeof migration>(migrationWorkflowId(config.migration))
  const request = { run: null, tables: null, withSource, witness: 1, by: 'ada', expires: expires() }
  const { workflowId } = await entity.executeUpdate(update, { args: [request] })
  await client.workflow.getHandle(workflowId).result()
  await until(`the entity notices the end of ${workflowId}`, async () => {
    return (await entity.query(migrationStatus)).proving === null
  })
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
  const deadline = Date.now() + 10_000
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited 10 s in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
