import { describe, expect, it } from 'vitest'
import type { ChangeCopyInput } from '../../activities/change-copy.js'
import { type AsideSite, withAside, withReader } from '../support/aside.js'
import { failureOf } from '../support/runs.js'

const [FIRST, SECOND, THIRD] = ['20261118-030000', '20261119-030000', '20261120-030000'] as const
const CI = { copies: { ci: { keep: 2 } } }

const change = async (
  { attempt, control, home }: AsideSite,
  what: ChangeCopyInput['what'],
  name: string,
  working: ChangeCopyInput['working'] = [],
) => await attempt(() => control.changeCopy({ migration: 'shop', target: home, version: 1, name, what, working }))

async function night(site: AsideSite, run: string): Promise<void> {
  await site.build(run)
  await site.attempt(() => site.control.publishRun({ ref: site.ref1(run) }))
}

const people = (text: string) => `select id, name from customer ${text} order by id`

describe('a copy', { timeout: 120_000 }, () => {
  it('is made while people read what is published, who keep their sessions, and is theirs to write to', () =>
    withAside(CI, async (site) => {
      await night(site, FIRST)
      await withReader(site.name, async (reader) => {
        const before = await reader.query('select pg_backend_pid() as pid')
        expect(await change(site, 'look', 'ci-1234')).toBeNull()
        const made = await change(site, 'make', 'ci-1234')
        const database = `${site.name}_ci_1234`
        expect(made).toMatchObject({ database, run: FIRST, older: [] })
        const rows = await site.sql(people(''), site.name)
        expect(await site.sql(people(''), database)).toEqual(rows)
        await site.sql(`update customer set name = 'x'`, database)
        expect(await site.sql(people(''), site.name)).toEqual(rows)
        for (const what of ['look', 'find'] as const)
          expect(await change(site, what, 'ci-1234')).toMatchObject({ database })
        expect(await change(site, 'drop', 'ci-1234')).toMatchObject({ database })
        expect(await site.databases()).not.toContain(database)
        // An answer that was lost on its way.
        expect(await change(site, 'drop', 'ci-1234')).toBeNull()
        expect((await reader.query('select pg_backend_pid() as pid')).rows).toEqual(before.rows)
      })
    }))

  it('is kept as often as `copies:` says of its name; a name made by hand replaces itself', () =>
    withAside(CI, async (site) => {
      await night(site, FIRST)
      for (const name of ['ci', 'mine']) await change(site, 'make', name)
      await night(site, SECOND)
      const older = `${site.name}_ci_${FIRST.replace('-', '_')}`
      expect(await change(site, 'make', 'ci')).toMatchObject({ run: SECOND, older: [older] })
      expect(await change(site, 'make', 'mine')).toMatchObject({ run: SECOND, older: [] })
      await night(site, THIRD)
      expect(await change(site, 'make', 'ci')).toMatchObject({ older: [`${site.name}_ci_${SECOND.replace('-', '_')}`] })
      expect(await site.databases()).not.toContain(older)
      await change(site, 'drop', 'ci')
      expect((await site.databases()).filter((name) => name.includes('_ci'))).toEqual([])
    }))

  it('of the run that is there already keeps what was written to it, however often the step is tried', () =>
    withAside(CI, async (site) => {
      const { attempt, control, ref1 } = site
      await night(site, FIRST)
      const database = `${site.name}_ci`
      const make = (run: string) => attempt(() => control.makeCopies({ ref: ref1(run) }))
      expect(await make(FIRST)).toEqual({ made: [database] })
      await site.sql(`update customer set name = 'of ci'`, database)
      expect(await make(FIRST)).toEqual({ made: [database] })
      expect(await site.sql(people(`where name = 'of ci'`), database)).toHaveLength(2)
      await night(site, SECOND)
      expect(await make(SECOND)).toEqual({ made: [database] })
      expect(await site.sql(people(`where name = 'of ci'`), database)).toEqual([])
    }))

  it('of what others made is neither found nor dropped nor replaced; what there is stands in the remedy', () =>
    withAside(CI, async (site) => {
      await night(site, FIRST)
      await change(site, 'make', 'ci')
      const theirs = `${site.name}_theirs`
      await site.sql(`create database ${theirs}`)
      const missing = await failureOf(change(site, 'find', 'theirs'))
      expect(missing).toMatchObject({ type: 'refused', message: `Nightferry made no copy theirs of ${site.name}` })
      expect(missing.details?.[0]).toMatchObject({ remedy: expect.stringContaining('There are these: ci.') })
      expect(await change(site, 'drop', 'theirs')).toBeNull()
      expect((await failureOf(change(site, 'make', 'theirs'))).type).toBe('refused')
      expect((await failureOf(change(site, 'make', 'Ci!'))).message).toContain('cannot be called Ci!')
      expect(await site.databases()).toContain(theirs)
    }))

  it('is not made of a database in which something works, and is while another one is loaded', () =>
    withAside(CI, async (site) => {
      await night(site, FIRST)
      const working = [{ run: FIRST, what: `A verify (${FIRST}.2)` }]
      const failure = await failureOf(change(site, 'make', 'ci', working))
      expect(failure).toMatchObject({ type: 'refused', message: expect.stringMatching(/^A verify \(.* works in/) })
      const other = [{ run: SECOND, what: `Run ${SECOND}` }]
      expect(await change(site, 'make', 'ci', other)).toMatchObject({ run: FIRST })
    }))

  it('is not made before anything is published, nor of a generation that people read itself', () =>
    withAside({}, async (site) => {
      await site.build(FIRST)
      expect((await failureOf(change(site, 'make', 'ci'))).message).toContain('No run is published')
      await site.attempt(() => site.control.publishRun({ ref: site.ref1(FIRST) }))
      const failure = await failureOf(change(site, 'make', 'ci'))
      expect(failure.details?.[0]).toMatchObject({ remedy: expect.stringContaining('Set `copies:` in the config') })
    }))
})
