import { Client, Connection, type ScheduleHandle, type WorkflowHandle } from '@temporalio/client'
import { expect } from 'vitest'
import type { Child } from '../../client/embedded/child.js'
import type { RunMemory } from '../../core/memory.js'
import { migrationWorkflowId, scheduleId, runWorkflowId } from '../../core/names.js'
import type { Admission } from '../../core/night.js'
import type { RunReport } from '../../core/report.js'
import type { RunSummary } from '../../core/run.js'
import { migrationStatus } from '../../workflows/messages.js'
import type { migration } from '../../workflows/migration.js'
import { startMachine, type Machine } from './machine.js'
import { onMysql, onPostgres } from './servers.js'
import { SECOND } from './schedules.js'
import { waitUntil } from './wait.js'

/** Of the migration, of its source and of what people read. */
export const SHOP = 'shop'

/** What `report --json` shows of a run that was read, and of one that was refused. */
export type NightReport = RunReport & Pick<RunMemory, 'published' | 'notes' | 'since' | 'news'>

/** A migration whose nights a test begins, on servers and workers of its own. */
export interface Nightly {
  readonly machine: Machine
  readonly client: Client
  readonly workers: { control: Child; data: Child }
  /** The product's own schedule, of which only the times are the test's. */
  readonly schedule: ScheduleHandle
  /** A command that ends so. */
  done(code: number, ...args: string[]): Promise<{ stdout: string; stderr: string }>
  /** Applies the migration's file with these keys behind its source and target. */
  apply(more: string): Promise<void>
  /** Lets the schedule fire once, by its clock; the night that it started. */
  firing(): Promise<WorkflowHandle>
  /** The same, until it is decided what becomes of that night. */
  fire(): Promise<Admission>
  /** Fires, and waits for the end of what began: it is what the run ended with. */
  night(): Promise<RunSummary>
  /** The same, of a night that must be published: it fails where it is not. */
  green(): Promise<RunSummary>
  /** Until the run has ended and the entity knows. */
  ended(run: string): Promise<RunSummary>
  /** Of the last run that began, or of this one. */
  report(run?: string): Promise<NightReport>
  /** What a person sees first. */
  firstLine(run: string): Promise<string>
  runs(): Promise<readonly RunSummary[]>
  source(sql: string): Promise<Record<string, unknown>[]>
  /** In what people read, or in another database. */
  target(sql: string, database?: string): Promise<Record<string, unknown>[]>
  urlOf(database: string): string
  /** Databases of the migration: what people read, what was before it, what no one read yet. */
  databases(): Promise<string[]>
  stop(): Promise<void>
}

/** A time of the day for a schedule that a test fires by itself: it must not come while the test lasts. */
export const farAway = (): string => `${String((new Date().getUTCHours() + 12) % 24).padStart(2, '0')}:30`

/** Everything anew: a source made by `sql`, an empty target server, a config that is applied, a schedule. */
export async function startNights(sql: string, more: string, settings: readonly string[] = []): Promise<Nightly> {
  const machine = await startMachine('nights', SHOP)
  const connection = await Connection.connect({ address: machine.temporal.address })
  const client = new Client({ connection })
  try {
    // The servers' files are those of an earlier test of this folder.
    await dropAll(machine.postgres.url)
    await onMysql(machine.mysql.url, `drop database if exists ${SHOP}; create database ${SHOP} character set utf8mb4`)
    await onMysql(`${machine.mysql.url}/${SHOP}`, sql)
    const workers = { control: await machine.startWorker('control'), data: await machine.startWorker('data') }
    const nightly = nightlyOn(machine, client, workers)
    await nightly.apply(more)
    await nightly.done(0, 'schedule', SHOP, '--at', `${farAway()} UTC`, ...settings)
    return nightly
  } catch (error) {
    await connection.close()
    await machine.stop()
    throw error
  }
}

function nightlyOn(machine: Machine, client: Client, workers: Nightly['workers']): Nightly {
  const schedule = client.schedule.getHandle(scheduleId(SHOP))
  const urlOf = (database: string): string =>
    Object.assign(new URL(machine.postgres.url), { pathname: `/${database}` }).href
  const entity = client.workflow.getHandle<typeof migration>(migrationWorkflowId(SHOP))
  const done: Nightly['done'] = async (code, ...args) => {
    const { code: was, stdout, stderr } = await machine.nightferry(...args).ended
    expect(was, `${args.join(' ')}: ${stdout}${stderr}`).toBe(code)
    return { stdout, stderr }
  }
  const said = async (...args: string[]): Promise<string> => (await machine.nightferry(...args).ended).stdout
  const ended: Nightly['ended'] = async (run) => {
    // One that ended before anything was registered has failed, and only the entity has its summary.
    await client.workflow
      .getHandle(runWorkflowId(SHOP, run))
      .result()
      .catch(() => {})
    return await waitUntil(
      'the entity to know of its end',
      async () => {
        const { running, runs } = await entity.query(migrationStatus)
        return running === null && runs.find((one) => one.run === run)
      },
      30_000,
    )
  }
  const firing = async (): Promise<WorkflowHandle> => await fireOnce(client, schedule)
  const fire = async (): Promise<Admission> => (await (await firing()).result()) as Admission
  const night: Nightly['night'] = async () => {
    const { run, reason } = await fire()
    expect(reason).toBeNull()
    return await ended(run ?? '')
  }
  return {
    ...{ machine, client, workers, schedule, urlOf, done, ended, firing, fire },
    async apply(more) {
      const yaml = `migration: ${SHOP}\nsource: {connection: src}\ntarget: {connection: dst, database: ${SHOP}}\n${more}`
      await done(0, 'apply', machine.writeConfig(`${SHOP}.yaml`, yaml))
    },
    night,
    async green() {
      const summary = await night()
      if (summary.published !== 'published') throw new Error(`night ${summary.run} is not published: ${summary.reason}`)
      return summary
    },
    report: async (run) =>
      JSON.parse(await said('report', SHOP, '--json', ...(run ? ['--run', run] : []))) as NightReport,
    firstLine: async (run) => (await said('report', SHOP, '--run', run)).split('\n')[0] ?? '',
    runs: async () => (JSON.parse(await said('runs', SHOP, '--json')) as { runs: RunSummary[] }).runs,
    source: async (sql) => await onMysql(`${machine.mysql.url}/${SHOP}`, sql),
    target: async (sql, database = SHOP) => await onPostgres(urlOf(database), sql),
    databases: async () => (await onPostgres(machine.postgres.url, DATABASES)).map(({ datname }) => String(datname)),
    async stop() {
      await client.connection.close()
      await machine.stop()
    },
  }
}

const DATABASES = `select datname from pg_database where datname ~ '^${SHOP}(_|$)' order by 1`

async function dropAll(url: string): Promise<void> {
  const left = await onPostgres(url, DATABASES.replace('where', "where datname = 'nightferry' or"))
  for (const { datname } of left) await onPostgres(url, `drop database "${String(datname)}" with (force)`)
}

/** A firing of the schedule's clock, within two seconds: then it has none left. */
async function fireOnce(client: Client, schedule: ScheduleHandle): Promise<WorkflowHandle> {
  const { numActionsTaken: before } = (await schedule.describe()).info
  await schedule.update(({ state, ...rest }) => ({ ...rest, spec: SECOND, state: { ...state, remainingActions: 1 } }))
  const { workflow } = await waitUntil(
    'the schedule to fire',
    async () => {
      const { info } = await schedule.describe()
      return info.numActionsTaken > before && info.recentActions.at(-1)?.action
    },
    30_000,
  )
  return client.workflow.getHandle(workflow.workflowId, workflow.firstExecutionRunId)
}

/** For readers: two tables that every night fills anew, whose sums agree. */
export const TWO_SUMS = `
  create table account (id bigint primary key, amount bigint not null, night int not null);
  create table entry (id bigint primary key auto_increment, amount bigint not null, night int not null, key by_night (night));
  insert into account select seq, seq, 1 from seq_1_to_200;
  insert into entry (amount, night) select seq, 1 from seq_1_to_200;
  analyze table account, entry;`

/** What they are of, in one transaction. */
export const turnTo = (night: number): string => `
  begin;
  update account set amount = id * ${night}, night = ${night};
  update entry set amount = id * ${night}, night = ${night};
  commit`
