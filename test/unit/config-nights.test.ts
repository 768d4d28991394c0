import { describe, expect, test } from 'vitest'
import { formatDays, parseDays } from '../../core/config/days.js'
import { parseConfig } from '../../core/config/parse.js'
import { copiesOf, freeSpaceOf, hooksOf, publishOf, scheduleOf } from '../../core/config/publish.js'
import { issueSentence } from '../../core/config/sentence.js'

const MINIMAL = { migration: 'shop', source: { connection: 'shop-mysql' }, target: { connection: 'shop-pg' } }

function sentences(part: object): string[] {
  const parsed = parseConfig({ ...MINIMAL, ...part })
  return parsed.ok ? [] : parsed.issues.map(issueSentence)
}

test('the keys of nights come out as the rest of the code has them', () => {
  const parsed = parseConfig({
    ...MINIMAL,
    target: { connection: 'shop-pg', free_space: ['bin/free-bytes'] },
    schedule: { at: '4:00', time_zone: 'Europe/Paris', days: 'mon-fri', jitter: '5m', catch_up: '6h', deadline: '3h' },
    publish: { mode: 'rebuild', keep: 2, create: { owner: 'shop', locale: 'C.UTF-8', grants: ['sql/grants.sql'] } },
    copies: { ci: { keep: 5 }, dev: {} },
    hooks: { before_run: { sql: 'sql/before.sql' }, after_publish: { http: 'ci-webhook' } },
  })
  if (!parsed.ok) throw new Error(parsed.issues.map(issueSentence).join('; '))
  const { config } = parsed
  expect(scheduleOf(config)).toEqual({
    at: '04:00',
    timeZone: 'Europe/Paris',
    days: ['mon', 'tue', 'wed', 'thu', 'fri'],
    jitterMs: 300_000,
    catchUpMs: 21_600_000,
    deadlineMs: 10_800_000,
  })
  expect(publishOf(config)).toEqual({
    mode: 'rebuild',
    keep: 2,
    create: { owner: 'shop', locale: 'C.UTF-8', grants: ['sql/grants.sql'] },
  })
  expect(copiesOf(config)).toEqual({ ci: { keep: 5 }, dev: { keep: 1 } })
  expect(hooksOf(config)).toEqual({ before_run: { sql: 'sql/before.sql' }, after_publish: { http: 'ci-webhook' } })
  expect(freeSpaceOf(config)).toEqual(['bin/free-bytes'])
})

test('a file that says nothing of nights leaves them to people', () => {
  const parsed = parseConfig({ ...MINIMAL, schedule: { at: '04:00' } })
  expect(parsed.ok && scheduleOf(parsed.config)).toMatchObject({
    ...{ timeZone: 'UTC', jitterMs: 0, catchUpMs: 21_600_000, deadlineMs: null },
    days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
  })
  const none = parseConfig(MINIMAL)
  expect(none.ok && [scheduleOf(none.config), copiesOf(none.config), hooksOf(none.config)]).toEqual([null, {}, {}])
  expect(none.ok && freeSpaceOf(none.config)).toBeNull()
})

test.each<[string, object, string]>([
  ['no time', { schedule: {} }, 'schedule.at is missing: it must be a time of the day, such as 04:00'],
  ['a time that YAML made a number', { schedule: { at: 240 } }, 'schedule.at (240) must be a time of the day'],
  ['25 hours', { schedule: { at: '25:00' } }, 'schedule.at ("25:00") must be a time of the day'],
  [
    'a zone that is none',
    { schedule: { at: '04:00', time_zone: 'Mars/Base' } },
    'must be a time zone of the IANA list',
  ],
  ['a day that is none', { schedule: { at: '04:00', days: 'weekdays' } }, 'schedule.days ("weekdays") must be days'],
  ['a week of catching up', { schedule: { at: '04:00', catch_up: '169h' } }, 'must be a time from 10s to 168h'],
  ['no catching up', { schedule: { at: '04:00', catch_up: '1s' } }, 'must be a time from 10s to 168h'],
  [
    'a jitter as long as the catch-up',
    { schedule: { at: '04:00', jitter: '6h' } },
    'schedule.jitter ("6h") must be shorter than catch_up',
  ],
  ['a key of later', { schedule: { at: '04:00', cron: 'x' } }, 'schedule.cron is no key of schedule'],
  ['a mode of later', { publish: { mode: 'refresh' } }, 'publish.mode ("refresh") must be rebuild or in-place'],
  ['less than none', { publish: { keep: -1 } }, 'publish.keep (-1) must be a whole number of generations from 0'],
  ['one file', { publish: { create: { grants: 'a.sql' } } }, 'publish.create.grants ("a.sql") must be a list of files'],
  ['a list of copies', { copies: ['ci'] }, 'copies (a list) must be a group of names'],
  ['a copy in capitals', { copies: { CI: {} } }, 'is no name of a copy'],
  ['an empty copy', { copies: { ci: null } }, 'copies.ci (empty) must be a group of keys: keep'],
  ['no copies at all', { copies: { ci: { keep: 0 } } }, 'copies.ci.keep (0) must be a whole number of copies'],
  ['a slip in a copy', { copies: { ci: { kepp: 1 } } }, 'copies.ci.kepp is no key of copies.ci: did you mean keep?'],
  [
    'copies of what is built in place',
    { copies: { ci: {} }, publish: { mode: 'in-place' } },
    'copies (a group of keys) needs publish.mode: rebuild',
  ],
  [
    'a name with no room for a run',
    { target: { connection: 'b', database: 'd'.repeat(60) }, publish: { mode: 'rebuild' } },
    'must be at most 44 bytes long',
  ],
  ['a hook that is a word', { hooks: { on_news: 'chat' } }, 'hooks.on_news ("chat") must be one of {sql: FILE}'],
  ['a hook of two', { hooks: { on_news: { sql: 'a', http: 'b' } } }, 'hooks.on_news (a group of keys) must be one of'],
  ['a hook of nothing', { hooks: { on_news: {} } }, 'hooks.on_news (a group of keys) must be one of'],
  ['a command in one line', { hooks: { on_failure: { command: 'bin/x -y' } } }, 'must be a list: a program and its'],
  ['another moment', { hooks: { on_new: {} } }, 'hooks.on_new is no key of hooks: did you mean on_news?'],
  ['free bytes as a word', { target: { connection: 'b', free_space: 'df' } }, 'must be a list: a program and its'],
])('%s is refused, with what would be right', (_what, part, sentence) => {
  const found = sentences(part)
  expect(found).toHaveLength(1)
  expect(found[0]).toContain(sentence)
})

test('the URL of a hook is refused, and not repeated', () => {
  const [found = ''] = sentences({ hooks: { on_news: { http: 'https://chat.example/?token=s3cret' } } })
  expect(found).toContain('is a URL')
  expect(found).not.toContain('s3cret')
})

describe('days', () => {
  test.each([
    ['mon-fri', 'mon-fri'],
    ['sat,sun', 'sat,sun'],
    ['sat-mon', 'mon,sat,sun'],
    ['wed, mon', 'mon,wed'],
    ['mon-sun', 'mon-sun'],
    ['tue-mon', 'mon-sun'],
    ['fri', 'fri'],
    ['mon-wed,fri-sun', 'mon-wed,fri-sun'],
    ['mon,mon', 'mon'],
  ])('%s', (text, shortest) => {
    const days = parseDays(text) ?? []
    expect(formatDays(days)).toBe(shortest)
    expect(parseDays(formatDays(days))).toEqual(days)
  })
  test.each(['', 'mon-', 'monday', 'Mon', 'mon;tue', 'mon,,tue', 'weekdays'])('%j are none', (text) =>
    expect(parseDays(text)).toBeNull(),
  )
})
