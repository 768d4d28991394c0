import { expect, test } from 'vitest'
import { fitnessOf, waiversOf } from '../../activities/memories.js'
import { Failure } from '../../core/failure.js'
import type { Fitness, FitnessCheck, Waiver } from '../../core/fitness.js'
import type { MemoryPort } from '../../core/memory.js'

const fitness = (at: string): Fitness => ({ format: 1, migration: 'shop', at, server: null, checks: [] })

const waiver = (check: FitnessCheck, at: string): Waiver => ({ check, at, by: 'anna', why: at, expires: '2027-01-01' })

const holding = (found: Fitness | null, waivers: readonly Waiver[]): MemoryPort =>
  ({ fitness: async () => found, waivers: async () => [...waivers] }) as Partial<MemoryPort> as MemoryPort

const away = (error: Error): MemoryPort => {
  const fail = async (): Promise<never> => {
    throw error
  }
  return { fitness: fail, waivers: fail } as Partial<MemoryPort> as MemoryPort
}
const closed = away(new Failure('target-privilege', 'closed', { remedy: 'open it' }))

test('what was said last counts, in whichever place the migration had its memory then', async () => {
  const [old, young] = [
    holding(fitness('2026-11-20'), [waiver('standby', '2026-11-20'), waiver('backup', '2026-11-22')]),
    holding(fitness('2026-11-21'), [waiver('standby', '2026-11-21'), waiver('backup', '2026-11-21')]),
  ]
  for (const places of [
    [old, young, holding(null, [])],
    [holding(null, []), closed, young, old],
  ]) {
    expect(await fitnessOf(places)).toEqual(fitness('2026-11-21'))
    expect((await waiversOf(places)).map(({ check, why }) => `${check} ${why}`).toSorted()).toEqual([
      'backup 2026-11-22',
      'standby 2026-11-21',
    ])
  }
  expect([await fitnessOf([holding(null, []), closed]), await waiversOf([holding(null, [])])]).toEqual([null, []])
})

test('a memory that does not answer matters where no other one does, and what nobody foresaw always', async () => {
  await expect(fitnessOf([closed, closed])).rejects.toThrow('closed')
  await expect(waiversOf([closed])).rejects.toThrow('closed')
  await expect(waiversOf([holding(null, []), away(new Error('a bug'))])).rejects.toThrow('a bug')
})
