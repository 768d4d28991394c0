import { describe, expect, it } from 'vitest'
import { Failure, type FailureKind } from '../../core/failure.js'
import type { Ports } from '../../core/ports.js'
import { failureOf } from '../support/runs.js'
import { withSite } from '../support/site.js'

const failure = (kind: FailureKind) => new Failure(kind, 'a server answers otherwise', { remedy: 'wait' })

describe('the wait for both servers', () => {
  it('is tried again whatever they answer, however often, and ends when both are well', async () => {
    let answer: Error | null = null
    const ill = (ports: Ports): Ports => ({
      ...ports,
      source: async (name) => {
        const source = await ports.source(name)
        const identify = async () => {
          if (answer !== null) throw answer
          return await source.identify()
        }
        return new Proxy(source, { get: (of, key) => (key === 'identify' ? identify : Reflect.get(of, key)) })
      },
    })
    await withSite(
      'create table a (id int primary key)',
      async ({ prepare, data, ref, attempt, logged }) => {
        await prepare()
        const unforeseen = new Error('nobody foresaw it')
        for (const error of [failure('target-missing'), failure('target-full'), failure('refused'), unforeseen]) {
          answer = error
          const thrown = await failureOf(attempt(() => data.awaitServers({ ref }), { attempt: 1000 }))
          expect([error.message, thrown.nonRetryable]).toEqual([error.message, false])
          expect(thrown.message).not.toContain('nobody foresaw')
        }
        expect(logged.filter((line) => line.includes('awaitServers')).length).toBe(4)
        answer = null
        expect(await attempt(() => data.awaitServers({ ref }), { attempt: 1001 })).toBe(undefined)
      },
      ill,
    )
  })
})
