import { expect, it } from 'vitest'
import { seenReplica } from '../../databases/mysql/read-only.js'

const ROW = { Replica_IO_Running: 'No' }

it.each([
  ['that shows its sources is a replica, also one that was stopped', [ROW], null, true],
  ['without sources is none', [], null, false],
  ['that says that it runs is one, whatever the account may see', null, 'ON', true],
  ['that says that none runs is none (MariaDB tells everybody)', null, 'OFF', false],
  ['that shows an account nothing at all, as newer MySQL does, cannot be told', null, null, null],
])('a server %s', (_what, sources, running, expected) => {
  expect(seenReplica(sources, running)).toBe(expected)
})
