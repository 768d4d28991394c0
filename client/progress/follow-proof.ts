import { QUERIES } from '../../core/names.js'
import type { ProofStatus } from '../../core/status.js'
import { count, plural } from '../../core/numbers.js'
import { within, type Temporal } from '../temporal.js'
import { follow, type Followed, type FollowEnd } from './follow.js'
import { pause } from './pause.js'
import type { ReadApi } from '../read-api.js'
import type { Screen } from './screen.js'

const QUERY_MS = 3000
const SAY_MS = 4000
/** A hold may last for weeks. */
const HELD_MS = 300_000

/** Shows a verify or a repair until its workflow closes or the signal comes; changes nothing. */
export const followProof = async (
  temporal: Temporal,
  api: ReadApi,
  followed: Followed,
  screen: Screen,
  signal: AbortSignal,
): Promise<FollowEnd> =>
  await follow(temporal, api, followed, screen, signal, async (_api, _followed, _screen, trouble, stop) => {
    let said = { at: 0, doing: '', held: false }
    const handle = temporal.client.workflow.getHandle(followed.workflowId)
    while (!stop.aborted) {
      try {
        const status = await within(temporal, QUERY_MS, async () => await handle.query<ProofStatus>(QUERIES.status))
        const now = Date.now()
        // A terminal is drawn over; elsewhere each line stays.
        const { isHeld: held } = trouble
        const isChanged = status.doing !== said.doing || held !== said.held
        const isNews = screen.interval < 1000 || isChanged || now - said.at >= (held ? HELD_MS : SAY_MS)
        if (!stop.aborted && isNews) screen.say(proofLine(status, trouble.lines(now)))
        if (isNews) said = { at: now, doing: status.doing, held }
      } catch {
        // It has just closed, or nobody answers now: the workflow's end, or the look at its health, tells.
      }
      await pause(screen.interval, stop)
    }
  })

/** `verify 20261120-030000.2: reading, 12 of 48 steps; 3 of 9 tables compared` */
export function proofLine(
  { kind, proof, doing, steps, tables, differences }: ProofStatus,
  trouble: readonly string[],
): string {
  const parts = [
    steps.total === 0 ? doing : `${doing}, ${count(steps.begun)} of ${plural(steps.total, 'step')} begun`,
    `${count(tables.judged)} of ${plural(tables.total, 'table')} compared`,
    ...(tables.unclean === 0 ? [] : [`${count(tables.unclean)} not equal`]),
    ...(differences === 0 ? [] : [plural(differences, 'difference')]),
    ...trouble,
  ]
  return `${kind} ${proof}: ${parts.join('; ')}`
}
