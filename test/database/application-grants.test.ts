import { expect, it } from 'vitest'
import { applicationTables } from '../../core/fitness/application-checks.js'
import { heard, unheard } from '../../core/fitness/gathered.js'
import { openPostgresTarget } from '../../databases/postgres/adapter.js'
import { night, withGenerations, type Nightly } from '../support/generations.js'

/** What the role may do in the published database, judged. */
async function judged({ url, name }: Nightly, role: string, tables: readonly string[]) {
  const target = openPostgresTarget(url(name, role), 'shop-app', null)
  try {
    const facts = await target.applicationFacts('public', tables, new AbortController().signal)
    return applicationTables(heard({ ...facts, sameServer: true }), unheard('not asked', 'ask'))
  } finally {
    await target.close()
  }
}

it.each([15, 18] as const)(
  'what the remedy says gives it all, also in generations to come, on PostgreSQL %i',
  (version) =>
    withGenerations(version, 'CREATEDB', async (nightly) => {
      const { port, name, sql, as, build } = nightly
      const role = await nightly.role()
      await build(night(1))
      await port.publish({ run: night(1), keep: 1, asCopy: false })
      const { state, evidence, remedy } = await judged(nightly, role, ['account', 'entry'])
      expect([state, evidence]).toEqual([
        'red',
        `${role} lacks SELECT, INSERT, UPDATE, DELETE on 2 objects: table public.account, table public.entry`,
      ])
      const statements = [...remedy!.matchAll(/`([^`]+)`/g)].map(([, statement]) => statement!)
      expect(statements).toHaveLength(2)
      for (const statement of statements) await sql(statement, name)
      expect(await judged(nightly, role, ['account', 'entry'])).toMatchObject({ state: 'green' })

      const second = await port.create(night(2), { owner: null, locale: null, grants: [] })
      await as('CREATE TABLE public.tonight (id int)', second)
      await build(night(2))
      await port.publish({ run: night(2), keep: 1, asCopy: false })
      expect(await judged(nightly, role, ['account', 'entry', 'tonight'])).toMatchObject({ state: 'green' })
    }),
)
