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
