import { describe, expect, test } from 'vitest'
import { cliMigration, yamlOf, type CliMigration } from '../support/cli-migration.js'
import { mysqlUrl, onMysql } from '../support/servers.js'
import { waitUntil } from '../support/wait.js'

/** Test 4 of the order: windows and knobs, judged in both databases. */

const narrow = (rows: number): string =>
  `create table item (id int primary key, name varchar(40) not null, price decimal(8,2) not null);
   insert into item select seq, concat('item ', seq), seq / 100 from seq_1_to_${rows};
   analyze table item`

const write = (migration: CliMigration, limits: string): string =>
  migration.person.write(
    migration.file,
    yamlOf(migration.name, `consistency: {read: best-effort}\nlimits: {${limits}}\n`),
  )

/** Types a command that must end well. */
async function type(migration: CliMigration, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await migration.person.run(args)
  expect(code, stderr).toBe(0)
  return stdout
}

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

describe('a window', () => {
  const ROWS = 145_000
  const migration = cliMigration('hours', narrow(ROWS))

  test('three of 5 s each take one run, which reads nothing between them but the rest of what was under way', async () => {
    write(migration, 'parallelism: 4')
    await type(migration, 'apply', migration.file)
    const first = Math.ceil((Date.now() + 12_000) / 1000) * 1000
    // More than it needs, for a machine that is busy with something else.
    const windows = [0, 12_000, 24_000, 36_000, 48_000].map((later) => [first + later, first + later + 5000] as const)
    const hours = windows.map(([from, to]) => `${clock(from)}-${clock(to)}`).join(',')
    write(migration, `parallelism: 4, chunk_bytes: 16KB, rows_per_second: 12000, window: "${hours} UTC"`)
    await type(migration, 'run', migration.file)
    const chunks = await chunksOf(migration)
    expect(chunks.reduce((sum, { rows }) => sum + rows, 0)).toBe(ROWS)
    const begunIn = ([from, to]: readonly [number, number]) =>
      chunks.filter(({ began }) => began >= from && began < to).length
    const lateness = chunks.map(({ began }) => {
      const last = windows.filter(([from]) => from <= began).at(-1)
      return last === undefined ? Infinity : began - last[1]
    })
    const latest = Math.round(Math.max(0, ...lateness))
    console.log(
      `${chunks.length} chunks: ${windows.map(begunIn).join(', ')} in the windows, the latest ${latest} ms late`,
    )
    for (const window of windows.slice(0, 3)) expect(begunIn(window)).toBeGreaterThan(5)
    // A step under way has a few tiny chunks left.
    expect(latest).toBeLessThan(1500)
    const { runs } = JSON.parse(await type(migration, 'runs', migration.name, '--json')) as { runs: object[] }
    expect(runs).toMatchObject([{ state: 'complete' }])
  }, 240_000)
})

describe('a pace', () => {
  const ROWS = 480_000
  const migration = cliMigration('pace', narrow(ROWS))

  test('of 20,000 rows a second holds within a tenth over a run', async () => {
    write(migration, 'parallelism: 4, chunk_bytes: 1MB, rows_per_second: 20000')
    await type(migration, 'run', migration.file)
    const chunks = await chunksOf(migration)
    const began = Math.min(...chunks.map((chunk) => chunk.began))
    const seconds = (Math.max(...chunks.map(({ ended }) => ended)) - began) / 1000
    const rows = chunks.reduce((sum, chunk) => sum + chunk.rows, 0)
    const pace = rows / seconds
    console.log(`${rows} rows in ${seconds.toFixed(1)} s, ${chunks.length} chunks: ${Math.round(pace)} a second`)
    expect(rows).toBe(ROWS)
    expect(pace).toBeGreaterThan(18_000)
    expect(pace).toBeLessThan(22_000)
  }, 120_000)
})

describe('parallelism', () => {
  const migration = cliMigration(
    'wide',
    `create table item (id int primary key, body varchar(3000) not null) character set latin1;
     insert into item select seq, repeat(md5(seq), 64) from seq_1_to_200000;
     analyze table item`,
  )

  /** Sessions that read rows of the table at this moment. */
  async function reading(): Promise<number> {
    const [found] = await onMysql(
      mysqlUrl(),
      `select count(*) as n from information_schema.processlist
       where db = '${migration.name}' and command = 'Query' and info like '%body%'`,
    )
    return Number(found?.['n'])
  }

  test('goes from 1 to 4 and back during a table, each seen in the source’s process list within 2 s', async () => {
    // At a pace, a session reads for nearly all of its time, on any machine; without one the target has it wait.
    write(migration, 'parallelism: 1, chunk_bytes: 16MB, rows_per_second: 12000')
    const run = migration.person.type(['run', migration.file])
    // By then boundaries are known far enough ahead that no further session waits for one.
    const copied = async (): Promise<boolean> => {
      const ended = `select from nightferry.chunk where state = 'done'`
      return (await migration.target(ended).catch(() => [])).length >= 6
    }
    await waitUntil('six chunks', copied, 60_000, 20)
    await waitUntil('one session reads', async () => (await reading()) === 1, 60_000, 20)
    const turn = async (to: number): Promise<number> => {
      await type(migration, 'set', migration.name, `parallelism=${to}`)
      const began = Date.now()
      await waitUntil(`${to} sessions read`, async () => (await reading()) === to, 2000, 20)
      return Date.now() - began
    }
    const took = [await turn(4), await turn(1)]
    for (let seen = 0; seen < 20; seen++) expect(await reading()).toBeLessThanOrEqual(1)
    await type(migration, 'set', migration.name, 'rows_per_second=0')
    console.log(`4 sessions after ${took[0]} ms, 1 after ${took[1]} ms`)
    const { code, stderr } = await run.ended
    expect(code, stderr).toBe(0)
  }, 240_000)
})
