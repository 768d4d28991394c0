import { EXIT } from './exit-codes.js'
import { Problem } from './problem.js'
import { describeSchedule, pauseSchedule, unpauseSchedule } from './schedule.js'
import type { Temporal } from './temporal.js'

/** What stood there before is behind it: whoever is cut off leaves it for the next attempt. */
const MEANWHILE = 'paused while it is cleaned; before: '

/**
 * Does what no night may begin in, where there is a schedule: pauses it first. What is refused leaves the schedule as it
 * was; what is done leaves it paused, for whoever removes it then. Where nobody knows which it is, it stays paused, and the
 * error says so. Repeatable.
 */
export async function pausedWhile(temporal: Temporal, migration: string, work: () => Promise<void>): Promise<void> {
  const found = await describeSchedule(temporal, migration)
  if (found === null) return await work()
  const { paused, note = '' } = found.state
  const cutOff = paused && note.startsWith(MEANWHILE)
  const before = cutOff ? note.slice(MEANWHILE.length) : note
  const byPerson = paused && !cutOff
  if (!paused) await pauseSchedule(temporal, migration, MEANWHILE + before)
  try {
    await work()
  } catch (error) {
    if (byPerson) throw error
    if (!(error instanceof Problem) || error.exit !== EXIT.refused) throw staysPaused(error, migration)
    await unpauseSchedule(temporal, migration, before).catch(() => {
      throw staysPaused(error, migration)
    })
    throw error
  }
}

function staysPaused(error: unknown, migration: string): unknown {
  if (!(error instanceof Problem)) return error
  const { exit, message, remedy, cause, document } = error
  return new Problem(
    exit,
    message,
    `${remedy} Its nights are paused meanwhile: \`nightferry clean ${migration} --execute\` once more, or \`nightferry schedule ${migration} --resume\`.`,
    { cause, document },
  )
}
