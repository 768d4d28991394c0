import { expect, it } from 'vitest'
import { cachePlans } from '../../activities/plans.js'
import type { StoredVersion } from '../../core/ledger.js'
import type { Ports } from '../../core/ports.js'

it('a version is read once for a run, and anew without one: after a clean its number is another one', async () => {
  let reads = 0
  const version = async () => ({ number: ++reads, plan: { source: { connection: 'from' } } }) as StoredVersion
  const ports = { target: async () => ({ ledger: { version } }), source: async () => ({}) } as unknown as Ports
  const plans = cachePlans(ports)
  const read = async (run: string) => {
    const ref = { migration: 'shop', run, version: 1, target: { connection: 'to', database: null } }
    return (await plans.siteOf(ref)).stored.number
  }
  const numbers: number[] = []
  for (const run of ['20261120-030000', '20261120-030000', '', '']) numbers.push(await read(run))
  expect(numbers).toEqual([1, 1, 2, 3])
})
