import type { JoinRequest } from '../../core/alongside.js'
import type { Opening } from './snapshot-attempt.js'
import type { Lane } from './snapshot-lane.js'
import { openLanes, settled } from './snapshot-lanes.js'
import { sightOf } from './snapshot-sight.js'
import type { Sessions } from './sessions.js'

/** Opens sessions that begin while another process holds the lock. Null: it does not, or they were too late. */
export async function joinMoment(sessions: Sessions, request: JoinRequest): Promise<Opening | null> {
  const lanes: Lane[] = []
  let joined = false
  try {
    await openLanes(sessions, lanes, { sessions: request.sessions, tables: request.tables.length })
    const sight = await sessions.withSession(sightOf)
    if (!(await request.untilLocked())) return null
    await settled(lanes.map((lane) => () => lane.begin()))
    joined = await request.begun()
    if (!joined) return null
    await settled(lanes.map((lane) => () => lane.stand()))
    const count = Math.min(lanes.length, request.sessions)
    return { lanes, holder: null, sight, opened: { ...ELSEWHERE, sessions: count } }
  } catch (error) {
    joined = false
    throw sessions.failure(error)
  } finally {
    if (!joined) for (const lane of lanes) lane.end()
  }
}

/** The process that held the lock has written down what it cost, and when it was. */
const ELSEWHERE = {
  ...{ moment: '', position: null, lock: '', blockedMs: 0, attempts: 0 },
  ...{ locked: [], labelled: [] },
} as const
