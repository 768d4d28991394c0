import { afterAll, beforeAll, expect, test } from 'vitest'
import pg from 'pg'
import { migrationWorkflowId } from '../../core/names.js'
import { SHOP, startNights, turnTo, TWO_SUMS, type Nightly } from '../support/nightly.js'
import { longestGap, reading, type Reader } from '../support/readers.js'
import { waitUntil } from '../support/wait.js'

/**
 * What people who read notice of nights. Twenty publishes in a row, deaths before each single statement, and rights are
 * proved in test/database/generations*.test.ts, against the adapter alone.
 */

const PUBLISHES = 4

let nightly: Nightly
let readers: Reader[] = []
let turned = 1

beforeAll(async () => {
  nightly = await startNights(TWO_SUMS, '')
  await nightly.green()
}, 300_000)

afterAll(async () => await nightly?.stop(), 60_000)

const seen = (reader: Reader): number | undefined => reader.reads.at(-1)?.nights[0]

async function withReaders(work: () => Promise<void>): Promise<void> {
  readers = [1, 2, 3].map(() => reading(nightly.urlOf(SHOP)))
  try {
    await waitUntil('all readers are in', () => readers.every((one) => one.reads.length > 0))
    await work()
  } finally {
    await Promise.all(readers.map(async ({ stop }) => await stop()))
  }
}

function expectWhole(): void {
  for (const { reads } of readers) {
    expect(reads.length).toBeGreaterThan(50)
    expect(reads.filter(({ agree, nights }) => !agree || nights.length !== 1)).toEqual([])
  }
}

test(`readers see only whole nights through ${PUBLISHES} of them, with a gap under 2 s, and reconnect by themselves`, async () => {
  await withReaders(async () => {
    for (let n = 0; n < PUBLISHES; n++) {
      await nightly.source(turnTo(++turned))
      expect(await nightly.night()).toMatchObject({ state: 'complete', published: 'published' })
      await waitUntil('all readers see it', () => readers.every((one) => seen(one) === turned))
    }
  })
  expectWhole()
  const gaps = readers.map(({ reads }) => longestGap(reads))
  console.log(`longest gap of a reader: ${Math.round(Math.max(...gaps))} ms`)
  expect(Math.max(...gaps)).toBeLessThan(2_000)
}, 240_000)

/** What a publish has done by then, as the server shows it; `shop` is what people read. */
const MOMENTS: Readonly<Record<string, string>> = {
  'its intent is written': `description like '%"into":{%'`,
  'the new one is closed': `datname ~ '^${SHOP}_' and not datallowconn`,
  'the published one is closed': `datname = '${SHOP}' and not datallowconn`,
  'the new one has the name': `datname = '${SHOP}' and description like '%"run":"RUN"%'`,
}

/** Looks as fast as the server answers, and does it at once. */
async function atMoment(condition: string, strike: () => void): Promise<void> {
  const client = new pg.Client({ connectionString: nightly.urlOf('postgres') })
  await client.connect()
  try {
    const sql = `select 1 from pg_database left join pg_shdescription on objoid = oid and classoid = 'pg_database'::regclass where ${condition}`
    await waitUntil(
      condition,
      async () => {
        const end = Date.now() + 500
        while (Date.now() < end) if (((await client.query(sql)).rowCount ?? 0) > 0) return true
        return false
      },
      60_000,
      0,
    )
    strike()
  } finally {
    await client.end()
  }
}

const OPEN = `select datname, datallowconn as open from pg_database where datname ~ '^${SHOP}(_|$)' order by 1`

test.each(Object.entries(MOMENTS))(
  'SIGKILL of the control worker when %s leaves one open database of that name within 15 s of a new one',
  async (_, condition) => {
    const before = turned
    await nightly.source(turnTo(++turned))
    const { run } = await nightly.fire()
    const { control } = nightly.workers
    await atMoment(condition.replace('RUN', run ?? ''), () => process.kill(-control.pid, 'SIGKILL'))
    await control.exited
    const left = await nightly.target(OPEN, 'postgres')
    const begun = performance.now()
    nightly.workers.control = await nightly.machine.startWorker('control')
    const reads = async (): Promise<number | false> => {
      const [row] = await nightly.target(
        `select (select sum(amount) from account) = (select sum(amount) from entry) as agree, (select max(night) from account) as night`,
      )
      return row?.['agree'] === true && Number(row['night'])
    }
    const night = await waitUntil('one that can be read', reads, 15_000)
    const seconds = (performance.now() - begun) / 1000
    console.log(
      `left: ${left.map(({ datname, open }) => `${String(datname)} ${open === true ? 'open' : 'closed'}`).join(', ')}; ` +
        `read night ${night} of ${before} and ${turned} after ${seconds.toFixed(1)} s`,
    )
    expect([before, turned]).toContain(night)
    expect(await nightly.ended(run ?? '')).toMatchObject({ state: 'complete', published: 'published' })
    expect(await reads()).toBe(turned)
    expect((await nightly.target(OPEN, 'postgres')).map(({ open }) => open)).toEqual([true, true])
    expect((await nightly.client.workflow.getHandle(migrationWorkflowId(SHOP)).describe()).status.name).toBe('RUNNING')
  },
  180_000,
)

const READERS = `select pid, backend_start::text as since from pg_stat_activity
  where datname = '${SHOP}' and application_name = '' order by pid`

test('a copy is made while people read, written to and dropped: no session is lost, and the generation is as it was', async () => {
  await nightly.apply('copies: {ci: {keep: 2}}\n')
  await nightly.source(turnTo(++turned))
  expect(await nightly.night()).toMatchObject({ state: 'complete', published: 'published' })
  expect((await nightly.report()).notes).toEqual([])
  await withReaders(async () => {
    const sessions = await nightly.target(READERS, 'postgres')
    expect(sessions).toHaveLength(3)
    const verified = JSON.parse((await nightly.done(0, 'verify', SHOP, '--json')).stdout) as { verdict: string }
    expect(verified.verdict).toBe('equal')
    await nightly.done(0, 'copy', SHOP, 'ci-1234')
    await nightly.target('delete from account; drop table entry; create table mine (id int)', `${SHOP}_ci_1234`)
    await nightly.target('delete from entry', `${SHOP}_ci`)
    await nightly.done(0, 'verify', SHOP)
    const kept = await nightly.done(0, 'copy', SHOP, 'ci-1234', '--drop')
    expect(kept.stdout + kept.stderr).toContain('--execute')
    expect(await nightly.databases()).toContain(`${SHOP}_ci_1234`)
    await nightly.done(0, 'copy', SHOP, 'ci-1234', '--drop', '--execute')
    expect(await nightly.databases()).not.toContain(`${SHOP}_ci_1234`)
    expect(await nightly.target(READERS, 'postgres')).toEqual(sessions)
    for (const { errors } of readers) expect(errors).toEqual([])
  })
  expectWhole()
}, 240_000)
