import { expect, test } from 'vitest'
import type { RunSummary } from '../../core/run.js'
import type { Scheduled } from '../../core/schedule.js'
import type { FiringStatus, StatusDocument } from '../../core/status.js'
import { cliMigration, yamlOf } from '../support/cli-migration.js'
import { waitUntil } from '../support/wait.js'

/** Nights of a migration, as somebody types it. */

const migration = cliMigration('sched', `create table item (id int primary key); insert into item values (1), (2);`)
const { name, file } = migration

interface Documents {
  readonly schedule: Scheduled | null
  readonly temporal: FiringStatus | null
}

const type = async (...args: string[]) => await migration.person.run(args)

async function json<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await type(...args, '--json')
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout) as T
}

const schedule = async (...args: string[]): Promise<Documents> => await json<Documents>('schedule', name, ...args)

test('nights are scheduled, shown, paused, begun by hand, refused with their reason, and removed', async () => {
  expect((await type('schedule', name)).code).toBe(2)
  expect((await type('run', file)).code).toBe(0)

  const nowhere = await type('schedule', name)
  expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('says when nights are to begin')])
  const doubled = await type('schedule', name, '--at', '02:30 Europe/Paris')
  expect([doubled.code, doubled.stderr]).toEqual([1, expect.stringMatching(/does not exist on[^]*03:00 to 23:59/)])
  expect((await type('schedule', name, '--at', '4 in the morning')).code).toBe(2)
  expect((await type('schedule', name, '--show', '--pause')).code).toBe(2)
  expect((await type('schedule', name, '--now')).code).toBe(1)

  const config = 'schedule: {at: "04:00", time_zone: Europe/Paris, days: mon-fri, jitter: 5m}\n'
  migration.person.write(file, yamlOf(name, config))
  expect((await type('apply', file)).code).toBe(0)
  const made = await schedule()
  expect(made.schedule).toMatchObject({ schedule: { at: '04:00', timeZone: 'Europe/Paris' }, paused: null })
  expect(made.temporal).toMatchObject({ paused: false, fired: 0 })

  const paused = await schedule('--pause', '--reason', 'a freeze')
  expect([paused.temporal?.paused, paused.schedule?.paused?.why]).toEqual([true, 'a freeze'])
  expect((await schedule('--at', '05:00 UTC')).temporal).toMatchObject({ paused: true })
  expect((await type('pause', name, '--reason', 'why not')).code).toBe(0)
  const refused = await type('schedule', name, '--now')
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('held: ')])
  expect((await type('resume', name)).code).toBe(0)
  const status = await type('status', name)
  expect(status.stdout).toMatch(/paused by .*a freeze.*a resume of the migration leaves it so/)
  expect(status.stdout).toMatch(/night \d{8}-\d{6} was refused: held/)
  expect((await json<StatusDocument>('status', name)).firing).toMatchObject({ paused: true, fired: 1 })

  await schedule('--resume')
  const { run } = await json<{ run: string }>('schedule', name, '--now')
  await waitUntil('the night', async () => (await type('status', name, '--watch')).stdout.includes(run), 60_000)
  const { runs } = await json<{ runs: RunSummary[] }>('runs', name)
  expect(runs.map(({ state }) => state)).toEqual(['complete', 'refused', 'complete'])
  expect(runs[0]?.run).toBe(run)

  expect((await type('clean', name)).stdout).toContain('the schedule of its nights')
  expect(await schedule('--remove')).toMatchObject({ schedule: null, temporal: null })
  expect((await type('schedule', name, '--remove')).code).toBe(1)
  await schedule()
  expect((await type('clean', name, '--execute')).code).toBe(0)
  const left: string[] = []
  for await (const { scheduleId } of migration.person.client.schedule.list()) left.push(scheduleId)
  expect(left).toEqual([])
})
