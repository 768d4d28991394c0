import { expect, test } from 'vitest'
import type { DatabaseFacts, SourceFacts } from '../../core/fitness/facts.js'
import { heard } from '../../core/fitness/gathered.js'
import { timeZone } from '../../core/fitness/zone-check.js'
import { DATABASE, SOURCE } from '../support/fitness-facts.js'

const HOUR = 3600
const remedyOf = (source: Partial<SourceFacts>, database: Partial<DatabaseFacts> = {}): string | null => {
  const utc: Partial<DatabaseFacts> = { timeZone: 'Etc/UTC', utcOffsetSeconds: 0, seasonOffsets: [0, 0] }
  return timeZone({ ...DATABASE, ...utc, ...database }, heard({ ...SOURCE, ...source })).remedy
}
const always = (seconds: number): Partial<SourceFacts> => ({
  ...{ timeZone: null, utcOffsetSeconds: seconds, seasonOffsets: [seconds, seconds] },
})

test("the remedy names the database and the source's zone", () => {
  expect(remedyOf({ timeZone: 'Europe/Paris' })).toContain(`\`ALTER DATABASE "shop" SET timezone = 'Europe/Paris';\``)
  expect(remedyOf({ timeZone: 'Europe/Paris' }, { name: 'a"b' })).toContain('ALTER DATABASE "a""b" SET')
})

test.each([
  [HOUR, "'Etc/GMT-1'"],
  [-5 * HOUR, "'Etc/GMT+5'"],
])('an offset of %i seconds all year has a name as well: %s', (seconds, zone) =>
  expect(remedyOf(always(seconds))).toContain(`SET timezone = ${zone};`),
)

test('a zone without a name is told by what it has', () => {
  expect(remedyOf(always(5.5 * HOUR))).toContain('to a zone with UTC+05:30;')
  expect(remedyOf({ timeZone: null })).toContain('to a zone with UTC+01:00 in January and UTC+02:00 in July;')
  expect(remedyOf({ timeZone: null, seasonOffsets: null })).toContain('to a zone with UTC+01:00;')
  const paris = { timeZone: 'Europe/Paris' }
  // What it has is no remedy: one of the two servers has an old table of zones.
  expect(remedyOf(paris, paris)).not.toContain('Paris')
  expect(timeZone(DATABASE, heard(SOURCE)).state).toBe('green')
})
