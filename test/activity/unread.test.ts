import { expect, it } from 'vitest'
import type { RunRef } from '../../activities/messages.js'
import { placeOfRun } from '../../core/place.js'
import { withAside } from '../support/aside.js'
import { failureOf } from '../support/runs.js'
import { withSite, type SiteUnderTest } from '../support/site.js'

const [RUN, LATER] = ['20261120-030000', '20261121-030000'] as const

/** What a verify or a repair, a retry and a skip say of the run. */
async function answers(site: SiteUnderTest, ref: RunRef) {
  const { control } = site
  const asked = { by: 'ada', why: 'w', rows: 'newest' } as const
  return await Promise.all(
    [
      () => control.numberProof({ ref, tables: null, taken: [] }),
      () => control.planRetry({ ...ref, names: null, rows: 'newest' }),
      () => control.skipTable({ ref, name: 'customer', ...asked }),
    ].map((step) => refusal(site, step)),
  )
}

async function refusal({ attempt }: SiteUnderTest, step: () => Promise<unknown>) {
  const { message, details } = await failureOf(attempt(step))
  return [message, (details?.[0] as { remedy?: string } | undefined)?.remedy]
}

const unread = (run: string, other: string): string[] => [
  `Run ${run} ended before it read anything`,
  `Start a new run: \`nightferry run FILE\`; or name another one: ${other}.`,
]

it(
  'a run that ended before it was registered has nothing to prove, to retry or to skip, and another one is named',
  () =>
    withAside({}, async (site) => {
      const ref = { ...site.ref1(RUN), target: placeOfRun(site.home, RUN) }
      await site.attempt(() => site.control.buildAside({ ref }))
      const said = unread(RUN, '`nightferry runs shop` lists them')
      expect(await answers(site, ref)).toEqual([said, said, said])
    }),
  120_000,
)

it(
  'in place the same, and beside it the run whose rows are there is the one to be named',
  () =>
    withSite('create table customer (id int primary key); insert into customer values (1)', async (site) => {
      const at = '2026-11-20T02:00:00.000Z'
      await site.attempt(() => site.control.applyVersion({ config: site.config(), by: 'ada', at, lastNumber: 0 }))
      const { migration } = site.ref
      const said = unread(site.ref.run, `\`nightferry runs ${migration}\` lists them`)
      expect(await answers(site, site.ref)).toEqual([said, said, said])
      const { bundles } = await site.attempt(() => site.data.prepareRun({ ref: site.ref }))
      for (const { bundle } of bundles)
        await site.attempt(() => site.data.copyBundle({ ref: site.ref, part: { bundle } }))
      const ref = { ...site.ref, run: LATER }
      const proving = () => site.control.numberProof({ ref, tables: null, taken: [] })
      expect(await refusal(site, proving)).toEqual(unread(LATER, `\`--run ${site.ref.run}\``))
    }),
  120_000,
)
