import { quoteName } from '../sql-text.js'
import type { DatabaseFacts, SeasonOffsets, SourceFacts } from './facts.js'
import type { Asked } from './gathered.js'
import { green, red, unknown, type Found } from './result.js'

/** What `now()` of a session means must be what the application is used to. */
export function timeZone(database: DatabaseFacts, source: Asked<SourceFacts>): Found {
  const { timeZone: zone, utcOffsetSeconds: here, seasonOffsets } = database
  const target = `sessions begin with ${zone} (${offset(here)})`
  if (!source.told) return unknown(`${target}; the source could not be asked: ${source.why}`, source.remedy)
  const there = source.facts.utcOffsetSeconds
  if (there === null)
    return unknown(
      `${target}; the source did not say its own`,
      "Look at the source's time_zone; waive it if both are alike.",
    )
  if (here !== there) return red(`${target}, on the source with ${offset(there)}`, sameZone(database, source.facts))
  const others = seasonsApart(seasonOffsets, source.facts.seasonOffsets)
  return others === null
    ? green(`${target}, as on the source`)
    : red(`${target}, as on the source today, but ${others}`, sameZone(database, source.facts))
}

/** The source's zone by its name; else by what it has to have. */
function sameZone({ name, timeZone: here }: DatabaseFacts, source: SourceFacts): string {
  const zone = source.timeZone === here ? null : (source.timeZone ?? fixedZone(source))
  const set = `ALTER DATABASE ${quoteName(name)} SET timezone =`
  const to = zone === null ? `\`${set} ...\`, to a zone with ${offsetsOf(source)}` : `\`${set} '${zone}';\``
  return `Give the database the source's zone, for sessions that begin from then on: ${to}; or waive it where the application sets its own.`
}

/** Of whole hours, the same all year; its name counts westwards. */
function fixedZone({ utcOffsetSeconds: seconds, seasonOffsets }: SourceFacts): string | null {
  if (seconds === null || seasonOffsets?.some((one) => one !== seconds) !== false) return null
  if (seconds === 0) return 'UTC'
  const hours = seconds / 3600
  if (!Number.isInteger(hours) || hours > 14 || hours < -12) return null
  return `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`
}

function offsetsOf({ utcOffsetSeconds, seasonOffsets }: SourceFacts): string {
  const [january, july] = seasonOffsets ?? [utcOffsetSeconds ?? 0, utcOffsetSeconds ?? 0]
  return january === july ? offset(january) : `${offset(january)} in January and ${offset(july)} in July`
}

/** A zone and a fixed offset agree for half of the year; null: they agree. */
function seasonsApart(here: SeasonOffsets, there: SeasonOffsets | null): string | null {
  const at = [0, 1].find((season) => there !== null && here[season] !== there[season])
  if (at === undefined) return null
  return `on 1 ${at === 0 ? 'January' : 'July'} with ${offset(here[at]!)}, there with ${offset(there![at]!)}`
}

/** `UTC`, `UTC+01:00`. */
function offset(seconds: number): string {
  if (seconds === 0) return 'UTC'
  const minutes = Math.round(Math.abs(seconds) / 60)
  const two = (n: number): string => String(n).padStart(2, '0')
  return `UTC${seconds < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}
