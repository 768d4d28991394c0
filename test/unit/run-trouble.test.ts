import { describe, expect, it } from 'vitest'
import { troubleIn } from '../../worker/run-health.js'

const NOW = Date.parse('2026-11-20T03:00:10Z')
const at = (iso: string) => ({ seconds: Date.parse(iso) / 1000, nanos: 0 })

const retried = (message: string, attempt = 3) => ({
  ...{ activityType: { name: 'copyChunks' }, state: 1, attempt, lastFailure: { message } },
  scheduledTime: at('2026-11-20T03:00:12Z'),
})

describe('what goes wrong in a run', () => {
  it('is nothing while its steps are at work', () => {
    expect(
      troubleIn([{ pendingActivities: [{ state: 2, attempt: 1 }], pendingWorkflowTask: { attempt: 1 } }], NOW),
    ).toEqual([])
  })

  it('is said once, however many tables fail alike, with when it is tried again', () => {
    const described = [{ pendingActivities: [retried('The target is away.'), retried('The target is away.')] }]
    expect(troubleIn(described, NOW)).toEqual(['Tried again: The target is away (copyChunks, attempt 3, next in 2 s).'])
  })

  it('is no more than a few lines', () => {
    const many = ['a', 'b', 'c', 'd', 'e'].map((message) => retried(message))
    expect(troubleIn([{ pendingActivities: many }], NOW)).toHaveLength(3)
  })

  it('is a data worker that is not there, once steps have waited for five seconds', () => {
    const waiting = (since: string) => [{ pendingActivities: [{ state: 1, attempt: 1, scheduledTime: at(since) }] }]
    expect(troubleIn(waiting('2026-11-20T03:00:07Z'), NOW)).toEqual([])
    expect(troubleIn(waiting('2026-11-20T03:00:01Z'), NOW)).toEqual([expect.stringContaining('--role data')])
  })

  it('is a workflow that fails again and again', () => {
    expect(troubleIn([{ pendingWorkflowTask: { attempt: 2 } }], NOW)).toEqual([
      expect.stringContaining('again and again'),
    ])
  })
})
