import { expect, it } from 'vitest'
import type { Fitness, Waiver } from '../../core/fitness.js'
import { openMemory } from '../../databases/postgres/memory/index.js'
import { MEMORY_STEPS } from '../../databases/postgres/memory/schema.js'
import { openTables } from '../../databases/postgres/memory/open.js'
import { withPool } from '../support/ledger.js'

const fitness = (at: string): Fitness => ({ format: 1, migration: 'shop', at, server: 'PostgreSQL 15.18', checks: [] })
const waiver = (more: Partial<Waiver> = {}): Waiver => ({
  ...{ check: 'standby', by: 'anna', why: 'comes in May', at: '2026-11-20T03:00:00.000Z' },
  ...{ expires: '2026-12-20T03:00:00.000Z', ...more },
})

it('the newest fitness and the latest waiver of each check are kept, whichever comes last', () =>
  withPool(async (pool, url) => {
    const [shop, crm] = ['shop', 'crm'].map((name) => openMemory(url, 'shop-pg', null, name))
    expect([await shop!.fitness(), await shop!.waivers()]).toEqual([null, []])
    // What older code made gets what is new when it is first asked.
    await openTables(pool, 'shop', MEMORY_STEPS.slice(0, 1))
    expect([await crm!.fitness(), await crm!.waivers()]).toEqual([null, []])
    await shop!.saveFitness(fitness('2026-11-21T03:00:00.000Z'))
    await shop!.saveFitness(fitness('2026-11-20T03:00:00.000Z'))
    expect(await shop!.fitness()).toEqual(fitness('2026-11-21T03:00:00.000Z'))
    for (const one of [waiver(), waiver(), waiver({ check: 'backup' })]) await shop!.saveWaiver(one)
    await shop!.saveWaiver(waiver({ at: '2026-11-21T03:00:00.000Z', why: 'comes in June' }))
    await shop!.saveWaiver(waiver({ at: '2026-11-20T23:00:00.000Z', why: 'said before, told later' }))
    expect((await shop!.waivers()).map(({ check, why }) => [check, why])).toEqual([
      ['backup', 'comes in May'],
      ['standby', 'comes in June'],
    ])
    expect((await shop!.waivers())[0]).toEqual(waiver({ check: 'backup' }))
    await shop!.removeWaiver('standby', '2026-11-20T23:30:00.000Z')
    await shop!.removeWaiver('backup', '2026-11-20T23:30:00.000Z')
    await shop!.removeWaiver('backup', '2026-11-20T23:30:00.000Z')
    expect((await shop!.waivers()).map(({ check }) => check)).toEqual(['standby'])
    expect([await crm!.fitness(), await crm!.waivers()]).toEqual([null, []])
    await shop!.remove()
    expect([await shop!.fitness(), await shop!.waivers()]).toEqual([null, []])
    await Promise.all([shop!.close(), crm!.close()])
  }))

const restored = (at: string, ok: boolean) => ({ at, ok, what: 'ended', remedy: null, seconds: 1 })
const judged = (at: string, evidence: string, more: Partial<Fitness> = {}): Fitness => ({
  ...fitness(at),
  checks: [{ check: 'restore-test', state: 'green', evidence, remedy: null, waiver: null }],
  ...more,
})

it('the last test of restoring stays, whoever else saves beside it, and with how it was judged', () =>
  withPool(async (pool, url) => {
    const shop = openMemory(url, 'shop-pg', null, 'shop')
    await openTables(pool, 'shop')
    const tested = judged('2026-11-20T04:00:00.000Z', 'the first', {
      restoreTest: restored('2026-11-20T03:59:00.000Z', false),
    })
    await shop.saveFitness(tested)
    // A run's end that could not read what was kept.
    const unread = judged('2026-11-21T03:00:00.000Z', 'nobody could say')
    await shop.saveFitness(unread)
    expect(await shop.fitness()).toEqual({ ...unread, restoreTest: tested.restoreTest })
    // A run's end that read it before a person's question ended, and saves behind it or before it.
    const asked = judged('2026-11-22T05:00:00.000Z', 'the second', {
      restoreTest: restored('2026-11-22T04:59:00.000Z', true),
    })
    const night = judged('2026-11-22T06:00:00.000Z', 'the first', { restoreTest: tested.restoreTest! })
    const both = { ...night, checks: asked.checks, restoreTest: asked.restoreTest }
    for (const order of [
      [asked, night],
      [night, asked],
    ]) {
      await shop.remove()
      for (const one of [tested, ...order]) await shop.saveFitness(one)
      expect(await shop.fitness()).toEqual(both)
    }
    await shop.remove()
    await Promise.all([tested, asked, night, unread, night].map((one) => shop.saveFitness(one)))
    expect(await shop.fitness()).toEqual(both)
    await shop.close()
  }))
