import { expect, test } from 'vitest'
import { cliMigration, yamlOf, type CliMigration } from '../support/cli-migration.js'
import { mysqlUrl, onMysql } from '../support/servers.js'
import { waitUntil } from '../support/wait.js'

/** Test 4 of the order: windows and knobs, judged in both databases. */

const ROWS = 145_000
const PACED_ROWS = 480_000
const WIDE_ROWS = 300_000
const narrow = (rows: number): string =>
  `create table item (id int primary key, name varchar(40) not null, price decimal(8,2) not null);
   insert into item select seq, concat('item ', seq), seq / 100 from seq_1_to_${rows};
   analyze table item`

const windowed = cliMigration('hours', narrow(ROWS))
const throttled = cliMigration('pace', narrow(PACED_ROWS))
const wide = cliMigration(
  'wide',
  `create table item (id int primary key, body varchar(3000) not null) character set latin1;
   insert into item select seq, repeat(md5(seq), 64) from seq_1_to_${WIDE_ROWS};
   analyze table item`,
)

const write = (migration: CliMigration, limits: string): string =>
  migration.person.write(
    migration.file,
    yamlOf(migration.name, `consistency: {read: best-effort}\nlimits: {${limits}}\n`),
  )

interface ChunkTimes {
  readonly began: number
  readonly ended: number
  readonly rows: number
}

const chunksOf = async (migration: CliMigration): Promise<ChunkTimes[]> =>
  (
    await migration.target(
      `select extract(epoch from started_at) * 1000 as began, extract(epoch from finished_at) * 1000 as ended,
         rows_loaded as rows from nightferry.chunk where state = 'done' order by 1`,
    )
  ).map(({ began, ended, rows }) => ({ began: Number(began), ended: Number(ended), rows: Number(rows) }))

const clock = (at: number): string => new Date(at).toISOString().slice(11, 19)

test('a run goes through three windows of 5 s each, and reads nothing between them but the chunks of their edges', async () => {
  const person = windowed.person
  const first = Math.ceil((Date.now() + 12_000) / 1000) * 1000
  const windows = [0, 12_000, 24_000].map((later) => [first + later, first + later + 5000] as const)
  const hours = windows.map(([from, to]) => `${clock(from)}-${clock(to)}`).join(',')
  write(windowed, `parallelism: 4, chunk_bytes: 16KB, rows_per_second: 12000, window: "${hours} UTC"`)
  const { code, stderr } = await person.run(['run', windowed.file])
  expect(code, stderr).toBe(0)
  const chunks = await chunksOf(windowed)
  expect(chunks.reduce((sum, { rows }) => sum + rows, 0)).toBe(ROWS)
  const late = chunks.map(({ began }) => windows.map(([from, to]) => (began < from ? Infinity : began - to)))
  const edges = late.map((all) => Math.max(0, Math.min(...all)))
  const inEach = windows.map((_, n) => late.filter((all) => (all[n] ?? 1) <= 0).length)
  console.log(
    `${chunks.length} chunks: ${inEach.join(', ')} begun in each window, the latest ${Math.max(...edges)} ms after its end`,
  )
  expect(Math.min(...inEach)).toBeGreaterThan(5)
  // A step under way has a few tiny chunks left.
  expect(Math.max(...edges)).toBeLessThan(1500)
  const { runs } = JSON.parse((await person.run(['runs', windowed.name, '--json'])).stdout) as { runs: object[] }
  expect(runs).toHaveLength(1)
}, 120_000)

test('20,000 rows a second hold within a tenth over a run', async () => {
  write(throttled, 'parallelism: 4, chunk_bytes: 1MB, rows_per_second: 20000')
  const { code, stderr } = await throttled.person.run(['run', throttled.file])
  expect(code, stderr).toBe(0)
  const chunks = await chunksOf(throttled)
  const began = Math.min(...chunks.map((chunk) => chunk.began))
  const seconds = (Math.max(...chunks.map(({ ended }) => ended)) - began) / 1000
  const rows = chunks.reduce((sum, chunk) => sum + chunk.rows, 0)
  console.log(
    `${rows} rows in ${seconds.toFixed(1)} s: ${Math.round(rows / seconds)} a second, ${chunks.length} chunks`,
  )
  expect(rows).toBe(PACED_ROWS)
  expect(rows / seconds).toBeGreaterThan(18_000)
  expect(rows / seconds).toBeLessThan(22_000)
}, 120_000)

/** Sessions that read rows of the table at this moment. */
async function reading(): Promise<number> {
  const [found] = await onMysql(
    mysqlUrl(),
    `select count(*) as n from information_schema.processlist
     where db = '${wide.name}' and command = 'Query' and info like '%body%'`,
  )
  return Number(found?.['n'])
}

test('a table is copied by 1 session, by 4, and by 1 again, each seen on the source within 2 s', async () => {
  const person = wide.person
  write(wide, 'parallelism: 1, chunk_bytes: 16MB')
  const run = person.type(['run', wide.file])
  await waitUntil('one session reads', async () => (await reading()) === 1, 60_000, 20)
  const turn = async (to: number): Promise<number> => {
    const { code, stderr } = await person.run(['set', wide.name, `parallelism=${to}`])
    expect(code, stderr).toBe(0)
    const began = Date.now()
    await waitUntil(`${to} sessions read`, async () => (await reading()) === to, 2000, 20)
    return Date.now() - began
  }
  const took = [await turn(4), await turn(1)]
  for (let seen = 0; seen < 20; seen++) expect(await reading()).toBeLessThanOrEqual(1)
  console.log(`4 sessions after ${took[0]} ms, 1 after ${took[1]} ms`)
  const { code, stderr } = await run.ended
  expect(code, stderr).toBe(0)
}, 240_000)
