import { describe, expect, it } from 'vitest'
import { assessTarget, type AssessInput } from '../../activities/assess-target.js'
import { FITNESS_CHECKS, type Fitness, type FitnessCheck, type JudgedCheck } from '../../core/fitness.js'
import { MEMORY_DATABASE } from '../../core/memory.js'
import type { HookRunner, Ports } from '../../core/ports.js'
import { failureOf } from '../support/runs.js'
import { uniqueName } from '../support/servers.js'
import { withSite, type SiteUnderTest } from '../support/site.js'

/** Rows of other tests' `shop` lie in the server's common memory. */
const alone = (ports: Ports): Ports => ({
  ...ports,
  memory: async (connection, database, migration) =>
    await ports.memory(connection, database === MEMORY_DATABASE ? uniqueName('memory') : database, migration),
})

const SHOP = 'create table customer (id int primary key, name text)'

/** Runs no program: what they say is told by the test. */
const hooksOf = (ok: boolean, ran: string[] = []): HookRunner => ({
  run: async () => Promise.reject(new Error('no hook is meant')),
  readFile: async () => Promise.reject(new Error('no file is meant')),
  freeSpace: async () => 9e12,
  restoreTest: async ([program = '']) => {
    ran.push(program)
    const what = `ended with exit code ${ok ? 0 : 3}`
    return { ok, name: 'restore_test', what, remedy: ok ? null : 'Mend it.', seconds: 1 }
  },
})

async function assess(site: SiteUnderTest, input: AssessInput, hooks = hooksOf(true)): Promise<Fitness> {
  const step = assessTarget({ ...site.tools, hooks, backups: { backups: async () => null } })
  const { ref, blocking } = await site.attempt(() => step(input))
  const fitness = site.kept.get(ref) as Fitness
  expect(blocking).toBe(fitness.checks.filter(({ state, waiver }) => state !== 'green' && waiver === null).length)
  expect(fitness.checks.map(({ check }) => check)).toEqual(FITNESS_CHECKS)
  return fitness
}

const of = ({ checks }: Fitness, check: FitnessCheck): JudgedCheck => checks.find((one) => one.check === check)!

const memoryOf = async (site: SiteUnderTest) => await site.ports.memory('to', null, site.ref.migration)

describe('the target of a migration', { timeout: 60_000 }, () => {
  it('is asked before anything is applied, and no trace of it is left there', () =>
    withSite(SHOP, async (site) => {
      const fitness = await assess(site, { config: site.config() })
      expect(fitness.server).toMatch(/^PostgreSQL 15/)
      expect(of(fitness, 'fsync').state).not.toBe('unknown')
      expect(of(fitness, 'encoding')).toMatchObject({ state: 'green' })
      expect(of(fitness, 'restore-test')).toMatchObject({
        state: 'unknown',
        evidence: expect.stringMatching(/not configured/),
      })
      expect(of(fitness, 'application-login')).toMatchObject({ state: 'unknown' })
      expect(of(fitness, 'backup')).toMatchObject({
        state: 'unknown',
        evidence: expect.stringMatching(/neither pgBackRest nor Barman/),
      })
      const schemas = "select count(*)::int as n from pg_namespace where nspname = 'nightferry'"
      expect(await site.postgres(schemas)).toEqual([{ n: 0 }])
    }))

  it('is remembered once something is applied, with the waivers that count; a run takes what is kept of the restore test', () =>
    withSite(
      SHOP,
      async (site) => {
        const config = site.config({
          target: { ...site.config().target, restoreTest: ['bin/restore'], freeSpace: ['df'] },
        })
        await site.attempt(() => site.control.applyVersion({ config, by: 'ada', at: NOW, lastNumber: 0 }))
        const run: AssessInput = { run: site.ref }
        expect(of(await assess(site, run), 'restore-test')).toMatchObject({
          state: 'unknown',
          evidence: expect.stringMatching(/not run yet/),
        })
        const ran: string[] = []
        const failed = await assess(site, { config, home: site.ref.target }, hooksOf(false, ran))
        expect([ran, of(failed, 'restore-test')]).toMatchObject([['bin/restore'], { state: 'red', remedy: 'Mend it.' }])
        const kept = await assess(site, run, hooksOf(true, ran))
        expect(ran).toHaveLength(1)
        expect([of(kept, 'restore-test'), kept.restoreTest]).toEqual([of(failed, 'restore-test'), failed.restoreTest])
        const waive = (check: string, expires: string | null) =>
          site.attempt(() =>
            site.control.waiveCheck({
              ...{ migration: site.ref.migration, target: site.ref.target, check },
              ...{ by: 'ada', why: 'comes in May', at: new Date().toISOString(), expires },
            }),
          )
        const soon = new Date(Date.now() + 3_600_000).toISOString()
        expect(await waive('restore-test', soon)).toMatchObject({ waiver: { check: 'restore-test', expires: soon } })
        const waived = await assess(site, run)
        expect(of(waived, 'restore-test')).toMatchObject({ state: 'red', waiver: { by: 'ada', why: 'comes in May' } })
        expect(await (await memoryOf(site)).fitness()).toEqual(waived)
        expect(await failureOf(waive('restore', soon))).toMatchObject({ type: 'refused' })
        expect(await waive('restore-test', null)).toEqual({ waiver: null })
        expect(await waive('restore-test', null)).toEqual({ waiver: null })
        expect(of(await assess(site, run), 'restore-test').waiver).toBeNull()
      },
      alone,
    ))

  it('that does not answer is unknown in every check that asks it, each with its reason, and the step does not fail', () =>
    withSite(
      SHOP,
      async (site) => {
        const fitness = await assess(site, { config: site.config() })
        expect(fitness.server).toBeNull()
        expect(new Set(fitness.checks.map(({ state }) => state))).toEqual(new Set(['unknown']))
        expect(of(fitness, 'fsync').evidence).not.toBe('')
        expect(fitness.checks.every(({ remedy }) => remedy !== null && remedy !== '')).toBe(true)
      },
      (ports) => ({ ...ports, target: async () => await ports.target('nowhere', null) }),
    ))

  it('of a draft is judged by the draft, and what is remembered of the applied config stays', () =>
    withSite(
      SHOP,
      async (site) => {
        const applied = site.config()
        await site.attempt(() => site.control.applyVersion({ config: applied, by: 'ada', at: NOW, lastNumber: 0 }))
        const before = await assess(site, { config: applied })
        expect(await (await memoryOf(site)).fitness()).toEqual(before)
        const draft = site.config({ target: { ...applied.target, restoreTest: ['bin/restore'] } })
        expect((await assess(site, { config: draft })).restoreTest).toMatchObject({ ok: true })
        expect(await (await memoryOf(site)).fitness()).toEqual(before)
      },
      alone,
    ))

  it('of a migration that is cleaned meanwhile leaves nothing behind', () =>
    withSite(
      SHOP,
      async (site) => {
        const config = site.config({ target: { ...site.config().target, restoreTest: ['bin/restore'] } })
        const { migration, target } = site.ref
        await site.attempt(() => site.control.applyVersion({ config, by: 'ada', at: NOW, lastNumber: 0 }))
        const hooks = hooksOf(true)
        const cleaning: HookRunner = {
          ...hooks,
          restoreTest: async (...asked) => {
            await site.attempt(() => site.control.cleanTarget({ migration, target }))
            return await hooks.restoreTest(...asked)
          },
        }
        expect(of(await assess(site, { config, home: target }, cleaning), 'restore-test').state).toBe('green')
        expect(await (await memoryOf(site)).fitness()).toBeNull()
        const waiver = { migration, target, check: 'standby', by: 'ada', why: 'comes in May', at: NOW }
        const late = site.attempt(() => site.control.waiveCheck({ ...waiver, expires: '2026-11-21T03:00:00.000Z' }))
        expect(await failureOf(late)).toMatchObject({ type: 'refused', message: 'No version is applied any more' })
        const schemas = "select count(*)::int as n from pg_namespace where nspname = 'nightferry'"
        expect(await site.postgres(schemas)).toEqual([{ n: 0 }])
      },
      alone,
    ))

  it('whose memory answers nobody is not waited for once the step is cancelled', () => {
    let hear = (): void => {}
    const asked = new Promise<void>((resolve) => (hear = resolve))
    const frozen = async (): Promise<never> => {
      hear()
      return await new Promise<never>(() => {})
    }
    return withSite(
      SHOP,
      async (site) => {
        const step = () => assessTarget(site.tools)({ config: site.config(), home: site.ref.target })
        const began = performance.now()
        await expect(site.attempt(step, { cancelAfter: asked })).rejects.toThrow('cancelled')
        expect(performance.now() - began).toBeLessThan(10_000)
      },
      (ports) => ({
        ...ports,
        memory: async (...place) => ({ ...(await ports.memory(...place)), fitness: frozen, waivers: frozen }),
      }),
    )
  })

  it("judges the application by its own connection: the superuser's is none", () =>
    withSite(SHOP, async (site) => {
      await site.attempt(() => site.control.applyVersion({ config: site.config(), by: 'ada', at: NOW, lastNumber: 0 }))
      const { target } = site.config()
      const asked = (application: string) =>
        assess(site, { config: site.config({ target: { ...target, application } }), home: site.ref.target })
      const missing = await asked('nowhere')
      expect(of(missing, 'application-login')).toMatchObject({
        state: 'unknown',
        evidence: expect.stringMatching(/nowhere/),
      })
      const found = await asked('to')
      expect(of(found, 'application-login')).toMatchObject({
        state: 'red',
        evidence: expect.stringMatching(/as a superuser/),
      })
      expect(of(found, 'application-tables')).toMatchObject({
        state: 'red',
        evidence: expect.stringMatching(/none of the plan's tables/),
      })
    }))
})

const NOW = '2026-11-20T03:00:00.000Z'
