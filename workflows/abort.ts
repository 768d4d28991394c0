import { condition, getExternalWorkflowHandle } from '@temporalio/workflow'
import { refuseExpired } from './apply-config.js'
import { audit } from './audit.js'
import type { Entity } from './entity.js'
import { refused } from './failures.js'
import { notReached, workOf } from './hold-work.js'
import { type AbortAnswer, type AbortRequest, end } from './messages.js'

/** Longer than a process that died is taken for alive: its steps are waited for. */
const MOST_WAIT = '30 seconds'

/** Ends what is under way, held or not, and waits for its end: what it did stays, and it is incomplete. Holds stay. */
export async function abortWork(entity: Entity, request: AbortRequest): Promise<AbortAnswer> {
  refuseExpired(request)
  const { by, reason } = request
  if (entity.untold !== null) await condition(() => entity.untold === null, MOST_WAIT)
  const { running, proving } = entity
  const work = workOf(entity)
  if (work === null) return { work: null }
  const told =
    running !== null
      ? ({ what: 'run', id: running.run } as const)
      : ({ what: proving?.kind ?? 'verify', id: proving?.proof ?? '' } as const)
  audit(entity, { what: 'abort', by, why: reason, about: { work: told.what, id: told.id } })
  await getExternalWorkflowHandle(work.workflowId)
    .signal(end, { by, reason })
    .catch(() => notReached(entity, work))
  const isOver = (): boolean => entity.running !== running || entity.proving !== proving
  if (await condition(isOver, MOST_WAIT)) return { work: told }
  throw refused(
    `The ${told.what} ${told.id} was told to end, and has not within ${MOST_WAIT}`,
    'It ends once its open steps are rolled back: `nightferry status` shows it, and whether a data worker answers.',
    'NotYet',
  )
}
