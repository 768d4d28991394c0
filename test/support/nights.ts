import { Context } from '@temporalio/activity'
import type { ChunksInput } from '../../activities/messages.js'
import type { ReadWindow } from '../../activities/read-window.js'
import type { Knobs } from '../../core/knobs.js'
import { runWorkflowId } from '../../core/names.js'
import { migrationStatus, set, type SetAnswer } from '../../workflows/messages.js'
import { applyAndRun, soon } from './runs.js'
import { big, prepared, type Script } from './scripted.js'
import type { World } from './world.js'

type Entity = Awaited<ReturnType<World['migration']>>

/** Turns knobs, as ada. */
export const turn = async (entity: Entity, knobs: Knobs, reset: (keyof Knobs)[] = []): Promise<SetAnswer> =>
  await entity.executeUpdate(set, { args: [{ by: 'ada', expires: soon(), knobs, reset }] })
export const asking = () => ({ by: 'ada', expires: soon(), reason: 'a freeze', table: null })

export const CLOSED = '2099-01-01T00:00:00.000Z'

/** A run of 40 chunks; the test says how many may end, and whether it is time. */
export function nights(more: Partial<Script> = {}) {
  const chunks: ChunksInput[] = []
  const begun: number[] = []
  const hours = { isOpen: true, changes: null as string | null, asked: 0 }
  let cancelled = 0
  let allowed = Infinity
  let ended = 0
  let open = 0
  const script: Script = {
    prepareRun: async () =>
      prepared({ parallelism: 2, window: '22:00-05:00 UTC', reading: { onLost: 'best-effort' }, big: [big(0)] }),
    readWindow: async (): Promise<ReadWindow> => {
      hours.asked++
      return { isOpen: hours.isOpen, changes: hours.changes }
    },
    divideTable: async () => ({ chunks: 40, complete: true }),
    copyChunks: async (input) => {
      chunks.push(input)
      begun.push(Date.now())
      open++
      const context = Context.current()
      const timer = setInterval(() => context.heartbeat(), 50)
      try {
        do await context.sleep(20)
        while (ended >= allowed)
        ended++
        return { rows: 1, bytes: 1, seconds: 10 }
      } catch (error) {
        cancelled++
        throw error
      } finally {
        clearInterval(timer)
        open--
      }
    },
    ...more,
  }
  return {
    script,
    chunks,
    begun,
    hours,
    cancelled: () => cancelled,
    open: () => open,
    allow: (n: number) => void (allowed = n),
  }
}

/** Applies a config and starts a run of it. */
export async function begin(world: World) {
  const entity = await world.migration('shop')
  const { run } = await applyAndRun(entity, 'shop')
  const handle = world.client.workflow.getHandle(runWorkflowId('shop', run))
  const holds = async () => (await entity.query(migrationStatus)).holds
  return { entity, handle, run, holds }
}

export const firsts = (chunks: readonly ChunksInput[]): number[] =>
  chunks.map(({ first }) => first).sort((a, b) => a - b)
export const EACH_ONCE = Array.from({ length: 40 }, (_, n) => n)
