import { describe, expect, it, test } from 'vitest'
import { FITNESS_CHECKS, type FitnessCheck } from '../../core/fitness.js'
import { unheard, type Gathered } from '../../core/fitness/gathered.js'
import { judgeFitness } from '../../core/fitness/judge.js'
import { settingOf } from '../../databases/postgres/fitness/settings.js'
import { application, FITNESS_CASES, resultOf, server, setting } from '../support/fitness-cases.js'
import { FIT, SERVER } from '../support/fitness-facts.js'

describe('a target', () => {
  it('that has everything is green in every check, in their order, and there is nothing to do', () => {
    const results = judgeFitness(FIT)
    expect(results.map(({ check }) => check)).toEqual(FITNESS_CHECKS)
    expect(results.filter(({ state }) => state !== 'green')).toEqual([])
    expect(results.filter(({ remedy }) => remedy !== null)).toEqual([])
  })

  it.each(FITNESS_CASES)('%s is %s: %s', (check, state, _why, more, said) => {
    const { evidence, remedy, ...result } = resultOf(check, more)
    expect([result.state, evidence]).toEqual([state, expect.stringContaining(said)])
    expect(remedy === null).toBe(state === 'green')
  })

  it('that is away is unknown in every check but what is known of its backups, and says why', () => {
    const away = unheard('it is away', 'start it')
    const results = judgeFitness({
      ...{ at: FIT.at, server: away, database: away, source: away },
      ...{ application: away, backups: away, restore: away, space: away },
    })
    expect(new Set(results.map(({ state }) => state))).toEqual(new Set(['unknown']))
    expect(results.every(({ evidence, remedy }) => evidence.includes('away') && remedy !== null)).toBe(true)
  })
})

describe('a setting that the start command of the server makes', () => {
  const fixed = (name: keyof typeof SERVER.settings, value: string): Partial<Gathered> =>
    server({ settings: { ...SERVER.settings, [name]: { value, untouched: false, fixed: true } } })

  it.each([
    ['fsync', 'fsync', 'off', 'on'],
    ['full-page-writes', 'full_page_writes', 'off', 'on'],
    ['autovacuum', 'track_counts', 'off', 'on'],
    ['max-connections', 'max_connections', '20', '43'],
  ] as const)('%s is mended there: ALTER SYSTEM would change nothing', (check, name, value, to) => {
    const { state, remedy } = resultOf(check, fixed(name, value))
    expect([state, remedy]).toEqual(['red', expect.stringContaining(`\`-c ${name}=${value}\``)])
    expect(remedy).toContain(`remove it there or make it ${to}`)
    expect(remedy).not.toContain('ALTER SYSTEM SET')
    expect(resultOf(check, setting(name, value)).remedy).toContain(`ALTER SYSTEM SET ${name} = ${to}`)
  })

  test('is known by where the server has it from', () => {
    const row = { name: 'fsync', value: 'off', original: false } as const
    expect(settingOf({ ...row, source: 'command line' })).toEqual({ value: 'off', untouched: false, fixed: true })
    expect(settingOf({ ...row, source: 'configuration file' })).toEqual({ value: 'off', untouched: false })
  })
})

test('what the application lacks is said once for all that lack the same, and given by one statement for all tables', () => {
  const all = ['SELECT', 'INSERT']
  const tables = [1, 2, 3, 4, 5, 6, 7].map((n) => ({ object: `table shop.t${n}`, privileges: all }))
  const { evidence, remedy } = resultOf(
    'application-tables',
    application({
      ...{ schema: 'shop', owner: 'nightly' },
      lacking: [{ object: 'schema shop', privileges: ['USAGE'] }, ...tables],
    }),
  )
  expect(evidence).toBe(
    'shop_app lacks USAGE on schema shop; SELECT, INSERT on 7 objects: table shop.t1, table shop.t2, table shop.t3, table shop.t4, table shop.t5 and 2 more',
  )
  expect(remedy).toContain(
    '`GRANT USAGE ON schema shop TO "shop_app"; GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA shop TO "shop_app";`',
  )
  expect(remedy).toContain(
    '`ALTER DEFAULT PRIVILEGES FOR ROLE nightly IN SCHEMA shop GRANT SELECT, INSERT ON TABLES TO "shop_app";`',
  )
})

test('every check has a red and an unknown case here', () => {
  const told = new Set(FITNESS_CASES.map(([check, state]) => `${check} ${state}`))
  expect(FITNESS_CHECKS.filter((check) => !told.has(`${check} red`))).toEqual([])
  // Of these the whole database is what cannot be asked.
  const whole = ['extensions', 'collations', 'encoding']
  expect(FITNESS_CHECKS.filter((check) => !told.has(`${check} unknown`))).toEqual(whole)
  for (const check of whole as FitnessCheck[])
    expect(resultOf(check, { database: unheard('not there', 'run') }).state).toBe('unknown')
})

test.each([
  ['true', '(does nothing)'],
  [' /bin/true %p', '(does nothing)'],
  ['/usr/bin/true', '(does nothing)'],
  [':', '(does nothing)'],
  ['exit 0', '(does nothing)'],
  ['true && cp %p /archive/%f', '(set)'],
  ['truely-archive %p', '(set)'],
  ['', ''],
])('of the command `%s` that archives it says: %s', (command, said) => {
  const row = { name: 'archive_command', value: command, source: 'configuration file', original: false } as const
  expect(settingOf(row).value).toBe(said)
})
