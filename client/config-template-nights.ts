import { formatDays } from '../core/config/days.js'
import { formatDuration } from '../core/config/durations.js'
import {
  applicationOf,
  copiesOf,
  freeSpaceOf,
  hooksOf,
  publishOf,
  restoreTestOf,
  scheduleOf,
} from '../core/config/publish.js'
import type { Config } from '../core/config/types.js'
import { flow, list, word } from './yaml-words.js'

/** The lines of `target` by which its fitness is judged, where there are any. */
export function fitnessLines(config: Config): string {
  const [application, restore, space] = [applicationOf(config), restoreTestOf(config), freeSpaceOf(config)]
  return [
    application === null ? '' : `  application: ${word(application)}\n`,
    restore === null ? '' : `  restore_test: ${list(restore)}\n`,
    space === null ? '' : `  free_space: ${list(space)}\n`,
  ].join('')
}

/** The parts of a configuration that are about nights; what is not said is told in a comment. */
export const nightsTemplate = (config: Config): string =>
  [schedule(config), publish(config), copies(config), hooks(config)].join('')

function schedule(config: Config): string {
  const found = scheduleOf(config)
  if (found === null)
    return `
# When it is to run by itself, once \`nightferry schedule\` was said:
# schedule: {at: "04:00", time_zone: Europe/Paris, days: mon-fri, jitter: 5m, catch_up: 6h}
`
  const { at, timeZone, days, jitterMs, catchUpMs, deadlineMs } = found
  return `
# When it runs by itself, once \`nightferry schedule ${config.migration}\` was said.
schedule:
  at: ${JSON.stringify(at)}
  time_zone: ${word(timeZone)}
  days: ${formatDays(days)}
  jitter: ${formatDuration(jitterMs)}
  catch_up: ${formatDuration(catchUpMs)}  # later than this, a night is dropped
  ${deadlineMs === null ? '# deadline: an hour before the next one' : `deadline: ${formatDuration(deadlineMs)}`}
`
}

function publish(config: Config): string {
  const { mode, keep, create } = publishOf(config)
  const { owner, locale, grants } = create
  const first = {
    ...(owner !== null && { owner }),
    ...(locale !== null && { locale }),
    ...(grants.length && { grants }),
  }
  return `
# rebuild: each run fills a database of its own, which takes the name once it is proved, and \`keep\` of those before stay.
# in-place: the tables of the database are made anew.
publish:
  ${mode === null ? '# mode: rebuild, where the account is able to; it says so where it is not' : `mode: ${mode}`}
  keep: ${keep}
${Object.keys(first).length === 0 ? '' : `  create: ${flow(first)}  # the first time; later ones take after the published one\n`}`
}

function copies(config: Config): string {
  const found = copiesOf(config)
  if (Object.keys(found).length === 0) return ''
  return `
# What CI and developers get of each.
copies: ${flow(found)}
`
}

function hooks(config: Config): string {
  const found = Object.entries(hooksOf(config))
  if (found.length === 0) return ''
  return `
# What the worker runs: a file of SQL, a command, or the name of an address.
hooks:
${found.map(([moment, hook]) => `  ${moment}: ${flow(hook)}\n`).join('')}`
}
