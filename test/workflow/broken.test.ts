import { ApplicationFailure } from '@temporalio/common'
import { describe, expect, it } from 'vitest'
import type { PrepareInput } from '../../activities/prepare-run.js'
import { runWorkflowId, TASK_QUEUES, WORKFLOWS } from '../../core/names.js'
import type { BrokenDecision } from '../../core/plan/renew.js'
import type { run } from '../../workflows/run.js'
import { big, prepared } from '../support/scripted.js'
import { untilCancelled } from '../support/until-cancelled.js'
import { withWorld } from '../support/world.js'

const BROKEN: BrokenDecision[] = [{ ordinal: 1, column: 'flag', what: 'tinyint(1) became boolean' }]

describe('a run of a night', () => {
  it('tells whoever prepares it what is broken, and again where it starts over', async () => {
    const asked: PrepareInput[] = []
    const ready = prepared({ big: [big(0)], tables: 2, stopped: 1, reading: { onLost: 'restart' } })
    const prepare = async (input: PrepareInput) => (asked.push(input), ready)
    const script = {
      prepareRun: prepare,
      restartRun: prepare,
      openSnapshot: async () => ({ label: 'snapshot', queue: TASK_QUEUES.data, sessions: 4, stopped: 0 }) as const,
      keepSnapshot: untilCancelled,
      copyChunks: async ({ count }: { count: number }) => {
        if (asked.length === 1)
          throw ApplicationFailure.create({ type: 'snapshot-lost', message: 'lost', nonRetryable: true })
        return { rows: count, bytes: count, seconds: 1 }
      },
    }
    const ref = { migration: 'shop', run: '20261120-030000', version: 1, target: { connection: 'to', database: null } }
    await withWorld(script, async ({ client }) => {
      const handle = await client.workflow.start<typeof run>(WORKFLOWS.run, {
        workflowId: runWorkflowId('shop', ref.run),
        taskQueue: TASK_QUEUES.control,
        args: [{ ref, started: '2026-11-20T03:00:00.000Z', searchAttributes: false, broken: BROKEN }],
      })
      await handle.result()
    })
    expect(asked).toEqual([
      { ref, broken: BROKEN },
      { ref, broken: BROKEN },
    ])
  })
})
