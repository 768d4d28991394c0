import { describe, expect, it } from 'vitest'
import { openMemory } from '../../databases/postgres/memory/index.js'
import { type Nightly, withGenerations } from '../support/generations.js'

/** Makes the memory as somebody, or uses it. */
async function asMigration(url: string, migration: string): Promise<void> {
  const memory = openMemory(url, 'shop-postgres', null, migration)
  try {
    await memory.open()
    await memory.audit({ what: 'pause', by: 'ada', at: '2026-11-20T03:00:00.000Z', why: '', about: {} })
    expect(await memory.auditTrail(1)).toHaveLength(1)
    await memory.remove()
  } finally {
    await memory.close()
  }
}

/** Only what stands against it: as someone who can build aside otherwise. */
async function lacks({ port }: Nightly): Promise<string> {
  const { rebuild, findings } = await port.ability()
  const found = findings.filter(({ name }) => name !== 'no-signal-backend')
  expect(found).toMatchObject(rebuild ? [] : [{ name: 'memory-of-other-account', severity: 'warning' }])
  return found.map(({ message, remedy }) => `${message} ${remedy}`).join()
}

describe.each([15, 18] as const)('a memory of another account on PostgreSQL %i', (version) => {
  it('is found with what lacks there, and the remedy is enough to remember runs in it', () =>
    withGenerations(version, 'CREATEDB', async (nightly) => {
      const { memory, account, sql, url } = nightly
      expect(await lacks(nightly)).toBe('')
      await sql(`CREATE DATABASE ${memory}`)
      await sql(`REVOKE ALL ON DATABASE ${memory} FROM PUBLIC`)
      expect(await lacks(nightly)).toMatch(/a way in there.*GRANT CONNECT ON DATABASE .*publish: {mode: in-place}/)
      await sql(`GRANT CONNECT ON DATABASE ${memory} TO ${account}`)
      expect(await lacks(nightly)).toContain(`GRANT CREATE ON DATABASE "${memory}" TO "${account}". Or`)

      await asMigration(url(memory), 'other')
      const inside = await lacks(nightly)
      expect(inside).toContain(
        `The database ${memory}, which remembers all runs of the server, belongs to another account`,
      )
      expect(inside).toMatch(/GRANT USAGE, CREATE ON SCHEMA nightferry TO .*; GRANT SELECT.* ON .*"memory_run".* TO /)
      await expect(asMigration(url(memory, account), 'shop')).rejects.toMatchObject({ kind: 'target-privilege' })
      const grants = /in database \S+: (.*)\. Or set/.exec(inside)![1]!
      await sql(grants, memory)
      expect(await lacks(nightly)).toBe('')
      await asMigration(url(memory, account), 'shop')

      await sql(`REVOKE UPDATE ON nightferry.memory_run FROM ${account}`, memory)
      expect(await lacks(nightly)).toMatch(/GRANT SELECT.* ON nightferry."memory_run" TO /)
    }))

  it('that this account or a role of its own made is none', () =>
    withGenerations(version, 'CREATEDB', async (nightly) => {
      const { memory, account, sql, as, role, url } = nightly
      const owner = await role('NOLOGIN')
      await sql(`GRANT ${owner} TO ${account}`)
      await as(`CREATE DATABASE ${memory} OWNER ${owner}`, 'postgres')
      expect(await lacks(nightly)).toBe('')
      await asMigration(url(memory, account), 'shop')
      expect(await lacks(nightly)).toBe('')
    }))
})
