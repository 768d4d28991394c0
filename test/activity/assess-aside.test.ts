import { describe, expect, it } from 'vitest'
import { assessTarget } from '../../activities/assess-target.js'
import type { Fitness, FitnessCheck } from '../../core/fitness.js'
import type { MemoryPort } from '../../core/memory.js'
import { memoryOf, placeOfRun } from '../../core/place.js'
import { withAside, type AsideSite } from '../support/aside.js'

const RUN = '20261120-030000'

const stateOf = ({ checks }: Fitness, check: FitnessCheck) => checks.find((one) => one.check === check)!

const remembered = async ({ ports, home, ref }: AsideSite): Promise<MemoryPort> => {
  const { connection, database } = memoryOf(home)
  return await ports.memory(connection, database, ref.migration)
}

describe('the target of what is built aside', { timeout: 120_000 }, () => {
  it('is what people read: of a run, behind its publishing, whatever its own database is called by then', () =>
    withAside({}, async (site) => {
      await site.sql(`drop database ${site.name} with (force)`)
      const pages: string[] = []
      const write = async (_memory: MemoryPort, migration: string, run: string) =>
        void pages.push(`${migration} ${run}`)
      const step = assessTarget({ ...site.tools, pages: { write } })
      const ref = { ...site.ref1(RUN), target: placeOfRun(site.home, RUN) }
      const assess = async (): Promise<Fitness> =>
        site.kept.get((await site.attempt(() => step({ run: ref }))).ref) as Fitness

      // Before there is one the server is asked all the same.
      const early = await assess()
      expect(stateOf(early, 'encoding')).toMatchObject({ state: 'unknown', remedy: expect.stringMatching(/./) })
      expect(stateOf(early, 'fsync').state).not.toBe('unknown')
      expect(early.server).toMatch(/^PostgreSQL 15/)

      await site.build(RUN)
      await site.attempt(() => site.control.publishRun({ ref }))
      const behind = await assess()
      expect(stateOf(behind, 'encoding')).toMatchObject({ state: 'green' })
      expect(await (await remembered(site)).fitness()).toEqual(behind)
      expect(pages).toEqual([`${ref.migration} ${RUN}`, `${ref.migration} ${RUN}`])
    }))
})
