import { describe, expect, it } from 'vitest'
import { generationName } from '../../core/generation.js'
import { placeOfRun } from '../../core/place.js'
import type { AuditEntry } from '../../core/audit.js'
import { type AsideSite, withAside } from '../support/aside.js'
import { failureOf } from '../support/runs.js'

const [FIRST, SECOND, THIRD] = ['20261118-030000', '20261119-030000', '20261120-030000'] as const

const adopt = async ({ attempt, control, name }: AsideSite, database: string | null = name) =>
  await attempt(() => control.adoptLedger({ migration: 'shop', target: { connection: 'to', database } }))

/** As a run's end does it. */
async function publish({ attempt, control, home, ref1 }: AsideSite, run: string): Promise<void> {
  await attempt(() => control.publishRun({ ref: ref1(run), asked: true }))
  expect(home.published).toBe(home.database)
}

const remembered = async ({ ports, home }: AsideSite, run: string) =>
  await (await ports.memory(home.connection, 'nightferry', 'shop')).run(run)

const entry = (what: string, at: string, hold: string): AuditEntry => ({
  ...{ what, at, by: 'anna', why: 'a freeze', about: { hold } },
})

describe("what a migration that is built aside begins anew with, once Temporal's storage is lost", () => {
  it('is what its memory knows: where it is built, what is around its runs, whose rows are read, which holds are gone', () =>
    withAside({ hooks: { on_failure: { http: 'pager' } } }, async (site) => {
      const { control, attempt, home, ref1, name } = site
      for (const run of [FIRST, SECOND]) {
        await site.build(run)
        await publish(site, run)
      }
      for (const [n, what] of ['pause', 'resume'].entries()) {
        const at = `2026-11-20T0${n}:00:00.000Z`
        await attempt(() => control.writeAudit({ migration: 'shop', target: home, entry: entry(what, at, 'h1') }))
      }
      const last = { migration: 'shop', target: home, entry: entry('pause', '2026-11-20T05:00:00.000Z', 'h2') }
      await attempt(() => control.writeAudit(last))
      const adopted = await adopt(site)
      expect(adopted).toMatchObject({
        versions: [{ number: 1, by: 'ada', tables: 1 }],
        runs: [
          { run: SECOND, state: 'complete', published: 'published' },
          { run: FIRST, state: 'complete', published: 'was published' },
        ],
        closed: [],
        holds: [{ by: 'anna', table: null, why: 'a freeze' }],
        holdsEver: 2,
        home,
        around: { hooks: { on_failure: { http: 'pager' } }, copies: false, schema: 'public' },
      })
      expect(await adopt(site)).toEqual(adopted)
      // No ledger of a generation has what people did.
      const trail = await (await site.ports.target('to', name)).ledger.auditTrail(9)
      expect(trail).toEqual([])
      expect(await attempt(() => control.locateRun({ ref: ref1(FIRST) }))).toMatchObject({
        database: generationName(name, FIRST),
      })
    }))

  it('has what was under way closed, in its own database and in the memory, also of what is published already', () =>
    withAside({}, async (site) => {
      const { control, data, attempt, home, ports } = site
      await site.build(FIRST)
      await publish(site, FIRST)
      const ref = { ...site.ref1(SECOND), target: placeOfRun(home, SECOND) }
      await attempt(() => control.buildAside({ ref }))
      await attempt(() => data.prepareRun({ ref }))
      const { ledger } = await ports.target('to', site.name)
      const about = { run: FIRST, kind: 'verify', by: 'ada', tables: null, withSource: false, witness: 0 } as const
      await ledger.openProof({ ...about, proof: `${FIRST}.2` }, [0])

      const { closed, runs } = await adopt(site)
      expect(new Set(closed)).toEqual(new Set([SECOND, `${FIRST}.2`]))
      const gone = { state: 'incomplete', reason: "Its workflow is gone with Temporal's storage" }
      expect(runs).toMatchObject([
        { run: SECOND, ...gone, published: 'not published' },
        { run: FIRST, published: 'published' },
      ])
      expect(await remembered(site, SECOND)).toMatchObject({ summary: gone, since: FIRST, published: 'not published' })
      const aside = await ports.target('to', generationName(site.name, SECOND))
      expect(await aside.ledger.summary(SECOND)).toMatchObject(gone)
      expect((await adopt(site)).closed).toEqual([])
    }))

  it('is open under its name again, where a publish was cut off; a database without a ledger keeps nobody from it', () =>
    withAside({}, async (site) => {
      const { ports, name } = site
      await site.build(FIRST)
      const generations = await ports.generations('to', name, 'shop')
      await generations.create(THIRD, { owner: null, locale: null, grants: [] })
      const comment = await site.sql(
        `select shobj_description(oid, 'pg_database') as c from pg_database where datname = '${generationName(name, FIRST)}'`,
      )
      const mark = JSON.parse(String(comment[0]?.['c']).replace('nightferry/1 ', '')) as object
      const [now] = await site.sql(`select oid::text from pg_database where datname = '${name}'`)
      const into = { name, over: now?.['oid'], keep: 1 }
      await site.sql(`comment on database ${generationName(name, FIRST)} is
        'nightferry/1 ${JSON.stringify({ ...mark, into })}'`)
      expect((await adopt(site)).runs).toMatchObject([{ run: FIRST, published: 'published' }])
      expect(await site.sql('select count(*)::int as n from customer', name)).toEqual([{ n: 2 }])
    }))

  it('is refused where the file names another database, and is the ledger of what was built in place since', () =>
    withAside({}, async (site) => {
      const { attempt, control, config, name } = site
      await site.build(FIRST)
      await publish(site, FIRST)
      const failure = await failureOf(adopt(site, 'elsewhere'))
      expect(failure).toMatchObject({ type: 'refused', message: `shop is published as ${name}, not as elsewhere` })

      const publishing = { mode: 'in-place', keep: 1, create: { owner: null, locale: null, grants: [] } } as const
      const at = '2026-11-21T03:00:00.000Z'
      const next = { config: config({ publish: publishing }), by: 'bob', at, lastNumber: 1 }
      const { version } = await attempt(() => control.applyVersion(next))
      expect(version.number).toBe(2)
      const adopted = await adopt(site)
      expect(adopted.home).toBeUndefined()
      expect(adopted.versions.at(-1)).toMatchObject({ number: 2, by: 'bob' })
      expect(adopted.around).toMatchObject({ schema: 'public' })
    }))
})

describe('what is given up', () => {
  it('is closed where its database is now; what never had one, or has none any more, is refused', () =>
    withAside({}, async (site) => {
      const { attempt, control, ref1 } = site
      await site.build(FIRST)
      await publish(site, FIRST)
      const { ledger } = await site.ports.target('to', site.name)
      await site.sql(`update nightferry.run set state = 'running', ended_at = null`, site.name)
      const about = { run: FIRST, kind: 'verify', by: 'ada', tables: null, withSource: false, witness: 0 } as const
      await ledger.openProof({ ...about, proof: `${FIRST}.2` }, [0])
      // As it was built, not as it is called now.
      const ref = { ...ref1(FIRST), target: placeOfRun(site.home, FIRST) }
      await attempt(() => control.abandonProof({ ref, proof: `${FIRST}.2` }))
      expect((await ledger.proofReport(`${FIRST}.2`))?.ended).not.toBeNull()
      const summary = await attempt(() => control.abandonRun({ ref, reason: 'it is gone' }))
      expect(summary).toMatchObject({ run: FIRST, state: 'incomplete', reason: 'it is gone' })
      const never = { ...ref, run: SECOND, target: placeOfRun(site.home, SECOND) }
      const failure = await failureOf(attempt(() => control.abandonRun({ ref: never, reason: 'it is gone' })))
      expect(failure.type).toBe('refused')
    }))
})
