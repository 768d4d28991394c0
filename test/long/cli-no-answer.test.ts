import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TASK_QUEUES } from '../../core/names.js'
import { sitDown, type Ended, type Person } from '../support/cli.js'
import { mysqlUrl, onMysql, postgresUrl, withMysqlDatabase, withPostgresDatabase } from '../support/servers.js'
import { waitUntil } from '../support/wait.js'

/** Nothing is waited for in silence: what does not answer is named, with exit 3 and what to do. */

/** In a namespace of their own, with a migration's file. */
async function withPerson(use: (person: Person) => Promise<void>): Promise<void> {
  const person = await sitDown()
  try {
    write(person, 'shop')
    await use(person)
  } finally {
    await person.leave()
  }
}

const write = (person: Person, migration: string): string =>
  person.write(
    `${migration}.yaml`,
    `migration: ${migration}\nsource: {connection: src}\ntarget: {connection: dst}\npublish: {mode: in-place}\n`,
  )

async function running(person: Person): Promise<string[]> {
  const ids: string[] = []
  for await (const { workflowId, status } of person.client.workflow.list())
    if (status.name === 'RUNNING') ids.push(workflowId)
  return ids
}

describe('nobody is there', () => {
  let person: Person
  beforeAll(async () => {
    person = await sitDown()
    write(person, 'shop')
  })
  afterAll(async () => await person.leave())

  const away = { TEMPORAL_ADDRESS: '127.0.0.1:1' }

  // Side by side, because each waits for seconds.
  describe.concurrent('no Temporal', () => {
    const commands = ['check shop.yaml', 'plan shop.yaml', 'apply shop.yaml', 'run shop.yaml']
    test.each([...commands, 'status shop', 'report shop', 'runs shop'])('%s says so', async (command) => {
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
        ...{ format: 1, temporal: { reachable: false }, migration: null, progress: null },
      })
    })
    test('a namespace that is not there is named', async () => {
      const { code, stderr } = await person.run(['status', 'shop', '--namespace', 'nobodys'])
      expect(code).toBe(3)
      expect(stderr).toMatch(/no namespace nobodys/)
    })
  })

  // One after the other: the seconds count.
  describe('no control worker', () => {
    test.each(['check', 'plan', 'apply', 'run'])('%s says so within 5 s and leaves nothing behind', async (command) => {
      const migration = `nobody-${command}`
      const file = write(person, migration)
      // What starting a command and asking Temporal costs on this machine just now, twice over.
      const alone = (await timed(['status', migration])) + (await timed(['status', migration]))
      const begun = Date.now()
      const { code, stdout, stderr } = await person.run([command, file])
      expect(Date.now() - begun).toBeLessThan(5000 + alone)
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
      expect(stderr).toContain(`no control worker answers on task queue ${TASK_QUEUES.control}`)
      expect(stderr).toMatch(/nightferry up.*nightferry worker/)
      await waitUntil('no workflow to be left', async () =>
        (await running(person)).every((id) => !id.includes(migration)),
      )
    })
    test('status says so, and an entity that others started is left alone', async () => {
      await person.client.workflow.start('migration', {
        ...{ workflowId: 'migration/shop', taskQueue: TASK_QUEUES.control },
        args: [{ migration: 'shop', searchAttributes: false }],
      })
      const { code, stdout } = await person.run(['status', 'shop', '--json'])
      expect(code).toBe(3)
      expect(JSON.parse(stdout)).toMatchObject({
        ...{ temporal: { workflow: 'RUNNING', controlWorker: false }, migration: null },
      })
      expect((await person.run(['run', 'shop.yaml'])).code).toBe(3)
      expect(await running(person)).toContain('migration/shop')
    })
  })

  async function timed(args: readonly string[]): Promise<number> {
    const begun = Date.now()
    await person.run(args)
    return Date.now() - begun
  }
})

test('a workflow task that fails again and again is told with its message, not waited for', async () => {
  await withPerson(async (person) => {
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
})

test('no data worker is told at once in the progress, and the run goes on when one comes', async () => {
  await withMysqlDatabase(async (name, url) => {
    await onMysql(url, 'create table orders (id int primary key); insert into orders values (1), (2)')
    await withPostgresDatabase(async (database) => {
      const env = { NIGHTFERRY_CONNECTION_SRC: mysqlUrl(name), NIGHTFERRY_CONNECTION_DST: postgresUrl(database) }
      await withPerson(async (person) => {
        const { code, stdout } = await followsWithoutData(person, env)
        expect(stdout).toMatch(/: complete in /)
        expect(code).toBe(0)
      })
    })
  }, 'nodata')
})

async function followsWithoutData(person: Person, env: Record<string, string>): Promise<Ended> {
  await person.start(['worker', '--role', 'control'], env, 'ready')
  const run = person.type(['run', 'shop.yaml'])
  const word = `no data worker takes work from task queue ${TASK_QUEUES.data}`
  await waitUntil('the word', () => run.said().includes(word), 30_000)
  const told = async (): Promise<string | false> => {
    const { code, stdout } = await person.run(['status', 'shop', '--json'])
    return code === 3 && stdout
  }
  expect(JSON.parse(await waitUntil('status to tell', told, 30_000))).toMatchObject({
    temporal: { dataWorker: false, controlWorker: true },
  })
  const again = await person.run(['run', 'shop.yaml'])
  expect(again.code).toBe(1)
  expect(again.stderr).toMatch(/under way.*\n.*status shop --watch/)
  await person.start(['worker', '--role', 'data'], env, 'ready')
  return await run.ended
}
