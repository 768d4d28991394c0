import pg from 'pg'
import { describe, expect, it } from 'vitest'
import type { LedgerPort } from '../../core/ledger.js'
import { openLedger } from '../../databases/postgres/ledger/open.js'
import { LEDGER_STEPS } from '../../databases/postgres/ledger/schema.js'
import { openPorts, type OpenPorts } from '../../worker/ports.js'
import { night, withGenerations } from '../support/generations.js'
import { onPostgres, postgresUrl, withPostgresDatabase } from '../support/servers.js'
import { waitUntil } from '../support/wait.js'

async function withPorts(url: string, use: (ports: OpenPorts) => Promise<void>, most?: number): Promise<void> {
  const ports = openPorts({ NIGHTFERRY_CONNECTION_TO: url }, '/nonexistent', most)
  try {
    await use(ports)
  } finally {
    await ports.close()
  }
}

const sessions = async (database: string): Promise<number> => {
  const [row] = await onPostgres(
    postgresUrl(),
    `select count(*)::int as n from pg_stat_activity where datname = '${database}' and application_name = 'nightferry'`,
  )
  return Number(row?.['n'])
}

const AT = '2026-11-20T03:00:00.000Z'

/** The ledger of each night says which one it is. */
async function name(ledger: LedgerPort, what: string): Promise<void> {
  await ledger.open('shop')
  await ledger.audit({ at: AT, what, by: 'ada', why: '', about: {} })
}

const named = async (ledger: LedgerPort): Promise<string[]> => (await ledger.auditTrail(9)).map(({ what }) => what)

describe('adapters of a worker', () => {
  it('of databases that were not asked for lately give their sessions back, and a step that still has one goes on', () =>
    withPostgresDatabase(
      async (first) => {
        await withPorts(
          postgresUrl(),
          async (ports) => {
            const old = await ports.target('to', first)
            await name(old.ledger, 'first')
            expect(await ports.target('to', first)).toBe(old)
            await ports.target('to', 'second')
            await ports.memory('to', 'third', 'shop')
            const anew = await ports.target('to', first)
            expect(anew).not.toBe(old)
            expect(await sessions(first)).toBeGreaterThan(0)
            expect(await named(old.ledger)).toEqual(['first'])
            await waitUntil('its sessions to be given back', async () => (await sessions(first)) === 0, 45_000)
            expect(await named(old.ledger)).toEqual(['first'])
            expect(await named(anew.ledger)).toEqual(['first'])
          },
          2,
        )
        expect(await sessions(first)).toBe(0)
      },
      15,
      'ports',
    ))

  it('reach whatever database has the name now, through publishes and a way back, and bring an older ledger up to date', () =>
    withGenerations(15, null, async ({ port, name: published, build, url }) => {
      await withPorts(postgresUrl(), async (ports) => {
        const [one, two, three] = [night(1), night(2), night(3)]
        for (const run of [one, two]) {
          const { ledger } = await ports.target('to', await build(run))
          await name(ledger, run)
        }
        const older = new pg.Pool({ connectionString: url(await build(three)) })
        await openLedger(older, 'shop', LEDGER_STEPS.slice(0, -1))
        await older.end()

        const { ledger } = await ports.target('to', published)
        expect(await named(ledger)).toEqual([])
        for (const run of [one, two, one, two]) {
          await port.publish({ run, keep: 2, asCopy: false })
          expect(await named(ledger)).toEqual([run])
        }
        const gone = await ports.target('to', (await port.locate(one)) ?? '')
        expect(await named(gone.ledger)).toEqual([one])
        await port.publish({ run: three, keep: 0, asCopy: false })
        expect(await named(ledger)).toEqual([])
        expect(await named(gone.ledger)).toEqual([])
        await name(ledger, three)
        const [mark] = await onPostgres(url(published), 'select schema_version from nightferry.mark')
        expect(mark).toEqual({ schema_version: LEDGER_STEPS.length })
      })
    }))
})
