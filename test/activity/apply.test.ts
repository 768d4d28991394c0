import { describe, expect, it } from 'vitest'
import { failureOf } from '../support/runs.js'
import { withSite } from '../support/site.js'

const AT = '2026-11-20T03:00:00.000Z'
const SHOP = 'create table customer (id int auto_increment primary key, name varchar(20) not null)'

describe('applying a config', () => {
  it('stores version 1, and keeps it as long as nothing changed', () =>
    withSite(SHOP, async ({ control, config, attempt, mysql, ports }) => {
      const apply = (lastNumber: number) =>
        attempt(() => control.applyVersion({ config: config(), by: 'ada', at: AT, lastNumber }))
      const first = await apply(0)
      const again = await apply(1)
      await mysql('insert into customer (name) values (repeat("x", 20))')
      const fuller = await apply(1)
      expect([first, again, fuller].map(({ version, changed }) => [version.number, changed])).toEqual([
        [1, true],
        [1, false],
        [1, false],
      ])
      await mysql('alter table customer add column city varchar(30)')
      expect(await apply(1)).toMatchObject({ version: { number: 2 }, changed: true })
      const { ledger } = await ports.target('to', null)
      expect((await ledger.latestVersion())?.plan.tables[0]?.columns.map(({ source }) => source)).toEqual([
        'id',
        'name',
        'city',
      ])
    }))

  it('goes on from the number that the entity knows, also over a target that is new', () =>
    withSite(SHOP, async ({ control, config, attempt }) => {
      const applied = await attempt(() => control.applyVersion({ config: config(), by: 'ada', at: AT, lastNumber: 6 }))
      expect(applied.version.number).toBe(7)
    }))

  it('changes nothing where a finding blocks, and keeps the findings for whoever asked', () =>
    withSite(SHOP, async ({ control, config, attempt, kept, postgres }) => {
      await postgres('create table theirs (id int)')
      const step = () => control.applyVersion({ config: config(), by: 'ada', at: AT, lastNumber: 0 })
      const failure = await failureOf(attempt(step))
      expect(failure).toMatchObject({ type: 'Refused', nonRetryable: true })
      const [{ ref }] = failure.details as [{ ref: string }]
      expect(kept.inspection(ref)?.findings.some(({ severity }) => severity === 'blocking')).toBe(true)
      expect(await postgres("select count(*)::int as n from pg_namespace where nspname = 'nightferry'")).toEqual([
        { n: 0 },
      ])
    }))

  it('refuses an empty source', () =>
    withSite('', async ({ control, config, attempt }) => {
      const step = () => control.applyVersion({ config: config(), by: 'ada', at: AT, lastNumber: 0 })
      expect(await failureOf(attempt(step))).toMatchObject({ type: 'Refused' })
    }))

  it('names the variable of a connection that the worker does not know', () =>
    withSite('', async ({ control, config, attempt }) => {
      const step = () => control.inspect({ what: 'check', config: config({ source: { connection: 'shop-mysql' } }) })
      const failure = await failureOf(attempt(step))
      expect(failure).toMatchObject({ type: 'connection-unknown', nonRetryable: true })
      expect(JSON.stringify(failure.details)).toContain('NIGHTFERRY_CONNECTION_SHOP_MYSQL')
    }))

  it('can be planned without a trace on the target', () =>
    withSite(SHOP, async ({ control, config, attempt, kept, postgres }) => {
      const { ref, blocking } = await attempt(() => control.inspect({ what: 'plan', config: config() }))
      expect(blocking).toBe(0)
      expect(kept.inspection(ref)?.plan?.tables.map(({ target }) => target)).toEqual(['customer'])
      expect(await postgres("select count(*)::int as n from pg_namespace where nspname = 'nightferry'")).toEqual([
        { n: 0 },
      ])
    }))
})
