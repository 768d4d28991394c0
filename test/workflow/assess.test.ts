import { Context } from '@temporalio/activity'
import { expect, it } from 'vitest'
import { assess } from '../../client/inspect.js'
import type { ReadApi } from '../../client/read-api.js'
import type { Temporal } from '../../client/temporal.js'
import { whoAmI } from '../../client/updates.js'
import type { Fitness } from '../../core/fitness.js'
import { configOf, type Script } from '../support/scripted.js'
import { waitUntil } from '../support/wait.js'
import { withWorld, type World } from '../support/world.js'

const FITNESS = { format: 1, checks: [] } as Partial<Fitness> as Fitness
const api = { keptFitness: async () => FITNESS } as Partial<ReadApi> as ReadApi

const ask = async ({ client, namespace }: World, migration: string, signal: AbortSignal): Promise<Fitness> => {
  const connection = client.connection as Temporal['connection']
  const temporal = { client, connection, where: { address: 'here', namespace } } as Partial<Temporal> as Temporal
  return await assess(temporal, api, { config: configOf(migration) }, { signal })
}

it('one asks how fit a target is at a time: a second is told who does, and may once that is over', async () => {
  let [asked, isAnswered] = [0, false]
  const script: Script = {
    assessTarget: async () => {
      const context = Context.current()
      for (const isFirst = ++asked === 1; isFirst && !isAnswered; await context.sleep(50)) context.heartbeat()
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
    isAnswered = true
    expect(await first).toEqual(FITNESS)
    expect(await ask(world, 'shop', signal)).toEqual(FITNESS)
  })
  expect(asked).toBe(3)
}, 120_000)
