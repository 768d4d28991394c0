import { MockActivityEnvironment } from '@temporalio/testing'
import { expect, test } from 'vitest'
import { keepSnapshot } from '../../activities/keep-snapshot.js'
import { cachePlans } from '../../activities/plans.js'
import { onPostgres, postgresUrl } from '../support/servers.js'
import { withSite } from '../support/site.js'
import { never, request } from '../support/snapshot.js'
import { waitUntil } from '../support/wait.js'

const MAKE = `CREATE TABLE fresh (id int PRIMARY KEY) ENGINE=InnoDB; INSERT INTO fresh VALUES (1);
  CREATE TABLE old (id int PRIMARY KEY) ENGINE=MyISAM; INSERT INTO old VALUES (1)`

const AWAY_MS = 2000

test('tables locked against writers are unlocked and labelled when the ledger is away for too long, and the snapshot stays', async () => {
  await withSite(MAKE, async (site) => {
    await site.prepare()
    const { run } = site.ref
    const [{ name } = { name: '' }] = await site.postgres('select current_database() as name')
    const source = await site.ports.source('from')
    const { ledger } = await site.ports.target('to', null)
    const { sessions: _, ...snapshot } = await source.openSnapshot({ ...request(['fresh', 'old']), run }, never())
    expect(snapshot).toMatchObject({ locked: ['old'], labelled: [] })
    await ledger.setReading(run, { label: 'snapshot', reason: null, snapshot })

    const tools = { ports: site.ports, plans: cachePlans(site.ports), worker: 'test', log: () => {} }
    const environment = new MockActivityEnvironment()
    const beats: { sessions?: number; released?: number }[] = []
    environment.on('heartbeat', (counts: object) => void beats.push(counts))
    const keeping = environment.run(keepSnapshot(tools, AWAY_MS), { ref: site.ref }).catch((error: unknown) => error)
    await waitUntil('the first round', () => beats.some(({ sessions }) => sessions !== undefined))

    let isWritten = false
    const writing = site.mysql('INSERT INTO old VALUES (2)').then(() => (isWritten = true))
    const began = performance.now()
    await onPostgres(
      postgresUrl(),
      `alter database ${String(name)} with allow_connections false;
       select pg_terminate_backend(pid) from pg_stat_activity where datname = '${String(name)}'`,
    )
    await waitUntil('rounds without the ledger', () => performance.now() - began > AWAY_MS / 2)
    expect(isWritten).toBe(false)
    await writing
    const waited = performance.now() - began
    expect(waited).toBeGreaterThan(AWAY_MS - 1000)
    expect(waited).toBeLessThan(AWAY_MS + 4000)

    await onPostgres(postgresUrl(), `alter database ${String(name)} with allow_connections true`)
    await waitUntil('the label', async () => {
      const { reading } = await ledger.report(run)
      return (
        reading?.label === 'snapshot' &&
        reading.snapshot?.labelled.includes('old') &&
        reading.snapshot.locked.length === 0
      )
    })
    expect(beats.at(-1)).toMatchObject({ released: 1 })
    expect(beats.at(-1)?.sessions).toBeGreaterThan(0)
    environment.cancel()
    expect(String(await keeping)).toContain('cancelled')
  })
})
