import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { UpState } from '../../client/folder.js'
import { arrive, processesOf, type Newcomer, type Typed } from '../shared/newcomer.js'
import { waitUntil } from '../support/wait.js'

/** `up`: one for each folder, whose workers come back, and of which nothing stays. */

let person: Newcomer
let up: Typed
beforeEach(async () => {
  person = arrive()
  up = await person.up()
})
afterEach(async () => {
  up.child.kill('SIGTERM')
  await up.ended
  await person.leave()
})

const state = (): UpState => JSON.parse(readFileSync(join(person.folder, '.nightferry/up.json'), 'utf8')) as UpState
const gone = async (): Promise<void> =>
  void (await waitUntil('nothing to be left', () => processesOf(person.folder).length === 0, 40_000))

test('a worker that died is told of and started again; a second up is refused; Ctrl-C ends all', async () => {
  const second = await person.type(['up']).ended
  expect(second.code).toBe(1)
  expect(second.stderr).toMatch(/running already \(process \d+\)/)
  expect(up.said()).toMatch(/Temporal at 127\.0\.0\.1:\d+, UI http:/)

  const { control } = state().workers
  process.kill(control, 'SIGKILL')
  await waitUntil('a new control worker', () => state().workers.control !== control, 40_000)
  expect(up.said()).toContain('the control worker ended (signal SIGKILL); it starts again')
  const asked = await person.type(['status', 'nothing']).ended
  expect(asked.code, asked.stderr).toBe(2)

  up.child.kill('SIGINT')
  const ended = await up.ended
  expect(ended.code, ended.stderr).toBe(0)
  expect(existsSync(join(person.folder, '.nightferry/up.json'))).toBe(false)
  await gone()
})

test('SIGKILL of up leaves nothing running either, and the next up takes its place', async () => {
  up.child.kill('SIGKILL')
  await up.ended
  await gone()
  up = await person.up()
  expect(state().up.pid).toBe(up.child.pid)
})
