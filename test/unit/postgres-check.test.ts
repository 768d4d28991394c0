import { describe, expect, it } from 'vitest'
import { serverFindings, type ServerFacts } from '../../databases/postgres/check-server.js'

const fine: ServerFacts = {
  version: 150_004,
  versionText: '15.4',
  standby: false,
  readOnly: false,
  createsDatabases: true,
  freeConnections: 90,
}

describe('what a target server must be', () => {
  it.each([
    ['fine', {}, []],
    ['the oldest that works', { version: 140_000 }, []],
    ['older', { version: 139_999, versionText: '13.9' }, ['blocking server-too-old']],
    ['a standby, which is read-only as well', { standby: true, readOnly: true }, ['blocking target-is-standby']],
    ['read-only', { readOnly: true }, ['blocking target-is-read-only']],
    ['nearly full', { freeConnections: 3 }, ['warning few-connections']],
  ])('%s', (_what, facts, expected) => {
    const findings = serverFindings({ ...fine, ...facts }, 'shop-postgres')
    expect(findings.map((finding) => `${finding.severity} ${finding.name}`)).toEqual(expected)
    expect(findings.every((finding) => finding.remedy !== '')).toBe(true)
  })
})
