import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TASK_QUEUES } from '../../core/names.js'
import { sitDown, type Person } from '../support/cli.js'
import { mysqlUrl, onMysql, postgresUrl, withMysqlDatabase, withPostgresDatabase } from '../support/servers.js'
import { waitUntil } from '../support/wait.js'

/** Nothing is waited for in silence: what does not answer is named, with exit 3 and what to do. */

const YAML = 'migration: shop\nsource: {connection: src}\ntarget: {connection: dst}\n'

let person: Person
beforeEach(async () => {
  person = await sitDown()
  person.write('shop.yaml', YAML)
})
afterEach(async () => await person.leave())

/** Milliseconds until a command has ended. */
async function timed(args: readonly string[]): Promise<number> {
  const begun = Date.now()
  await person.run(args)
  return Date.now() - begun
}

const running = async (): Promise<string[]> => {
  const ids: string[] = []
  for await (const { workflowId, status } of person.client.workflow.list())
    if (status.name === 'RUNNING') ids.push(workflowId)
  return ids
}

describe('Temporal that is not there', () => {
  const away = { TEMPORAL_ADDRESS: '127.0.0.1:1' }

  test.each([
    'check shop.yaml',
    'plan shop.yaml',
    'apply shop.yaml',
    'run shop.yaml',
    'status shop',
    'report shop',
    'runs shop',
  ])('%s says so', async (command) => {
    const { code, stdout, stderr } = await person.run(command.split(' '), away)
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr.trim().split('\n')).toEqual([
      'error: Temporal does not answer at 127.0.0.1:1 (from TEMPORAL_ADDRESS)',
      expect.stringMatching(/nightferry up.*TEMPORAL_ADDRESS/),
    ])
  })
  test('status --json keeps its shape', async () => {
    const { code, stdout } = await person.run(['status', 'shop', '--json'], away)
    expect(code).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({
      format: 1,
      temporal: { reachable: false },
      migration: null,
      progress: null,
    })
  })
  test('a namespace that is not there is named', async () => {
    const { code, stderr } = await person.run(['status', 'shop', '--namespace', 'nobodys'])
    expect(code).toBe(3)
    expect(stderr).toMatch(/no namespace nobodys/)
  })
})

describe('no control worker', () => {
  test.each(['check', 'plan', 'apply', 'run'])('%s says so within 5 s and leaves nothing behind', async (command) => {
    // What starting the command and asking Temporal costs on this machine just now, twice over.
    const alone = (await timed(['status', 'shop'])) + (await timed(['status', 'shop']))
    const begun = Date.now()
    const { code, stdout, stderr } = await person.run([command, 'shop.yaml'])
    expect(Date.now() - begun).toBeLessThan(5000 + alone)
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toContain(`no control worker answers on task queue ${TASK_QUEUES.control}`)
    expect(stderr).toMatch(/nightferry up.*nightferry worker/)
    await waitUntil('no workflow to be left', async () => (await running()).length === 0)
  })
  test('status says so, and leaves an entity that others started alone', async () => {
    await person.client.workflow.start('migration', {
      ...{ workflowId: 'migration/shop', taskQueue: TASK_QUEUES.control },
      args: [{ migration: 'shop', searchAttributes: false }],
    })
    const { code, stdout } = await person.run(['status', 'shop', '--json'])
    expect(code).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({
      temporal: { workflow: 'RUNNING', controlWorker: false },
      migration: null,
    })
    expect((await person.run(['run', 'shop.yaml'])).code).toBe(3)
    expect(await running()).toEqual(['migration/shop'])
  })
})

test('a workflow task that fails again and again is told with its message, not waited for', async () => {
  await person.start(['worker', '--role', 'control'], {}, 'ready')
  const handle = await person.client.workflow.start('noSuchWorkflow', {
    ...{ workflowId: 'migration/shop', taskQueue: TASK_QUEUES.control, args: [] },
  })
  const attempts = async (): Promise<number> => (await handle.describe()).raw.pendingWorkflowTask?.attempt ?? 0
  await waitUntil('the second attempt', async () => (await attempts()) >= 2, 30_000)
  for (const command of [
    ['status', 'shop'],
    ['apply', 'shop.yaml'],
  ]) {
    const { code, stdout, stderr } = await person.run(command)
    expect(code).toBe(3)
    expect(stdout + stderr).toMatch(/migration\/shop fails again and again \(attempt \d+\): .*noSuchWorkflow/)
  }
  await handle.terminate()
})

test('no data worker is told at once in the progress, and the run goes on when one comes', async () => {
  await withMysqlDatabase(async (name, url) => {
    await onMysql(url, 'create table orders (id int primary key); insert into orders values (1), (2)')
    await withPostgresDatabase(async (database) => {
      const env = { NIGHTFERRY_CONNECTION_SRC: mysqlUrl(name), NIGHTFERRY_CONNECTION_DST: postgresUrl(database) }
      await person.start(['worker', '--role', 'control'], env, 'ready')
      const run = person.type(['run', 'shop.yaml'])
      await waitUntil(
        'the word',
        () => run.said().includes(`no data worker takes work from task queue ${TASK_QUEUES.data}`),
        30_000,
      )
      const status = await waitUntil(
        'status to tell',
        async () => {
          const { code, stdout } = await person.run(['status', 'shop', '--json'])
          return code === 3 && stdout
        },
        30_000,
      )
      expect(JSON.parse(status)).toMatchObject({ temporal: { dataWorker: false, controlWorker: true } })
      const again = await person.run(['run', 'shop.yaml'])
      expect(again.code).toBe(1)
      expect(again.stderr).toMatch(/under way.*\n.*status shop --watch/)
      await person.start(['worker', '--role', 'data'], env, 'ready')
      const { code, stdout } = await run.ended
      expect(stdout).toMatch(/: complete in /)
      expect(code).toBe(0)
    })
  }, 'nodata')
})
