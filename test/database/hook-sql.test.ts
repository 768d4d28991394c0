import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { HookResult } from '../../core/hooks.js'
import { openHooks } from '../../worker/hooks/index.js'
import type { HookLimits } from '../../worker/hooks/place.js'
import { callOf, withHome } from '../support/hooks.js'
import { onPostgres, withPostgresDatabase } from '../support/servers.js'
import { waitUntil } from '../support/wait.js'

interface Site {
  run(sql: string | null, options?: { signal?: AbortSignal; limits?: Partial<HookLimits> }): Promise<HookResult>
  query(sql: string): Promise<Record<string, unknown>[]>
  /** What the worker keeps for itself. */
  output(): string
}

const withFile = (use: (site: Site) => Promise<void>): Promise<void> =>
  withHome((home) =>
    withPostgresDatabase(async (database, url) => {
      const query = (sql: string): Promise<Record<string, unknown>[]> => onPostgres(url, sql)
      await query('create table note (text varchar(20))')
      // The URL names another database: the call says where.
      const variables = { NIGHTFERRY_CONNECTION_TO: url.replace(database, 'postgres') }
      await use({
        query,
        output: () => readFileSync(join(home, '.nightferry/hooks/shop.before_run.log'), 'utf8'),
        async run(sql, { signal = new AbortController().signal, limits = {} } = {}) {
          mkdirSync(join(home, 'sql'), { recursive: true })
          if (sql !== null) writeFileSync(join(home, 'sql/before.sql'), sql)
          const hooks = openHooks(variables, home, () => {}, limits)
          return await hooks.run(callOf({ sql: 'sql/before.sql' }, 'before_run', database), signal)
        },
      })
    }),
  )

const notes = async ({ query }: Site): Promise<unknown[]> =>
  (await query('select text from note order by 1')).map(({ text }) => text)

describe('a hook of SQL', () => {
  it('is committed as one, in the database that the call names', () =>
    withFile(async (site) => {
      const sql = "insert into note values ('a'); create table public.made (id int);\ninsert into note select 'b'"
      expect(await site.run(sql)).toMatchObject({
        ok: true,
        name: 'before_run (sql sql/before.sql)',
        what: 'was committed',
      })
      expect(await notes(site)).toEqual(['a', 'b'])
      expect(await site.query('select * from made')).toEqual([])
    }))

  it('leaves nothing when a statement of it fails, names its line, and keeps what the server said to itself', () =>
    withFile(async (site) => {
      const sql = "insert into note values ('ä');\n\ninsert into note select 1/0; insert into nowhere values ('geheim')"
      const result = await site.run(sql)
      expect(result).toMatchObject({ ok: false, what: 'is refused (22012)' })
      const unknown = await site.run("insert into note values ('ä😀');\n\n  insert into nowhere values (1)")
      expect(unknown).toMatchObject({ ok: false, what: 'is refused at line 3 (42P01)' })
      const long = await site.run("insert into note values ('geheim, and more than twenty')")
      expect(long).toMatchObject({ ok: false, what: 'is refused (22001)' })
      expect(JSON.stringify(long)).not.toContain('geheim')
      expect(site.output()).toContain('character varying(20)')
      expect(await notes(site)).toEqual([])
    }))

  it('that would end its transaction is refused before it begins', () =>
    withFile(async (site) => {
      const result = await site.run("insert into note values ('a'); commit; insert into note select 1/0")
      expect(result).toMatchObject({ ok: false, what: expect.stringContaining('holds COMMIT') })
      expect(await notes(site)).toEqual([])
    }))

  it('is told about the run by settings, which no other session sees', () =>
    withFile(async (site) => {
      const result = await site.run(`
        set statement_timeout = '7s';
        insert into note values (current_setting('nightferry.run'));
        insert into note select current_setting('nightferry.payload')::json ->> 'moment'`)
      expect(result.ok).toBe(true)
      expect(await notes(site)).toEqual(['20261120-030000', 'before_run'])
    }))

  it('whose time is over is rolled back', () =>
    withFile(async (site) => {
      const result = await site.run("insert into note values ('a'); select pg_sleep(60)", { limits: { runMs: 400 } })
      expect(result).toMatchObject({ ok: false, what: 'took longer than 0.4 s' })
      expect(await notes(site)).toEqual([])
    }))

  it('that is cancelled is rolled back within a second', () =>
    withFile(async (site) => {
      const stop = new AbortController()
      const running = site
        .run("insert into note values ('a'); select pg_sleep(60)", { signal: stop.signal })
        .catch((error: unknown) => error)
      const sleeping = "select 1 from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'"
      await waitUntil('it to sleep', async () => (await site.query(sleeping)).length === 1)
      const from = performance.now()
      stop.abort(new Error('paused'))
      expect(await running).toEqual(new Error('paused'))
      expect(performance.now() - from).toBeLessThan(1000)
      expect(await notes(site)).toEqual([])
      expect(await site.query(sleeping)).toEqual([])
    }))

  it('is tried again where another session was in its way', () =>
    withFile(async (site) => {
      await site.query('create sequence tries; create table made_up (n int)')
      // What a deadlock is answered with; a sequence is not rolled back.
      const sql = `do $$ begin if nextval('tries') < 3 then raise sqlstate '40P01'; end if; end $$; insert into note values ('a')`
      const backoff = { firstMs: 10, mostMs: 20, budgetMs: 5000 }
      expect(await site.run(sql, { limits: { backoff } })).toMatchObject({ ok: true })
      expect(await notes(site)).toEqual(['a'])
      expect(await site.query('select last_value::int as n from tries')).toEqual([{ n: 3 }])
    }))

  it('whose file is not there says where it is looked for', () =>
    withFile(async (site) => {
      expect(await site.run(null)).toMatchObject({
        ok: false,
        what: 'the worker cannot read the file (ENOENT)',
        remedy: expect.stringContaining('NIGHTFERRY_HOME'),
      })
    }))
})
