import { describe, expect, it } from 'vitest'
import { night, NOTHING, withGenerations, type Nightly } from '../support/generations.js'
import { onPostgres } from '../support/servers.js'

const [FIRST, SECOND] = [night(1), night(2)] as const

/** A process that dies before its n-th statement: from there on nothing it does reaches the server. */
function dying(n: number): { watch: (statement: string) => void; alive: () => boolean; last: () => string } {
  let seen = 0
  let last = ''
  return {
    watch: (statement) => {
      last = statement
      if (++seen >= n) throw new Error('killed')
    },
    alive: () => seen < n,
    last: () => last,
  }
}

const nightsIn = async (nightly: Nightly, database: string): Promise<unknown> =>
  (await onPostgres(nightly.url(database), 'SELECT DISTINCT night FROM account ORDER BY 1')).map((row) => row['night'])

/** Closed databases, marks of what is under way, and copies of no use: none of them is left. */
const leftOvers = async ({ sql, name }: Nightly): Promise<string[]> =>
  (
    await sql(
      `SELECT datname || ' ' || datallowconn || ' ' || coalesce(shobj_description(oid, 'pg_database'), '') AS line
       FROM pg_database WHERE starts_with(datname, '${name}') AND (NOT datallowconn
         OR shobj_description(oid, 'pg_database') ~ '"gone":true|"into":[{]|"making":"')`,
    )
  ).map((row) => String(row['line']))

/** Kills a publish before its first, second, ... statement, until one lives to its end. How many it has. */
async function killEach(
  nightly: Nightly,
  step: (watch: (statement: string) => void) => Promise<unknown>,
  check: (died: string) => Promise<void>,
): Promise<number> {
  for (let n = 1; ; n++) {
    const death = dying(n)
    const began = performance.now()
    const failed = await step(death.watch).then(
      () => null,
      (error: Error) => error,
    )
    if (death.alive()) {
      if (failed) throw failed
      return n - 1
    }
    await nightly.another().settle()
    expect(performance.now() - began, death.last()).toBeLessThan(15_000)
    expect(await leftOvers(nightly), death.last()).toEqual([])
    await check(death.last())
  }
}

const CASES = [
  [15, 'of the generation itself', false, null],
  [15, 'of a copy', true, null],
  [18, 'of the generation itself, by a plain role', false, 'CREATEDB'],
] as const

describe('a publish that is killed between any two statements', () => {
  it.each(CASES)(
    'leaves one open, whole database once a new worker settles: PostgreSQL %i, %s',
    async (version, _what, asCopy, attributes) => {
      await withGenerations(version, attributes, async (nightly) => {
        const { port, name } = nightly
        for (const run of [FIRST, SECOND]) await nightly.build(run)
        await port.publish({ run: FIRST, keep: 1, asCopy })
        const seen = new Set<string>()
        const statements = await killEach(
          nightly,
          (watch) => nightly.another(watch).publish({ run: SECOND, keep: 1, asCopy }),
          async (died) => {
            seen.add(JSON.stringify(await nightsIn(nightly, name)))
            const listed = await port.list()
            expect(
              listed.map(({ run }) => run),
              died,
            ).toEqual([SECOND, FIRST])
            expect(
              listed.filter(({ published }) => published),
              died,
            ).toHaveLength(1)
            await port.publish({ run: FIRST, keep: 1, asCopy })
            expect(await nightsIn(nightly, name), died).toEqual([1])
          },
        )
        // It was killed before and after the swap.
        expect([...seen].toSorted()).toEqual(['[1]', '[2]'])
        expect(statements).toBeGreaterThan(10)
        expect(await nightsIn(nightly, name)).toEqual([2])
      })
    },
    180_000,
  )

  it.each([15, 18] as const)(
    'is finished as well where it is the first: PostgreSQL %i',
    async (version) => {
      const states: string[] = []
      let alive = false
      for (let n = 1; !alive; n++)
        await withGenerations(version, 'CREATEDB', async (nightly) => {
          const death = dying(n)
          await nightly.build(FIRST)
          const publish = { run: FIRST, keep: 1, asCopy: n % 2 === 0 }
          await nightly
            .another(death.watch)
            .publish(publish)
            .catch(() => {})
          await nightly.another().settle()
          states.push(String((await nightly.port.list())[0]!.published))
          expect(await leftOvers(nightly), death.last()).toEqual([])
          await nightly.port.publish(publish)
          expect(await nightsIn(nightly, nightly.name), death.last()).toEqual([1])
          alive = death.alive()
        })
      expect(states.length).toBeGreaterThan(8)
      expect([...new Set(states)]).toEqual(['false', 'true'])
    },
    180_000,
  )

  it.each([15, 18] as const)(
    'is made by a repeat where it was killed while being made: PostgreSQL %i',
    async (version) => {
      await withGenerations(version, 'CREATEDB', async (nightly) => {
        let n = 0
        for (let alive = false; !alive;) {
          const death = dying(++n)
          const made = nightly.another(death.watch).create(night(n), NOTHING)
          await made.catch(() => {})
          alive = death.alive()
          const database = await nightly.port.create(night(n), NOTHING)
          expect(await leftOvers(nightly), death.last()).toEqual([])
          await expect(nightly.as('CREATE TABLE public.t (id int)', database)).resolves.toEqual([])
        }
        expect(n).toBeGreaterThan(5)
      })
    },
  )
})
