import { describe, expect, test } from 'vitest'
import { EXIT, exitForState } from '../../client/exit-codes.js'
import { healthOf } from '../../core/health.js'
import { paintFor } from '../../client/output.js'
import { Patience } from '../../client/patience.js'
import { refusal } from '../../client/updates.js'
import { whereIsTemporal } from '../../client/where.js'
import { ActivityFailure, ApplicationFailure } from '@temporalio/common'

test('exit codes are those that scripts hold', () => {
  expect(EXIT).toEqual({ done: 0, refused: 1, usage: 2, unreachable: 3, incomplete: 4, rejects: 5, differences: 6 })
})

test('a run that is not complete never exits as if it were', () => {
  expect(exitForState('complete')).toBe(0)
  expect(exitForState('incomplete')).toBe(4)
  expect(exitForState('complete with rejects')).toBe(5)
})

test('the option wins over the environment, and that over the default', () => {
  const env = { TEMPORAL_ADDRESS: 'a:1', TEMPORAL_NAMESPACE: 'n' }
  expect(whereIsTemporal({ address: 'b:2' }, env, '/nowhere')).toMatchObject({ address: 'b:2', namespace: 'n' })
  expect(whereIsTemporal({}, env, '/nowhere')).toMatchObject({ address: 'a:1', from: 'TEMPORAL_ADDRESS' })
  expect(whereIsTemporal({}, {}, '/nowhere')).toMatchObject({ address: '127.0.0.1:7233', namespace: 'default' })
})

describe('colours', () => {
  test.each([
    ['a terminal', true, {}, true],
    ['no terminal', false, {}, false],
    ['NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['a dumb terminal', true, { TERM: 'dumb' }, false],
  ])('%s', (_, isTTY, env, colours) => {
    expect(paintFor({ isTTY }, env)('red', 'x') === 'x').toBe(!colours)
  })
})

describe('a missing worker', () => {
  const health = (scheduled: number, started: number, taskUntaken = false) => ({
    ...{ workflow: 'RUNNING', stuck: null, retrying: [], scheduledSince: scheduled > 0 ? 0 : null },
    ...{ activities: { scheduled, started }, taskUntaken },
  })
  test('is told when everything has stood in the queue for the whole time', () => {
    const patience = new Patience(5000)
    expect(patience.see(health(2, 0), 1000).data).toBe(false)
    expect(patience.see(health(2, 0), 5999).data).toBe(false)
    expect(patience.see(health(2, 0), 6000).data).toBe(true)
    expect(patience.see(health(1, 1), 6500).data).toBe(false)
  })
  test('is not told of a busy one, nor of a retry that waits for its time', () => {
    const patience = new Patience(5000)
    const backoff = { ...health(1, 0), scheduledSince: 60_000 }
    for (const now of [1000, 7000, 50_000]) expect(patience.see(backoff, now).data).toBe(false)
    for (const now of [1000, 7000]) expect(patience.see(health(9, 1), now).data).toBe(false)
  })
  test('of the control queue is told by a workflow task that nobody takes', () => {
    const patience = new Patience(5000)
    expect(patience.see(health(0, 0, true), 0).control).toBe(false)
    expect(patience.see(health(0, 0, true), 5000).control).toBe(true)
    expect(patience.see(health(0, 0, false), 5500).control).toBe(false)
    expect(patience.see(health(0, 0, true), 6000).control).toBe(false)
  })
})

test('what is being retried is told with its attempt, message and next time', () => {
  const activity = {
    activityType: { name: 'copyChunk' },
    state: 1,
    attempt: 3,
    scheduledTime: { seconds: 100, nanos: 500_000_000 },
    lastFailure: { message: '', cause: { message: 'target unreachable' } },
  }
  const raw = { pendingActivities: [activity, { state: 2, attempt: 1 }] } as never
  expect(healthOf('RUNNING', [raw])).toMatchObject({
    activities: { started: 1, scheduled: 1 },
    scheduledSince: 100_500,
    retrying: [{ activity: 'copyChunk', attempt: 3, message: 'target unreachable', next: 100_500 }],
  })
})

test('a refusal keeps its message and its remedy through the failures that wrap it', () => {
  const inner = ApplicationFailure.create({
    ...{ type: 'target-login', message: 'login refused', nonRetryable: true, details: [{ remedy: 'Correct it.' }] },
  })
  const outer = new ActivityFailure('activity failed', 'inspect', '1', 'NON_RETRYABLE_FAILURE', 'w', inner)
  const problem = refusal(outer)
  expect(problem).toMatchObject({ exit: 1, message: 'login refused', remedy: 'Correct it.' })
})
