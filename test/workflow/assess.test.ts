import { expect, it } from 'vitest'
import { assess } from '../../client/inspect.js'
import type { ReadApi } from '../../client/read-api.js'
import type { Temporal } from '../../client/temporal.js'
import { whoAmI } from '../../client/updates.js'
import type { Fitness } from '../../core/fitness.js'
import { configOf } from '../support/scripted.js'
import { waitUntil } from '../support/wait.js'
import { withWorld, type World } from '../support/world.js'

const FITNESS = { format: 1, checks: [] } as Partial<Fitness> as Fitness
const api = { keptFitness: async () => FITNESS } as Partial<ReadApi> as ReadApi

const ask = async ({ client, namespace }: World, migration: string, signal: AbortSignal): Promise<Fitness> => {
  const temporal = { client, where: { address: 'here', namespace } } as Partial<Temporal> as Temporal
  return await assess(temporal, api, { config: configOf(migration) }, { signal })
}

it('one asks how fit a target is at a time: a second is told who does, and may once that is over', async () => {
  let answer = (): void => {}
  let asked = 0
  const answered = new Promise<void>((resolve) => (answer = resolve))
  const script = {
    assessTarget: async () => {
      if (++asked === 1) await answered
      return { ref: 'kept', blocking: 0 }
    },
  }
  await withWorld(script, async (world) => {
    const { signal } = new AbortController()
    const first = ask(world, 'shop', signal)
    await waitUntil('the first one to ask', () => asked === 1)
    await expect(ask(world, 'shop', signal)).rejects.toMatchObject({
      ...{ exit: 1, message: expect.stringContaining(`asked already, begun by ${whoAmI()} at 20`) },
      remedy: expect.stringContaining('inspection/shop/fitness'),
    })
    expect(await ask(world, 'crm', signal)).toEqual(FITNESS)
    answer()
    expect(await first).toEqual(FITNESS)
    expect(await ask(world, 'shop', signal)).toEqual(FITNESS)
  })
  expect(asked).toBe(3)
}, 60_000)
