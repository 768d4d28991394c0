import { expect, test } from 'vitest'
import { FITNESS_CHECKS, type Fitness, type Waiver } from '../../core/fitness.js'
import { isFit } from '../../core/fitness/waivers.js'
import { cliMigration, yamlOf } from '../support/cli-migration.js'

/** Is the target ready for production, as somebody types it. */

const migration = cliMigration('fit', 'create table item (id int primary key); insert into item values (1), (2);')
const { name, file } = migration

async function type(...args: string[]) {
  const answer = await migration.person.run(args)
  // Nobody answered: whatever a test expects, it is not that.
  expect(answer.code, answer.stderr).not.toBe(3)
  return answer
}

async function json<T>(code: number, ...args: string[]): Promise<T> {
  const answer = await type(...args, '--json')
  expect(answer.code, answer.stderr).toBe(code)
  return JSON.parse(answer.stdout) as T
}

const stateOf = ({ checks }: Fitness, check: string) => checks.find((one) => one.check === check)?.state

test('the target is asked by a file and by a name, checks are waived until it is fit, and the report says so', async () => {
  expect((await type('check', name, '--target')).code).toBe(2)
  const first = await json<Fitness>(1, 'check', file, '--target')
  expect(first.checks.map(({ check }) => check)).toEqual(FITNESS_CHECKS)
  expect([stateOf(first, 'encoding'), stateOf(first, 'restore-test')]).toEqual(['green', 'unknown'])
  expect((await type('check', file)).code).toBe(0)
  const confused = await type('check', name)
  expect([confused.code, confused.stderr]).toEqual([2, expect.stringContaining(`nightferry check ${name} --target`)])

  const target = `{connection: dst, restore_test: [/bin/sh, -c, "exit 3"], application: dst}`
  migration.person.write(file, yamlOf(name).replace('{connection: dst}', target))
  const ran = await type('run', file)
  expect([ran.code, ran.stdout], ran.stderr).toEqual([
    0,
    expect.stringMatching(/Target's fitness, asked .* of 17 fit, .*--target/),
  ])
  const told = await type('report', name)
  expect([told.code, told.stdout]).toEqual([0, expect.stringMatching(/ {2}unknown {2}restore-test: .*not run yet/)])

  const asked = await json<Fitness>(1, 'check', name, '--target')
  expect(asked.checks.find(({ check }) => check === 'restore-test')).toMatchObject({
    ...{ state: 'red', evidence: expect.stringContaining('ended with exit code 3') },
  })
  expect(asked.checks.find(({ check }) => check === 'application-login')?.evidence).toContain('superuser')

  for (const args of [
    ['standby'],
    ['standby', '--reason', 'why not'],
    ['--reason', 'why not'],
    ['standby', '--lift', '--expires', '1h'],
  ])
    expect((await type('waive', name, ...args)).code).toBe(2)
  const why = ['--reason', 'comes in May', '--expires']
  const stranger = await type('waive', name, 'stanby', ...why, '30d')
  expect([stranger.code, stranger.stderr]).toEqual([
    2,
    expect.stringMatching(/no check stanby[^]*Did you mean standby\?/),
  ])
  for (const expires of ['91d', '2026-01-01'])
    expect(await type('waive', name, 'standby', ...why, expires)).toMatchObject({
      ...{ code: 2, stderr: expect.stringContaining('at most 90 days') },
    })
  const open = asked.checks.filter(({ state }) => state !== 'green').map(({ check }) => check)
  for (const check of open) {
    const waived = await type('waive', name, check, ...why, '30d', '--by', 'anna')
    expect(waived.code, waived.stderr).toBe(0)
  }
  const listed = await json<{ waivers: Waiver[] }>(0, 'waive', name)
  expect(listed.waivers.map(({ check, by }) => `${by} ${check}`)).toEqual(
    open.toSorted().map((check) => `anna ${check}`),
  )

  // What is known is judged by the waivers of now; nobody is asked anew for it.
  const { fitness } = await json<{ fitness: Fitness }>(0, 'report', name)
  expect([isFit(fitness), fitness.at]).toEqual([true, asked.at])
  const fit = await type('check', name, '--target')
  expect([fit.code, fit.stdout]).toEqual([0, expect.stringMatching(/17 fit, \d+ waived\n$/)])
  expect((await type('waive', name, 'restore-test', '--lift')).code).toBe(0)
  const none = await type('waive', name, 'restore-test', '--lift')
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('There is no waiver of restore-test')])
  const again = await type('check', name, '--target')
  expect(again.code, again.stderr).toBe(1)
  expect((await type('holds', name)).stdout).toMatch(/waive +anna/)
})
